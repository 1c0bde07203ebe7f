"""The server's main process: runs the app, serves the clients' streams and the status."""

import os
import signal
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from kubeflower import http_server, metrics, plain_json, settings, stdio, volume
from kubeflower.http_server import Action, Page
from kubeflower.kept_runs import kept_runs
from kubeflower.metrics import Measured
from kubeflower.printed_lines import PrintedLines
from kubeflower.run_files import RunFiles
from kubeflower.server_run import ServerRun
from kubeflower.status_document import refused
from kubeflower.stream_server import StreamServer
from kubeflower.token_verifier import TokenVerifier


def main() -> None:
    """Run until SIGTERM; watcher.py starts this process.

    Serves the status also after the run has ended, and of a run whose settings are invalid: a
    container that crashes again and again would explain nothing.
    """
    printed = PrintedLines()
    stdio.buffer_lines(printed)
    try:
        config = settings.from_environment()
    except ValueError as error:
        reason = str(error)
        print(f"failed: {reason}")
        run_id = os.environ.get("KUBEFLOWER_RUN", "")
        _serve_status(lambda: refused(run_id, reason), lambda: None)
        _wait_for_signal()
    run = ServerRun(config, printed)
    ended = run.recall()
    run.removal.begin()
    streams = StreamServer(
        run.grid, run.hello(), config.identity, config.image, run.logs, run.policies
    )
    _serve_status(
        run.status,
        lambda: None if streams.listening else "the stream port",
        lambda: _measured(run, streams),
        {"/stop": lambda _: run.stop(), **_keys(config.identity)},
    )
    if not ended:
        threading.Thread(target=run.train, daemon=True).start()
        # Clients get their states when they join: these must be loaded.
        run.resumed.wait()
    streams.listen(config.port, config.certificate)
    _wait_for_signal()


def _serve_status(
    status: Callable[[], dict[str, Any]],
    waiting_for: Callable[[], str | None],
    measured: Callable[[], Measured] | None = None,
    actions: Mapping[str, Action] | None = None,
) -> None:
    """Serve the status port; for `waiting_for` and `actions` see http_server.serve."""
    pages = {
        "/status": _json_page(status),
        "/metrics": Page(
            metrics.MEDIA_TYPE,
            lambda: metrics.render(status, measured),
            settings.metrics_token,
        ),
        "/runs": _json_page(lambda: kept_runs(settings.data_folder())),
    }
    http_server.serve(settings.status_port(), waiting_for, pages, _opener(), actions)


def _keys(identity: TokenVerifier | None) -> dict[str, Action]:
    """Make the action that takes the cluster's newest keys, where clients need tokens."""
    return {} if identity is None else {"/keys": identity.learn}


def _json_page(make: Callable[[], Any]) -> Page:
    return Page("application/json", lambda: (plain_json.text(make()) + "\n").encode())


def _measured(run: ServerRun, streams: StreamServer) -> Measured:
    """Collect what the metrics hold beside the status."""
    free, total = volume.space(Path(run.config.data))
    traffic = streams.traffic
    return Measured(traffic.sent, traffic.received, total, free, run.rounds.history.central)


def _opener() -> http_server.Opener:
    """Make the opener of `<run>`, the list of a run's files, and `<run>/<file>`."""
    files = RunFiles(settings.data_folder())

    def open_file(path: str) -> bytes | BinaryIO | None:
        if "/" in path:
            return files.open(path)
        listing = files.listing(path)
        return None if listing is None else (plain_json.text(listing) + "\n").encode()

    return open_file


def _wait_for_signal() -> NoReturn:
    while True:
        signal.pause()
