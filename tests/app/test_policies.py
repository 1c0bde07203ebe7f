"""Whether policies are enforced: kubeflower/policy_probe.py and policy_reports.py."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from conftest import Make
from kubeflower import http_server
from kubeflower.framing import BrokenStream
from kubeflower.policy_probe import BLOCKED, REACHED, probe
from kubeflower.policy_reports import PolicyReports
from ports import reserved_port


def test_a_client_reports_whether_it_gets_an_answer() -> None:
    with reserved_port() as reserved:
        port = reserved.getsockname()[1]
        assert probe(f"127.0.0.1:{port}", 0) == BLOCKED
        http_server.serve(port, lambda: None, {})
        assert probe(f"127.0.0.1:{port}", 0) == REACHED


def test_a_policy_that_bites_late_is_enforced() -> None:
    """The first attempt gets an answer, the second does not."""

    class Once(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            threading.Thread(target=server.server_close).start()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Once)
    threading.Thread(target=server.handle_request).start()
    assert probe(f"127.0.0.1:{server.server_port}", 0.3) == BLOCKED


def test_a_sidecar_that_takes_every_connection_is_no_answer() -> None:
    class Mesh(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(503)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Mesh)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    assert probe(f"127.0.0.1:{server.server_port}", 0) == BLOCKED
    server.shutdown()


def test_an_address_that_swallows_packets_takes_two_seconds() -> None:
    began = time.monotonic()
    with reserved_port() as reserved:
        reserved.listen(0)  # nobody accepts, so nobody answers
        assert probe(f"127.0.0.1:{reserved.getsockname()[1]}") == BLOCKED
    assert time.monotonic() - began < 4


def test_one_client_that_gets_through_is_enough() -> None:
    reports = PolicyReports()
    assert reports.verdict == "unknown"
    reports.add(0, BLOCKED)
    assert reports.verdict == "enforced"
    reports.add(1, REACHED)
    assert reports.verdict == "not enforced"
    reports.add(1, BLOCKED)
    assert reports.verdict == "enforced"
    with pytest.raises(BrokenStream, match=r"a report b'perhaps'"):
        reports.add(1, b"perhaps")


def test_the_status_says_what_the_clients_have_found(make: Make, tmp_path: Path) -> None:
    federation = make(POD_IP="127.0.0.1", CLIENTS=1, MIN=1, QUORUM=1, REPLICAS=1)
    federation.start_server()
    assert federation.wait(lambda _: True)["policies"] == "unknown"
    federation.start_clients(0)
    assert federation.wait(lambda status: status["policies"] != "unknown")["policies"] == (
        "not enforced"
    )
