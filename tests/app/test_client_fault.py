"""Explanations of an app process's end: kubeflower/client_fault.py."""

import json
import signal
from typing import Any

import pytest

from kubeflower.client_fault import MAX_KILLS, ClientFault, EndedBy, explain_exit

LIMIT = 256 << 20


def explained(
    code: int, ended: EndedBy = EndedBy.ITSELF, *, oom: bool = False, kills: int = 1
) -> ClientFault:
    return explain_exit(
        code, ended, out_of_memory=oom, limit=LIMIT, kills=kills, lines=["trains"], run="ab12"
    )


@pytest.mark.parametrize("kills", range(1, MAX_KILLS + 1))
def test_a_process_killed_for_its_memory_is_asked_again_up_to_the_third_time(kills: int) -> None:
    fault = explained(-signal.SIGKILL, oom=True, kills=kills)
    times = "" if kills == 1 else f" {kills} times"
    assert fault.reason == f"was killed{times} as it needs more memory than its limit 256Mi"
    assert (fault.code, fault.limit, fault.again) == ("memory", LIMIT, kills < MAX_KILLS)


@pytest.mark.parametrize("kills", range(1, MAX_KILLS + 1))
def test_a_process_killed_without_a_reason_is_asked_again_up_to_the_third_time(kills: int) -> None:
    fault = explained(-signal.SIGKILL, kills=kills)
    assert fault.reason == "its app's process was ended by SIGKILL"
    assert (fault.code, fault.again) == ("app", kills < MAX_KILLS)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (0, "its app ended its process with exit code 0"),
        (3, "its app ended its process with exit code 3"),
        (-signal.SIGSEGV, "its app's process was ended by SIGSEGV"),
        (-signal.SIGBUS, "its app's process was ended by SIGBUS (/dev/shm may be full)"),
    ],
)
def test_a_process_that_ends_otherwise_is_not_asked_again(code: int, reason: str) -> None:
    # An earlier kill of a worker for its memory is not the reason.
    fault = explained(code, oom=True)
    assert (fault.code, fault.reason, fault.again) == ("app", reason, False)


def test_a_process_ended_for_being_late_was_late_unless_it_lacked_memory() -> None:
    assert explained(-signal.SIGKILL, EndedBy.LATE).code == "timeout"
    fault = explained(-signal.SIGKILL, EndedBy.LATE, oom=True)
    assert (fault.code, fault.again) == ("memory", False)


def test_a_fault_comes_back_as_it_was_packed() -> None:
    fault = explained(3)
    assert ClientFault.parse(fault.pack()) == fault
    assert fault.with_last_line("late") == "late; its last line: trains"
    assert ClientFault("app", "x").with_last_line("late") == "late"


@pytest.mark.parametrize(
    "said", [[], {}, {"code": "app", "reason": 1, "lines": [], "again": True}, None]
)
def test_data_that_is_no_fault_is_refused(said: Any) -> None:
    with pytest.raises(ValueError, match="a fault without code, reason, lines or again"):
        ClientFault.parse(json.dumps(said).encode())


def test_long_texts_of_a_fault_are_cut() -> None:
    said = {"code": "app", "reason": "x" * 9999, "lines": ["y" * 9999] * 99, "again": False}
    fault = ClientFault.parse(json.dumps(said).encode())
    assert (len(fault.reason), len(fault.lines), len(fault.lines[0])) == (4096, 20, 4096)
