"""What a process prints."""

import io
import sys


def keep_lines_whole() -> None:
    """Each line goes out when it ends, and in one piece.

    Unbuffered Python writes the end of a line by itself: lines of threads that print at once, as
    when several clients leave, are torn. Buffered Python keeps lines for later, or for never.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True, write_through=False)
