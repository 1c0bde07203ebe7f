"""The HTTP server of both programs: probes, and pages such as /status."""

import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def serve(
    port: int, waiting_for: Callable[[], str | None], pages: Mapping[str, Callable[[], bytes]]
) -> None:
    """Answer /healthz, /readyz and `pages` on all interfaces, in a daemon thread.

    Args:
        port: Port to listen on.
        waiting_for: /readyz answers 200 when this returns None, else 503 with the name it returned.
        pages: Functions that make the pages, by path.
    """
    known = " ".join(["/healthz", "/readyz", *pages])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, body = self._answer()
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _answer(self) -> tuple[int, bytes]:
            """Return status code and body."""
            page = pages.get(self.path)
            if page is not None:
                return 200, page()
            if self.path == "/readyz" and (awaited := waiting_for()) is not None:
                return 503, f"waits for {awaited}\n".encode()
            if self.path not in ("/healthz", "/readyz"):
                return 404, f"known: {known}\n".encode()
            return 200, b"ok\n"

        def log_message(self, format: str, *args: Any) -> None:
            """Log nothing: probes come every few seconds."""

    server = ThreadingHTTPServer(("0.0.0.0", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
