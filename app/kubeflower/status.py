"""The run's status and its HTTP server."""

import json
import os
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from kubeflower import metrics


def refused(reason: str) -> dict[str, Any]:
    """The /status of a run whose settings are wrong: failed before it began."""
    return {
        "run": os.environ.get("KUBEFLOWER_RUN", ""),
        "state": "failed",
        "reason": reason,
        "round": 0,
        "rounds": 0,
        "nodes": [],
        "waitingFor": [],
        "history": [],
        "result": None,
    }


def serve(port: int, status: Callable[[], dict[str, Any]], ready: Callable[[], bool]) -> None:
    """Answer /healthz, /readyz, /status and /metrics on `port` in a daemon thread."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, body = 200, b"ok\n"
            if self.path == "/status":
                body = (json.dumps(status()) + "\n").encode()
            elif self.path == "/metrics":
                body = metrics.render(status)
            elif self.path == "/readyz" and not ready():
                code, body = 503, b"the stream port does not listen yet\n"
            elif self.path not in ("/healthz", "/readyz"):
                code, body = 404, b"known: /healthz /readyz /status /metrics\n"
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Probes every few seconds would drown the log."""

    server = ThreadingHTTPServer(("0.0.0.0", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
