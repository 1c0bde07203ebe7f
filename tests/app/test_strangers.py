"""Admission to a stream with TLS and tokens: kubeflower/stream_server.py as a process."""

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest

from authority import CLIENT, NAMESPACE, SERVER, Signer, certify, key_set
from conftest import Make
from federation import Federation, held
from kubeflower import framing, grpc_options, tls

signer = Signer()


def token_file(folder: Path, name: str, token: str) -> Path:
    file = folder / name
    file.write_text(token)
    return file


@pytest.fixture
def guarded(make: Make, tmp_path: Path) -> Callable[..., Federation]:
    """Make federations whose server has a certificate and knows the signer's key."""
    certificate = certify(tmp_path / "tls")
    keys = key_set(tmp_path, signer)

    def new(**env: Any) -> Federation:
        guards = {
            "TLS_FOLDER": certificate, "KEYS_FILE": keys,
            "NAMESPACE": NAMESPACE, "CLIENT_NAME": CLIENT,
        }  # fmt: skip
        return make(**guards, **env)

    return new


def join(federation: Federation, folder: Path) -> None:
    """Start both clients, each with a token of its pod."""
    for partition in (0, 1):
        token = signer.token(f"{CLIENT}-{partition}", f"uid-{partition}")
        file = token_file(folder, f"token-{partition}", token)
        federation.clients[partition] = federation.start(
            "client", PARTITION=partition, TOKEN_FILE=file
        )


def claim(partition: int) -> list[bytes]:
    said = {"partition": partition, "run": None, "state": ""}
    return list(framing.split(framing.HELLO, [json.dumps(said).encode()]))


def end(federation: Federation, folder: Path | None, token: str | None, partition: int) -> str:
    """Claim a partition; returns how the stream ends."""
    proof = [("authorization", f"Bearer {token}")] if token is not None else None
    with tls.dial(f"127.0.0.1:{federation.port}", folder) as channel:
        stream = channel.stream_stream(grpc_options.METHOD)
        try:
            list(stream(iter(claim(partition)), metadata=proof, timeout=10))
        except grpc.RpcError as fault:
            return f"{fault.code().name}: {fault.details()}"
    return "it was let in"


def heard(capfd: pytest.CaptureFixture[str], text: str) -> bool:
    """Return whether a process prints the text within 30 s."""
    deadline, said = time.monotonic() + 30, ""
    while text not in said and time.monotonic() < deadline:
        time.sleep(0.1)
        said += capfd.readouterr().out
    return text in said


def test_a_run_over_tls_with_proven_clients_ends_with_the_model_of_one_without(
    guarded: Callable[..., Federation], make: Make, tmp_path: Path
) -> None:
    safe = guarded()
    safe.start_server()
    join(safe, tmp_path)
    plain = make(tmp_path / "plain")
    plain.start_server()
    plain.start_clients(0, 1)
    assert safe.ended()["result"]["modelSha256"] == plain.ended()["result"]["modelSha256"]


def test_strangers_are_refused_and_the_run_goes_on(
    guarded: Callable[..., Federation], tmp_path: Path
) -> None:
    federation = guarded(RUN_CONFIG=held(tmp_path), ROUND_TIMEOUT=300)
    federation.start_server()
    join(federation, tmp_path)
    federation.wait_held(1, 2)
    folder, other = tmp_path / "tls", certify(tmp_path / "other")
    refused = {
        "no token": end(federation, folder, None, 0),
        "forged": end(federation, folder, Signer().token(), 0),
        "another's partition": end(federation, folder, signer.token(f"{CLIENT}-1", "uid-1"), 0),
        "plain text": end(federation, None, signer.token(), 0),
        "another authority": end(federation, other, signer.token(), 0),
    }
    assert refused["no token"] == "UNAUTHENTICATED: it shows no token"
    assert refused["forged"] == "UNAUTHENTICATED: its token: Signature verification failed"
    assert refused["another's partition"] == (
        "PERMISSION_DENIED: it claims partition 0 — allowed: 1, its pod's"
    )
    assert refused["plain text"].startswith("UNAVAILABLE: ")
    assert "CERTIFICATE_VERIFY_FAILED" in refused["another authority"]
    federation.open_rounds(1, 2)
    status = federation.ended()
    assert status["state"] == "completed"
    assert [entry["failures"] for entry in status["history"]] == [[], []]


def test_a_client_of_another_image_takes_no_part_in_the_run(
    make: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    federation = make(IMAGE="image:2")
    federation.start_server()
    federation.clients[0] = federation.start("client", PARTITION=0)
    federation.clients[2] = federation.start("client", PARTITION=1, IMAGE="image:1")
    assert heard(
        capfd,
        "client 1: FAILED_PRECONDITION: it is of image image:1 — the run's is image:2; "
        "`pulumi up` replaces its pod\n",
    )
    assert federation.wait(lambda status: status["nodes"] == [0])["state"] == "waiting"
    federation.clients[1] = federation.start("client", PARTITION=1)
    assert federation.ended()["state"] == "completed"


def test_a_client_reads_its_token_for_each_stream(
    guarded: Callable[..., Federation], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    federation = guarded(CLIENTS=1, MIN=1, QUORUM=1, REPLICAS=1)
    federation.start_server()
    old = signer.token(exp=int(time.time()) - 60)
    file = token_file(tmp_path, "token", old)
    federation.clients[0] = federation.start("client", PARTITION=0, TOKEN_FILE=file)
    assert heard(capfd, "client 0: UNAUTHENTICATED: its token: Signature has expired\n")
    token_file(tmp_path, "token", signer.token())
    assert federation.ended()["state"] == "completed"


def test_a_server_is_found_without_dns_and_proves_its_name(
    guarded: Callable[..., Federation], tmp_path: Path
) -> None:
    federation = guarded()
    federation.start_server()
    for partition in (0, 1):
        token = token_file(tmp_path, f"token-{partition}", signer.token(f"{CLIENT}-{partition}"))
        federation.clients[partition] = federation.start(
            "client",
            PARTITION=partition,
            TOKEN_FILE=token,
            SERVER=f"{SERVER}:{federation.port}",
            SERVER_ADDRESS=f"127.0.0.1:{federation.port}",
        )
    assert federation.ended()["state"] == "completed"


def test_a_server_that_does_not_prove_its_name_is_no_server(
    guarded: Callable[..., Federation], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    federation = guarded()
    federation.start_server()
    federation.clients[0] = federation.start(
        "client",
        PARTITION=0,
        TOKEN_FILE=token_file(tmp_path, "token", signer.token()),
        SERVER=f"another.invalid:{federation.port}",
        SERVER_ADDRESS=f"127.0.0.1:{federation.port}",
    )
    # The address itself is in the certificate, and is not what counts.
    assert heard(capfd, "client 0: UNAVAILABLE: ")
    assert federation.wait(lambda _: True)["nodes"] == []


def test_a_proxy_for_the_app_is_not_asked_for_the_server(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    federation = make()
    federation.start_server()
    federation.start_clients(0, 1)
    assert federation.ended()["state"] == "completed"


def test_keys_that_the_cluster_exchanges_in_a_run_are_taken_without_a_restart(
    guarded: Callable[..., Federation], tmp_path: Path
) -> None:
    federation = guarded(RUN_CONFIG=held(tmp_path), ROUND_TIMEOUT=300)
    federation.start_server()
    join(federation, tmp_path)
    federation.wait_held(1, 2)
    assert federation.wait(lambda _: True)["unknownKey"] is False
    new = Signer("key-2")
    federation.clients.pop(1).kill()
    token = token_file(tmp_path, "token-1", new.token(f"{CLIENT}-1", "uid-new"))
    federation.clients[1] = federation.start("client", PARTITION=1, TOKEN_FILE=token)
    federation.wait(lambda status: status["unknownKey"])
    keys = key_set(tmp_path, signer, new).read_bytes()
    assert federation.post("/keys", b"[]")[0] == 409
    assert federation.post("/keys", keys) == (202, "ok\n")
    assert federation.post("/keys", keys) == (409, "they are known\n")
    federation.open_rounds(1, 2)
    status = federation.ended()
    assert (status["state"], status["unknownKey"]) == ("completed", False)
    assert [entry["replies"] for entry in status["history"]] == [[0, 1], [0, 1]]


def test_the_newest_pod_of_a_partition_holds_it(
    guarded: Callable[..., Federation], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    federation = guarded(RUN_CONFIG=held(tmp_path), ROUND_TIMEOUT=300)
    federation.start_server()
    join(federation, tmp_path)
    federation.wait_held(1, 2)
    newer = signer.token(f"{CLIENT}-1", "uid-new", iat=int(time.time()) + 20)
    file = token_file(tmp_path, "token-new", newer)
    old = federation.clients.pop(1)
    federation.clients[1] = federation.start("client", PARTITION=1, TOKEN_FILE=file)
    zombie = signer.token(f"{CLIENT}-1", "uid-1", iat=int(time.time()) - 300)
    assert heard(capfd, "client 1: pod uid-new takes the place of pod uid-1\n")
    old.kill()
    old.wait(5)
    assert end(federation, tmp_path / "tls", zombie, 1) == (
        "PERMISSION_DENIED: pod uid-new has taken the place of its pod uid-1"
    )
    federation.open_rounds(1, 2)
    assert federation.ended()["state"] == "completed"


def test_threads_that_print_at_once_print_whole_lines(
    make: Make, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    federation = make(REPLICAS=30)
    federation.start_server()
    federation.wait(lambda status: federation.get("/readyz")[0] == 200)
    capfd.readouterr()
    with tls.dial(f"127.0.0.1:{federation.port}", None) as channel:
        join = channel.stream_stream(grpc_options.METHOD)
        streams = [join(iter(claim(partition)), timeout=30) for partition in range(100, 500)]
        ends = [stream.code() for stream in streams]
    federation.kill_server()
    lines = [line.split(": ", 1)[1] for line in capfd.readouterr().out.splitlines()]
    refusals = [f"partition {k} — allowed: 0 to 29" for k in range(100, 500)]
    assert set(ends) == {grpc.StatusCode.OUT_OF_RANGE}
    assert sorted(lines) == sorted(refusals)


def test_silent_connections_keep_no_client_out(
    guarded: Callable[..., Federation], tmp_path: Path
) -> None:
    federation = guarded()
    federation.start_server()
    federation.wait(lambda status: federation.get("/readyz")[0] == 200)
    before = federation.memory()
    flood = [socket.create_connection(("127.0.0.1", federation.port)) for _ in range(500)]
    join(federation, tmp_path)
    assert federation.ended()["state"] == "completed"
    assert federation.memory() - before < 64 << 20
    for connection in flood:
        # A connection without a handshake is closed after ten seconds.
        connection.settimeout(15)
        assert connection.recv(1) == b""
        connection.close()
