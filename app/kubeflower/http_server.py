"""What a process says of itself over HTTP: to probes, to whoever follows the run, to Prometheus."""

import os
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def refused(reason: str) -> dict[str, Any]:
    """The /status of a run whose settings are wrong: failed before it began."""
    return {
        "run": os.environ.get("KUBEFLOWER_RUN", ""),
        "state": "failed",
        "reason": reason,
        "failure": {"code": "settings", "interrupted": False},
        "round": 0,
        "rounds": 0,
        "nodes": [],
        "waitingFor": [],
        "history": [],
        "result": None,
    }


def serve(
    port: int, waiting_for: Callable[[], str | None], pages: Mapping[str, Callable[[], bytes]]
) -> None:
    """Answer /healthz, /readyz and `pages` on `port` in a daemon thread.

    It is ready when `waiting_for` gives None, and not the name of what it waits for.
    """
    known = " ".join(["/healthz", "/readyz", *pages])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, body = 200, b"ok\n"
            page = pages.get(self.path)
            if page is not None:
                body = page()
            elif self.path == "/readyz" and (awaited := waiting_for()) is not None:
                code, body = 503, f"waits for {awaited}\n".encode()
            elif self.path not in ("/healthz", "/readyz"):
                code, body = 404, f"known: {known}\n".encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Probes every few seconds would drown the log."""

    server = ThreadingHTTPServer(("0.0.0.0", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
