"""The failure that an exception stands for: kubeflower/failure_cause.py and volume.py."""

import errno
import json
import os
import tempfile
from pathlib import Path

import pytest

from kubeflower import failure_cause
from kubeflower.run_failure import RunFailed
from kubeflower.run_folder import RunFolder

APP = {"code": "app", "interrupted": False}


def raised(fault: BaseException, behind: BaseException) -> BaseException:
    """Return the exception as an app raises it because of `behind`."""
    try:
        try:
            raise behind
        except BaseException as first:
            raise fault from first
    except BaseException as second:
        return second


def test_an_error_of_the_app_is_final(tmp_path: Path) -> None:
    failure = failure_cause.classify(ValueError("the test set is gone\nfor ever"), tmp_path)
    assert (str(failure), failure.document()) == ("ValueError: the test set is gone", APP)
    failure = failure_cause.classify(PermissionError(errno.EACCES, "not allowed"), tmp_path)
    assert failure.document() == APP


def test_an_error_without_a_message_says_so(tmp_path: Path) -> None:
    assert str(failure_cause.classify(KeyError(), tmp_path)) == "KeyError: no message"


def test_the_engines_failure_is_found_behind_the_apps_exception(tmp_path: Path) -> None:
    own = RunFailed("only 1 of 2 clients", "clients", partition=1)
    assert failure_cause.classify(own, tmp_path) is own
    assert failure_cause.classify(raised(RuntimeError("round failed"), own), tmp_path) is own


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_volume_is_an_interruption_that_names_the_largest_runs(
    tmp_path: Path, number: int
) -> None:
    for name, blocks in {"ab12": 1, "cd34": 3}.items():
        folder = tmp_path / "runs" / name / "work"
        folder.mkdir(parents=True)
        (folder / "data").write_bytes(bytes(blocks * 4096 * 256))
    failure = failure_cause.classify(OSError(number, "full"), tmp_path)
    facts = failure.document()
    assert (facts.pop("code"), facts.pop("interrupted")) == ("disk", True)
    runs = facts["runs"]
    assert list(runs) == ["cd34", "ab12"]
    assert runs["cd34"] >= 3 << 20 and runs["ab12"] >= 1 << 20
    assert 0 < facts["free"] < facts["total"]
    free, total = (f"{facts[name] / (1 << 20):.1f}" for name in ("free", "total"))
    assert str(failure) == (
        f"the volume is full ({free} of {total} MiB are free): "
        "run cd34 takes 3.0 MiB, run ab12 takes 1.0 MiB"
    )


def test_a_full_volume_without_runs_is_reported_too(tmp_path: Path) -> None:
    failure = failure_cause.classify(OSError(errno.ENOSPC, "full"), tmp_path / "not" / "there")
    assert str(failure).endswith(" MiB are free)")


def _as_user(user: int, data: str) -> tuple[str, dict[str, object]]:
    """Make a run's folder as that user; return the failure by which it ends and its facts."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)
        failure = RunFailed("it can be written")
        try:
            RunFolder(data, "ab12").make()
        except OSError as error:
            failure = failure_cause.classify(error, Path(data))
        os.write(writing, json.dumps([str(failure), failure.document()]).encode())
        os._exit(0)
    os.close(writing)
    os.wait()
    with os.fdopen(reading) as pipe:
        reason, facts = json.load(pipe)
    return reason, facts


@pytest.mark.parametrize("mode", [0o755, 0o700])
def test_a_volume_of_another_user_is_an_interruption_that_names_both(mode: int) -> None:
    is_root = os.getuid() == 0
    user = 65532 if is_root else os.getuid()
    # A folder of pytest's is below one that others cannot enter.
    with tempfile.TemporaryDirectory(dir="/tmp") as data:
        # A user who is not root cannot make a folder of another user, but can close an own one.
        os.chmod(data, mode if is_root else mode & 0o555)
        reason, facts = _as_user(user, data)
        stat = os.stat(data)
    assert reason == (
        f"the volume cannot be written: {data} is of user {stat.st_uid} and group {stat.st_gid}, "
        f"with mode {stat.st_mode & 0o7777:04o}, and the server is user {user}"
    )
    assert facts == {"code": "volume", "interrupted": True, "user": user}


def test_a_volume_that_is_mounted_read_only_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    failure = failure_cause.classify(OSError(errno.EROFS, "read-only"), tmp_path)
    assert (str(failure), failure.document()) == (
        "the volume can only be read: its file system is read-only",
        {"code": "volume", "interrupted": True},
    )


@pytest.mark.parametrize(
    ("limit", "facts"),
    [("1073741824\n", {"limit": 1 << 30}), ("max\n", {}), (None, {})],
)
def test_a_lack_of_memory_is_an_interruption_of_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str | None, facts: dict[str, int]
) -> None:
    file = tmp_path / "memory.max"
    if limit is not None:
        file.write_text(limit)
    monkeypatch.setattr(failure_cause, "MEMORY_LIMIT", file)
    failure = failure_cause.classify(MemoryError("Unable to allocate 3.00 GiB"), tmp_path)
    assert str(failure) == "the server had too little memory: Unable to allocate 3.00 GiB"
    document = {"code": "memory", "interrupted": True, "role": "server", **facts}
    assert failure.document() == document
