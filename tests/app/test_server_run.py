"""Failures are saved and served: kubeflower/server_run.py."""

import errno
import json
from pathlib import Path

import pytest

from authority import CLIENT, NAMESPACE, Signer, key_set
from conftest import HERE
from federation import environment
from kubeflower import settings, volume
from kubeflower.run_failure import RunFailed
from kubeflower.server_run import ServerRun
from kubeflower.token_verifier import Refused, TokenVerifier
from kubeflower.volume import NoRoom


def server(data: Path, **env: str) -> ServerRun:
    """Make a run whose folder exists, as during training."""
    values = {
        **dict.fromkeys(("CLIENTS", "MIN", "REPLICAS", "QUORUM", "ROUNDS", "SEED"), "1"),
        **{"RUN": "ab12", "DATA": str(data), "APP": str(HERE / "tiny")},
        **env,
    }
    made = ServerRun(settings.from_environment(environment(values)))
    made.folder.make()
    return made


def refuse_unknown_key(identity: TokenVerifier | None) -> None:
    assert identity is not None
    with pytest.raises(Refused):
        identity.verify(Signer("other").token())


@pytest.mark.parametrize("code", ["clients", "timeout"])
def test_a_lack_of_clients_with_unknown_keys_is_a_failure_of_the_keys(
    tmp_path: Path, code: str
) -> None:
    keys = {"KEYS_FILE": str(key_set(tmp_path, Signer())), "NAMESPACE": NAMESPACE}
    one = server(tmp_path, **keys, CLIENT_NAME=CLIENT)
    refuse_unknown_key(one.config.identity)
    one.fail(RunFailed("only 0 of 1 clients were connected", code))
    assert one.failure == {"code": "keys", "interrupted": True}
    assert one.reason == (
        "before round 1: only 0 of 1 clients were connected; a client was refused: its token's key "
        "is not one of the cluster's that the server knows"
    )


def test_an_old_refusal_and_other_failures_are_no_failure_of_the_keys(tmp_path: Path) -> None:
    keys = {"KEYS_FILE": str(key_set(tmp_path, Signer())), "NAMESPACE": NAMESPACE}
    one = server(tmp_path, **keys, CLIENT_NAME=CLIENT)
    one.fail(RunFailed("only 0 of 1", "clients"))
    assert one.failure == {"code": "clients", "interrupted": True}
    identity = one.config.identity
    refuse_unknown_key(identity)
    one.fail(RunFailed("a NaN", "model"))
    assert one.failure == {"code": "model", "interrupted": False}
    assert identity is not None and identity.unknown_keys_at is not None
    identity.unknown_keys_at -= one.config.spec.round_timeout + 1
    one.fail(RunFailed("only 0 of 1", "clients"))
    assert one.failure == {"code": "clients", "interrupted": True}


def test_the_reserve_lets_a_failure_be_written_on_a_full_volume(tmp_path: Path) -> None:
    one = server(tmp_path)
    one.folder.reserve_space()
    assert (one.folder.path / ".room").stat().st_size == 64 << 10
    one.fail(ValueError("no"))
    assert sorted(path.name for path in one.folder.path.iterdir()) == ["failed.json", "work"]


def test_a_failure_before_the_checkpoint_is_read_leaves_the_metrics_as_they_are(
    tmp_path: Path,
) -> None:
    one = server(tmp_path)
    (one.folder.path / "metrics.jsonl").write_text('{"round": 1}\n')
    one.fail(MemoryError())
    again = server(tmp_path)
    assert again.recall() is False
    assert again.folder.read_lines("metrics.jsonl") == [{"round": 1}]


def test_a_failure_that_cannot_be_written_is_still_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(name: str, value: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    one = server(tmp_path)
    monkeypatch.setattr(one.folder, "write_json", full)
    one.fail(ValueError("no"))
    status = one.status()
    assert (status["state"], status["reason"]) == ("failed", "before round 1: ValueError: no")


@pytest.mark.parametrize("code", ["clients", "app"])
def test_only_an_interrupted_run_continues(tmp_path: Path, code: str) -> None:
    server(tmp_path).fail(RunFailed("why", code, lines=["last words"]))
    again = server(tmp_path)
    assert again.recall() == (code == "app")
    if code == "app":
        failure = {"code": "app", "interrupted": False, "lines": ["last words"]}
        assert (again.state, again.reason) == ("failed", "before round 1: why")
        assert again.status()["failure"] == failure
    else:
        assert (again.state, again.reason, again.failure) == ("waiting", None, None)
        assert again.interrupted == "before round 1: why"


@pytest.mark.parametrize("name", ["result.json", "failed.json"])
def test_a_damaged_result_is_ignored(tmp_path: Path, name: str) -> None:
    one = server(tmp_path)
    (one.folder.path / name).write_text('{"state": "comp')
    assert one.recall() is False


def test_a_volume_that_cannot_be_read_is_left_to_the_run_which_tells_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(name: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", name)

    one = server(tmp_path)
    monkeypatch.setattr(one.folder, "read_json", closed)
    assert one.recall() is False


def test_files_that_a_killed_process_was_writing_are_removed(tmp_path: Path) -> None:
    one = server(tmp_path)
    (one.folder.path / ".checkpoint-000000003.tmp").write_bytes(bytes(100))
    one.folder.make()
    assert sorted(path.name for path in one.folder.path.iterdir()) == ["work"]


def test_a_file_on_a_full_volume_is_written_in_the_room_that_is_made(tmp_path: Path) -> None:
    one = server(tmp_path)
    (one.folder.path / ".model.tmp").symlink_to("/dev/full")
    made = []
    one.folder.make_room = lambda: made.append(True)
    assert one.folder.write("model", b"x" * 100_000)
    assert made == [True]
    one.folder.make_room = lambda: (one.folder.path / ".more.tmp").symlink_to("/dev/full")
    (one.folder.path / ".more.tmp").symlink_to("/dev/full")
    with pytest.raises(NoRoom) as full:
        one.folder.write("more", b"x" * 100_000)
    assert (full.value.errno, full.value.needed) == (errno.ENOSPC, 100_000)
    assert (one.folder.path / "model").read_bytes() == b"x" * 100_000


def test_a_line_that_finds_no_room_is_written_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(name: str, value: object) -> None:
        (one.folder.path / name).write_text(json.dumps(value)[:21])
        raise OSError(errno.ENOSPC, "No space left on device")

    one = server(tmp_path)
    rounds, lines = one.rounds, one.folder.path / "metrics.jsonl"
    monkeypatch.setattr(one.folder, "append_json", half)
    rounds.finished()
    rounds.begin(1)
    rounds.end({"loss": 0.5}, {}, {})
    assert lines.read_text() == '{"round": 1, "replies'
    rounds.begin(2)
    rounds.end({"loss": 0.25}, {}, {})
    written = [json.loads(line) for line in lines.read_text().splitlines()]
    details = {"schema_version": 1, "phases": []}
    servers = [{"server": {"loss": 0.5}}, {"server": {"loss": 0.25}}]
    entries = zip(rounds.history.entries, servers, strict=True)
    assert written == [{**entry, **details, **server} for entry, server in entries]
    assert [entry["loss"] for entry in written] == [0.5, 0.25]


@pytest.mark.parametrize(("free", "steps"), [(0, ["wait", "make"]), (1 << 20, ["make"])])
def test_on_a_full_volume_a_run_begins_when_the_old_ones_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, steps: list[str]
) -> None:
    one = server(tmp_path)
    done: list[str] = []
    monkeypatch.setattr(volume, "space", lambda _: (free, 1 << 20))
    monkeypatch.setattr(one.removal, "wait", lambda: done.append("wait"))

    def make() -> None:
        done.append("make")
        raise RunFailed("no more is of interest")

    monkeypatch.setattr(one.folder, "make", make)
    with pytest.raises(RunFailed):
        one._prepare()
    assert done == steps
