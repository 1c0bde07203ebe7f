"""kubeflower/log_file.py."""

from pathlib import Path

import pytest

from kubeflower.log_file import LogFile
from kubeflower.printed_lines import note


def made(folder: Path, most: int = 1000) -> LogFile:
    return LogFile(folder / "logs" / "client-0.log", folder / ".client-0.log.tmp", most)


def texts(file: LogFile) -> list[str]:
    return [line.partition(" ")[2] for line in file.path.read_text().splitlines()]


def line(number: int) -> bytes:
    return b"2026-11-25T12:00:00.000Z %03d %s\n" % (number, b"x" * 20)


def test_lines_are_appended_to_those_of_an_earlier_process(tmp_path: Path) -> None:
    for number in (1, 2):
        file = made(tmp_path)
        file.add(line(number))
        file.write()
        file.write()
    assert file.path.read_bytes() == line(1) + line(2)


def test_a_line_that_was_torn_is_ended_first(tmp_path: Path) -> None:
    file = made(tmp_path)
    file.path.parent.mkdir()
    file.path.write_bytes(line(1)[:-5])
    file.add(line(2))
    file.write()
    assert file.path.read_bytes() == line(1)[:-5] + b"\n" + line(2)


def test_the_oldest_lines_go_and_are_counted_also_over_processes(tmp_path: Path) -> None:
    for number in range(200):
        if number % 50 == 0:
            file = made(tmp_path)
        file.add(line(number))
        file.write()
        assert file.path.stat().st_size <= 1000
    head, *rest = texts(file)
    assert head == f"── {200 - len(rest)} earlier lines are not kept"
    assert rest == [line(n).decode()[25:-1] for n in range(200 - len(rest), 200)]
    assert not (tmp_path / ".client-0.log.tmp").exists()


def test_lines_that_are_not_written_in_time_take_no_memory(tmp_path: Path) -> None:
    file = made(tmp_path)
    for number in range(200):
        file.add(line(number))
    file.write()
    head, *rest = texts(file)
    assert head == f"── {200 - len(rest)} earlier lines are not kept"
    assert rest[-1] == line(199).decode()[25:-1]


def test_the_process_that_has_printed_the_lines_remains_known(tmp_path: Path) -> None:
    file = made(tmp_path)
    began = note("the client is pod 7, whose process began 2026-11-25T11:59:00.000Z", "12:00")
    file.add(note("the client is pod 6, whose process began 2026-11-25T11:00:00.000Z", "12:00"))
    file.add(began)
    for number in range(200):
        file.add(line(number))
        file.write()
    written = file.path.read_bytes()
    assert written.startswith(began)
    assert written.count(b"the client is pod") == 1


def test_a_full_volume_loses_lines_and_the_next_ones_say_how_many(tmp_path: Path) -> None:
    file = made(tmp_path)
    file.path.parent.mkdir()
    file.path.symlink_to("/dev/full")
    file.add(line(1) + line(2))
    with pytest.raises(OSError, match="No space left"):
        file.write()
    file.add(line(3))
    file.write(has_room=False)
    file.path.unlink()
    file.add(line(4))
    file.write()
    assert texts(file) == ["── 3 lines had no room and are not kept", line(4).decode()[25:-1]]
