"""kubeflower/process_output.py."""

import os

import pytest

from kubeflower.process_output import LONGEST, ProcessOutput


def printed(*pieces: bytes) -> list[str]:
    """Return the last lines of a process that writes these pieces and ends."""
    source, end = os.pipe()
    output = ProcessOutput(source)
    for piece in pieces:
        os.write(end, piece)
    os.close(end)
    return output.last(5)


def test_output_is_passed_on_unchanged(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    whole = b"one\n  two \xff\n\nthree"
    printed(whole[:5], whole[5:])
    assert capfdbinary.readouterr().out == whole + b"\n"


def test_the_last_twenty_lines_are_kept_without_empty_ones() -> None:
    lines = [f"line {number}" for number in range(30)]
    assert printed("\n\n".join(lines).encode()) == lines[10:]


def test_lines_are_kept_without_colours_and_a_progress_bar_in_its_last_state() -> None:
    assert printed(b"\x1b[92mINFO\x1b[0m:\t ready\n 10%\r 90%\r") == ["INFO: ready", "10%", "90%"]


def test_only_as_much_is_kept_as_can_be_reported() -> None:
    lines = printed(*[b"%d" % number + b"x" * 999 + b"\n" for number in range(30)])
    assert [len(line) for line in lines] == [400] * 10
    assert lines[-1].startswith("29x")


def test_a_line_that_does_not_end_is_passed_on_in_pieces(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    printed(*[b"x" * 50_000] * 10)
    assert capfdbinary.readouterr().out.replace(b"\n", b"") == b"x" * 500_000
    assert LONGEST < 500_000
