"""Line-buffered stdout and stderr."""

import io
import sys


def buffer_lines() -> None:
    """Write each line of stdout and stderr when it ends, and in one piece.

    Unbuffered Python writes the newline apart from the line, so lines of threads that print at the
    same time are torn, e.g. when several clients leave. Fully buffered Python delays lines, or
    loses them when the process is killed.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True, write_through=False)
