"""The failed connection behind an app's exception: kubeflower/connection_cause.py."""

import errno
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from kubeflower import failure_cause
from kubeflower.connection_cause import behind
from ports import free_port


def raised(fault: BaseException, cause: BaseException) -> BaseException:
    """Return the exception as a library raises it because of `cause`."""
    try:
        try:
            raise cause
        except BaseException as first:
            raise fault from first
    except BaseException as second:
        return second


@pytest.mark.parametrize(
    ("cause", "text"),
    [
        (TimeoutError("timed out"), "TimeoutError: timed out"),
        (socket.gaierror(-3, "no name"), "gaierror: [Errno -3] no name"),
        (OSError(errno.ENETUNREACH, "no way"), "OSError: [Errno 101] no way"),
        (OSError(errno.ETIMEDOUT, "late"), "TimeoutError: [Errno 110] late"),
    ],
)
def test_it_is_told_behind_another_error(cause: BaseException, text: str) -> None:
    assert behind(raised(RuntimeError("Error downloading a.gz"), cause)) == f" (because of {text})"


def test_a_real_connection_that_is_refused_is_found(tmp_path: Path) -> None:
    try:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{free_port()}/a", timeout=5)
        except urllib.error.URLError as error:
            raise RuntimeError("no data set\nTried it") from error
    except RuntimeError as error:
        assert str(failure_cause.classify(error, tmp_path)) == (
            "RuntimeError: no data set (because of ConnectionRefusedError: [Errno 111] Connection "
            "refused)"
        )


@pytest.mark.parametrize(
    "error",
    [
        ValueError("alone"),
        raised(ValueError("bad"), KeyError("x")),
        raised(ValueError("bad"), TimeoutError("the queue is empty")),
        raised(ValueError("bad"), FileNotFoundError(errno.ENOENT, "gone")),
        raised(OSError("<urlopen error timed out>"), TimeoutError("timed out")),
    ],
)
def test_nothing_is_told_of_other_causes_nor_twice(error: BaseException) -> None:
    assert behind(error) == ""
