"""kubeflower/phase_times.py and client_work.py."""

import time
from typing import Any

import pytest
from flwr.app import Message, MetricRecord, RecordDict

from kubeflower import flower_internals as internals
from kubeflower.client_work import ClientWork, Stopwatch
from kubeflower.history import History
from kubeflower.pending_message import PendingMessage
from kubeflower.phase_times import PhaseTimes
from kubeflower.run_folder import RunFolder


def asked(partition: int, moment: float) -> PendingMessage:
    internals.set_task_identity(1, 0)
    message = Message(RecordDict(), partition + 1, "train")
    return PendingMessage(message, partition, 20.0, began=moment)


def test_a_phase_has_a_column_for_each_value_and_null_where_there_was_none() -> None:
    good, lost = asked(0, 100.0), asked(1, 100.0)
    good.sent_at, good.sent_bytes = 100.5, 12
    metrics = MetricRecord({"loss": 0.25, "by class": [0.5, 0.75]})
    reply = Message(RecordDict({"metrics": metrics}), reply_to=good.message)
    good.take(reply, [b"ab", b"c"], 103.0, ClientWork(1.5, 2.25, 4096, ended=102.5))
    lost.fail(1, "its stream broke")
    times = PhaseTimes()
    times.add([good, lost])
    assert times.document(99.0) == [
        {
            "phase": "train",
            "partition": [0, 1],
            "good": [True, False],
            "asked": [1.0, 1.0],
            "sent": [1.5, None],
            "began": [2.0, None],
            "ended": [3.5, None],
            "replied": [4.0, None],
            "cpu": [2.25, None],
            "memory": [4096, None],
            "sent_bytes": [12, None],
            "reply_bytes": [3, None],
            "metrics": {"loss": [0.25, None]},
        }
    ]
    times.begin()
    assert times.document(99.0) == []


def test_a_stopwatch_measures_time_cpu_and_memory() -> None:
    stopwatch = Stopwatch()
    end = time.process_time() + 0.05
    while time.process_time() < end:
        pass
    work = stopwatch.stop()
    assert 0.05 <= work.seconds < 20
    assert 0.03 <= work.cpu < 20
    assert 1 << 20 < work.memory < 1 << 40
    assert ClientWork.parse(work.pack()) == work


@pytest.mark.parametrize("part", [b"{}", b"[1, 2]", b"[1, 2, true]", b"[1, -1, 3]", b"[1, NaN, 3]"])
def test_another_report_of_work_is_refused(part: bytes) -> None:
    with pytest.raises(ValueError, match="a report of work"):
        ClientWork.parse(part)


def test_the_details_of_rounds_before_a_restart_stay(tmp_path: object) -> None:
    folder = RunFolder(str(tmp_path), "ab12")
    folder.make()
    history = History(folder)
    entries: list[dict[str, Any]] = [
        {"round": number, "seconds": 1.5, "replies": [], "failures": []} for number in (1, 2, 3)
    ]
    for entry in entries:
        history.add(entry, {"server": {"f1": 0.5}, "phases": []})
    again = History(folder)
    # The checkpoint is of round 2, whose second attempt took another time in the file.
    again.entries = [entries[0], {**entries[1], "seconds": 9.0}]
    again.write()
    first, second = folder.read_lines("metrics.jsonl")
    assert first == {**entries[0], "schema_version": 1, "server": {"f1": 0.5}, "phases": []}
    assert second == {**entries[1], "seconds": 9.0}
    ended = History(folder)
    ended.load()
    assert ended.entries == again.entries
