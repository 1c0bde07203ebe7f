"""Line-buffered stdout and stderr."""

import io
import logging
import sys

from kubeflower.printed_lines import PrintedLines, Tee


def buffer_lines(lines: PrintedLines | None = None) -> None:
    """Write each line of stdout and stderr when it ends, and in one piece.

    Unbuffered Python writes the newline apart from the line, so lines of threads that print at the
    same time are torn, e.g. when several clients leave. Fully buffered Python delays lines, or
    loses them when the process is killed.

    Args:
        lines: Gets all that is printed, too; None: nobody does.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, io.TextIOWrapper):
            continue
        stream.reconfigure(line_buffering=True, write_through=False)
        if lines is not None:
            raw = getattr(stream.buffer, "raw", stream.buffer)  # itself when Python is unbuffered
            tee = io.BufferedWriter(Tee(raw, lines))  # type: ignore[type-var,arg-type]
            new = io.TextIOWrapper(tee, stream.encoding, stream.errors, line_buffering=True)
            setattr(sys, name, new)
            _move_handlers(stream, new)


def _move_handlers(old: io.TextIOWrapper, new: io.TextIOWrapper) -> None:
    """Let loggers that were made with the old stream, as Flower's is, write to the new one."""
    for logger in [logging.root, *logging.root.manager.loggerDict.values()]:
        for handler in getattr(logger, "handlers", ()):
            if isinstance(handler, logging.StreamHandler) and handler.stream is old:
                handler.setStream(new)
