"""Pages and parts of files: kubeflower/http_server.py."""

import http.client
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from kubeflower import http_server
from kubeflower.http_server import Page, byte_range
from ports import reserved_port

Get = Callable[..., tuple[int, dict[str, str], bytes]]


@pytest.fixture
def get(tmp_path: Path) -> Get:
    """Serve pages and a file of ten bytes; returns code, headers and body of an answer."""
    (tmp_path / "digits").write_bytes(b"0123456789")
    (tmp_path / "empty").write_bytes(b"")

    def opener(path: str):  # type: ignore[no-untyped-def]  # bytes or a file
        if path == "list":
            return b"[]"
        file = tmp_path / path
        return file.open("rb") if file.is_file() else None

    pages = {
        "/status": Page("application/json", lambda: b"{}"),
        "/metrics": Page("text/plain", lambda: b"up 1", lambda: "token"),
    }
    with reserved_port() as reserved:
        port = reserved.getsockname()[1]
        http_server.serve(port, lambda: None, pages, opener, {"/say": lambda body: body.decode()})

    def ask(
        path: str, host: str = "127.0.0.1", body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        to = "::1" if ":" in host else "127.0.0.1"
        connection = http.client.HTTPConnection(to, port, timeout=10, source_address=(host, 0))
        connection.request("GET" if body is None else "POST", path, body, headers)
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


ELSEWHERE = "127.0.0.2"
"""A reader that is not on this pod's loopback."""


def test_a_reader_from_elsewhere_gets_probes_and_nothing_of_the_run(get: Get) -> None:
    assert get("/healthz", ELSEWHERE)[0] == get("/readyz", ELSEWHERE)[0] == 200
    for path in ("/status", "/metrics", "/files/digits"):
        assert get(path, ELSEWHERE)[0] == 403
    assert get("/say", ELSEWHERE, b"no")[0] == 403


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_a_pod_of_ipv6_is_asked_at_its_address(get: Get) -> None:
    assert get("/status", "::1")[::2] == (200, b"{}")


def test_the_token_opens_the_metrics_and_no_other_page(get: Get) -> None:
    def code(path: str, authorization: str) -> int:
        return get(path, ELSEWHERE, Authorization=authorization)[0]

    assert code("/metrics", "Bearer token") == 200
    assert code("/metrics", "Bearer tokens") == code("/metrics", "") == 403
    assert code("/status", "Bearer token") == code("/files/digits", "Bearer token") == 403


def test_an_action_gets_the_body_and_says_why_not(get: Get) -> None:
    assert get("/say", body=b"no space")[::2] == (409, b"no space\n")
    assert get("/other", body=b"")[0] == 404


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
