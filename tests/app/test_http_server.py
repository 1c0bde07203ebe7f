"""Pages and parts of files: kubeflower/http_server.py."""

import http.client
from collections.abc import Callable
from pathlib import Path

import pytest

from kubeflower import http_server
from kubeflower.http_server import Page, byte_range
from ports import reserved_port

Get = Callable[..., tuple[int, dict[str, str], bytes]]


@pytest.fixture
def get(tmp_path: Path) -> Get:
    """Serve one page and a file of ten bytes; returns code, headers and body of an answer."""
    (tmp_path / "digits").write_bytes(b"0123456789")
    (tmp_path / "empty").write_bytes(b"")

    def opener(path: str):  # type: ignore[no-untyped-def]  # bytes or a file
        if path == "list":
            return b"[]"
        file = tmp_path / path
        return file.open("rb") if file.is_file() else None

    with reserved_port() as reserved:
        port = reserved.getsockname()[1]
        http_server.serve(
            port, lambda: None, {"/status": Page("application/json", lambda: b"{}")}, opener
        )

    def ask(path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, dict(answer.getheaders()), body

    return ask


def test_pages_and_lists_are_whole(get: Get) -> None:
    assert get("/status")[::2] == (200, b"{}")
    assert get("/files/list")[::2] == (200, b"[]")
    assert get("/files/none")[0] == get("/file")[0] == 404


def test_a_page_says_what_kind_of_text_it_is(get: Get) -> None:
    assert get("/status")[1]["Content-Type"] == "application/json"
    assert get("/healthz")[1]["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("header", "code", "part", "body"),
    [
        (None, 200, None, b"0123456789"),
        ("bytes=0-", 200, None, b"0123456789"),
        ("bytes=3-", 206, "bytes 3-9/10", b"3456789"),
        ("bytes=3-4", 206, "bytes 3-4/10", b"34"),
        ("bytes=8-99", 206, "bytes 8-9/10", b"89"),
        ("bytes=10-", 416, "bytes */10", b""),
    ],
)
def test_a_file_is_given_in_parts(
    get: Get, header: str | None, code: int, part: str | None, body: bytes
) -> None:
    answer = get("/files/digits", **({"Range": header} if header else {}))
    assert (answer[0], answer[1].get("Content-Range"), answer[2]) == (code, part, body)


def test_an_empty_file_is_whole(get: Get) -> None:
    assert get("/files/empty")[::2] == (200, b"")


@pytest.mark.parametrize(
    "header", [None, "", "bytes=-3", "bytes=a-b", "bytes=1-2,4-5", "lines=1-2"]
)
def test_a_range_of_another_form_is_the_whole_file(header: str | None) -> None:
    assert byte_range(header, 10) == (0, 10)


def test_a_range_that_is_empty_or_behind_the_end_is_none() -> None:
    assert byte_range("bytes=5-4", 10) is None
    assert byte_range("bytes=10-12", 10) is None
