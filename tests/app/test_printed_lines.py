"""kubeflower/printed_lines.py, and stdio.py, which fills it."""

import os
import re
import subprocess
import sys
import time

from federation import ENGINE
from kubeflower.printed_lines import MAX_LINE, PrintedLines

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z "


def taken(lines: PrintedLines) -> list[str]:
    """Return the texts of the lines, each of which has its time."""
    texts = lines.take().decode().splitlines()
    assert all(re.match(TIME, text) for text in texts)
    return [text.partition(" ")[2] for text in texts]


def test_lines_are_taken_once_with_their_times() -> None:
    lines = PrintedLines()
    lines.add(b"one\n\n  two")
    lines.add(b"three")
    assert taken(lines) == ["one", "", "  two", "three"]
    assert lines.take() == b""


def test_a_progress_bar_a_long_line_and_strange_bytes_become_text() -> None:
    lines = PrintedLines()
    lines.add(b" 10%\r 90%\r\n\xff\n" + b"x" * 9000)
    assert taken(lines) == [" 90%", "�", "x" * MAX_LINE + "…"]


def test_only_the_newest_lines_are_kept_and_the_others_counted() -> None:
    lines = PrintedLines(room=400)
    for number in range(1000):
        lines.add(b"%03d" % number)
    note, *rest = taken(lines)
    assert note == f"── {1000 - len(rest)} lines came too fast and are not kept"
    assert rest == [f"{number:03}" for number in range(1000 - len(rest), 1000)]
    assert 8 <= len(rest) <= 13


def test_lines_that_nobody_takes_need_no_memory_and_little_time() -> None:
    lines = PrintedLines()
    chunk = b"\n".join([b"x" * 99] * 600)
    began = time.process_time()
    for _ in range(1000):
        lines.add(chunk)
    assert time.process_time() - began < 0.5
    assert len(lines.take()) <= lines.room + 200


def test_who_asks_is_noticed_once() -> None:
    lines = PrintedLines()
    assert not lines.was_asked()
    lines.ask()
    lines.ask()
    assert lines.was_asked()
    assert not lines.was_asked()


PROGRAM = """
import logging, os, sys, threading, time
logging.basicConfig(level="INFO", format="%(message)s")
from kubeflower import stdio
from kubeflower.printed_lines import PrintedLines
lines = PrintedLines()
stdio.buffer_lines(lines)
def many(name):
    for _ in range(50): print(name * 30)
threads = [threading.Thread(target=many, args=(name,)) for name in "ab"]
for thread in threads: thread.start()
for thread in threads: thread.join()
logging.info("logged")
print("begun", end="", flush=True)
if os.fork() == 0:
    print(" in a child")
    os._exit(0)
os.wait()
print(" and ended", file=sys.stdout)
sys.stderr.write("error\\n")
kept = [line.split(" ", 1)[1] for line in lines.take().decode().splitlines()]
assert set(kept[:100]) == {"a" * 30, "b" * 30}, kept
assert kept[100:] == ["logged", "begun and ended", "error"], kept[100:]
"""


def test_all_that_python_prints_is_kept_and_printed_unchanged() -> None:
    for unbuffered in ("", "1"):
        env = {**os.environ, "PYTHONPATH": str(ENGINE), "PYTHONUNBUFFERED": unbuffered}
        done = subprocess.run([sys.executable, "-c", PROGRAM], env=env, capture_output=True)
        assert done.stderr.decode() == "logged\nerror\n"
        printed = done.stdout.decode().splitlines()
        assert set(printed[:100]) == {"a" * 30, "b" * 30}
        assert printed[100:] == ["begun in a child", " and ended"]
