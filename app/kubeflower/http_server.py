"""The HTTP server of both programs: probes, pages such as /status, and files in parts."""

import hmac
import os
import re
import socket
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import unquote

Opener = Callable[[str], bytes | BinaryIO | None]
"""Gives the bytes or the open file of a path; None if there is none."""


class Page(NamedTuple):
    """A page for readers on loopback, where a port-forward comes from."""

    media_type: str
    """Media type, which Prometheus insists on."""
    make: Callable[[], bytes]
    token: Callable[[], str | None] = lambda: None
    """Gives the token that lets other readers in, too; None lets in nobody."""


Action = Callable[[bytes], str | None]
"""Does what a POST with this body asks for, or returns why not."""


STALLED = 60.0
"""Seconds after which a reader that takes nothing is left: it occupies a thread."""
MAX_BODY = 1 << 20
"""Bytes of a POST's body that are read at most."""


def serve(
    port: int,
    waiting_for: Callable[[], str | None],
    pages: Mapping[str, Page],
    files: Opener | None = None,
    actions: Mapping[str, Action] | None = None,
) -> None:
    """Answer /healthz, /readyz, `pages` and /files/ on all interfaces, in a daemon thread.

    Everybody gets the first two, for the kubelet asks for them. All else is for readers on
    loopback, which is where a port-forward comes from: who may not forward ports of the pod learns
    nothing of its run, also where no network policy is enforced.

    Args:
        port: Port to listen on.
        waiting_for: /readyz answers 200 when this returns None, else 503 with the name it returned.
        pages: The pages by path.
        files: Opens what is asked for below /files/; None: there are no files.
        actions: The actions by path.
    """
    known = " ".join(["/healthz", "/readyz", *pages])

    class Handler(BaseHTTPRequestHandler):
        timeout = STALLED

        def do_GET(self) -> None:
            try:
                path = self.path.removeprefix("/files/")
                if files is not None and path != self.path:
                    self._send_file(files, unquote(path, errors="surrogateescape"))
                else:
                    self._send(*self._answer())
            except OSError:
                self.close_connection = True  # the reader has gone

        def do_POST(self) -> None:
            action = (actions or {}).get(self.path)
            try:
                if action is None:
                    self._send(404, b"there is no such action\n")
                elif not self._is_local():
                    self._send(403, b"actions are for a port-forward to this pod only\n")
                elif (refusal := action(self._body())) is None:
                    self._send(202, b"ok\n")
                else:
                    self._send(409, f"{refusal}\n".encode())
            except OSError:
                self.close_connection = True  # the reader has gone

        def _is_local(self) -> bool:
            return str(self.client_address[0]).removeprefix("::ffff:") in ("127.0.0.1", "::1")

        def _body(self) -> bytes:
            length = self.headers.get("Content-Length", "")
            return self.rfile.read(min(int(length), MAX_BODY)) if length.isdecimal() else b""

        def _shows(self, token: str | None) -> bool:
            shown = self.headers.get("Authorization", "").removeprefix("Bearer ").encode()
            return token is not None and hmac.compare_digest(shown, token.encode())

        def _answer(self) -> tuple[int, bytes, str]:
            """Return status code, body and media type."""
            page = pages.get(self.path)
            if page is not None and (self._is_local() or self._shows(page.token())):
                return 200, page.make(), page.media_type
            return *self._plain_answer(), "text/plain; charset=utf-8"

        def _plain_answer(self) -> tuple[int, bytes]:
            """Return status code and body of a probe."""
            if self.path == "/readyz" and (awaited := waiting_for()) is not None:
                return 503, f"waits for {awaited}\n".encode()
            if self.path in pages:
                return 403, b"this page is for a port-forward to this pod only\n"
            if self.path not in ("/healthz", "/readyz"):
                return 404, f"known: {known}\n".encode()
            return 200, b"ok\n"

        def _send(self, code: int, body: bytes, media_type: str | None = None) -> None:
            headers = {} if media_type is None else {"Content-Type": media_type}
            self._head(code, {**headers, "Content-Length": str(len(body))})
            self.wfile.write(body)

        def _send_file(self, files: Opener, path: str) -> None:
            if not self._is_local():
                return self._send(403, b"files are for a port-forward to this pod only\n")
            found = files(path)
            if found is None:
                return self._send(404, b"there is no such file\n")
            if isinstance(found, bytes):
                return self._send(200, found)
            with found:
                size = os.fstat(found.fileno()).st_size
                wanted = byte_range(self.headers.get("Range"), size)
                if wanted is None:
                    return self._head(416, {"Content-Range": f"bytes */{size}"})
                first, end = wanted
                headers = {"Content-Length": str(end - first)}
                if (first, end) == (0, size):
                    self._head(200, headers)
                else:
                    part = f"bytes {first}-{end - 1}/{size}"
                    self._head(206, {**headers, "Content-Range": part})
                if end > first:
                    self.wfile.flush()
                    self.connection.sendfile(found, first, end - first)

        def _head(self, code: int, headers: Mapping[str, str]) -> None:
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Log nothing: probes come every few seconds."""

    server = _Server(("", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()


class _Server(ThreadingHTTPServer):
    """Listens on IPv6 and IPv4: the kubelet asks at the pod's first address, of either kind."""

    address_family = socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET

    def server_bind(self) -> None:
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Read `bytes=<first>-<last>` or `bytes=<first>-`; returns first and the byte after the last.

    Without a range, or with one of another form, that is the whole file. None: there is no such
    byte.
    """
    found = re.fullmatch(r"bytes=(\d{1,18})-(\d{0,18})", header or "")
    if found is None:
        return 0, size
    first = int(found[1])
    end = min(int(found[2]) + 1, size) if found[2] else size
    return (first, end) if first < end else None
