"""The frames that a client sends on one stream: HELLO, its app process's replies, its lines."""

import collections
import json
import os
import threading
from collections.abc import Iterator
from typing import Any

from kubeflower import framing, policy_probe
from kubeflower.app_process import AppProcess
from kubeflower.client_fault import ClientFault
from kubeflower.printed_lines import PrintedLines

ENDING = 10.0
"""Seconds for an app process to end after it has closed its pipe; half of them before SIGKILL."""
LINES_EVERY = 1.0
"""Seconds after which lines are sent; they also go ahead of each other message."""


class OutgoingFrames:
    """The frames of one stream; only one stream at a time reads from the app process."""

    def __init__(
        self,
        app: AppProcess,
        claim: dict[str, Any],
        faults: collections.deque[ClientFault],
        lines: PrintedLines,
    ) -> None:
        """Make the frames of a new stream.

        Args:
            app: The app process.
            claim: The client's HELLO.
            faults: Ends of app processes that the server does not know yet; each is removed when it
                is sent.
            lines: Lines that this client prints.
        """
        self.app = app
        self.claim = claim
        self.faults = faults
        self.lines = lines
        self.probed: bytes | None = None
        """Report of policy_probe.py to send; None: there is none that was not sent."""
        # Drop replies to messages of earlier streams: the server has asked again.
        self._stale = app.asked
        self._reading = threading.Lock()
        self._closed = False
        self._leaving = False
        self._wake, self._waker = os.pipe()

    def frames(self) -> Iterator[bytes]:
        """Yield HELLO, the faults, the frames from the app process, and lines between them."""
        yield from framing.split(framing.HELLO, [json.dumps(self.claim).encode()])
        yield from self._pending_faults()
        while (frame := self._next()) is not None:
            if self._is_between and not self._closed:
                if self.probed is not None:
                    yield from framing.split(framing.PROBE, [self.probed])
                    self.probed = None
                yield from self._printed()
                if self._leaving:
                    return
            if not frame:
                continue
            dropped = self.app.answered < self._stale
            sent = self.app.sent
            try:
                sent.follow(frame)
            except framing.BrokenStream:  # the app has written to the pipe's descriptor
                self.app.group.kill()
                self._await_end()
                break
            if sent.left == 0 and sent.kind not in framing.AHEAD:
                self.app.replied()
            if not dropped:
                yield frame
        if self._is_between and not self._closed:
            yield from self._pending_faults()
            yield from self._printed()

    def probe(self, address: str) -> None:
        """Find out whether policies keep this client from an address, and send that in a while."""

        def report() -> None:
            self.probed = policy_probe.probe(address)

        threading.Thread(target=report, daemon=True).start()

    def leave(self) -> None:
        """End the frames after the lines until now; for a signal handler."""
        self._leaving = True
        self.lines.ask()

    def close(self) -> None:
        """End the frames: the stream has ended. Returns once nothing reads from the app process."""
        self._closed = True
        os.write(self._waker, b".")
        with self._reading:
            os.close(self._wake)
            os.close(self._waker)

    @property
    def _is_between(self) -> bool:
        """Whether no message of the app process is under way."""
        return self.app.sent.left == 0

    def _next(self) -> bytes | None:
        """Return the next frame from the app process; None when it or the stream has ended.

        Empty when there is none yet: it is time for lines.
        """
        with self._reading:
            while not self._closed:
                asked = (self.lines.wanted,) if self._is_between else ()
                if not self.app.pipe.wait(LINES_EVERY, self._wake, *asked):
                    return b""
                received = self.app.pipe.receive()
                if received is None:
                    self._await_end()
                    return None
                if self.app.take(*received):
                    return received[1]
        return None

    def _await_end(self) -> None:
        """Wait until a process that has closed its pipe ends; kill it if it does not."""
        if not self.app.over.wait(ENDING / 2):
            self.app.group.kill()
            self.app.over.wait(ENDING / 2)

    def _printed(self) -> Iterator[bytes]:
        """Yield the lines that were printed since the last time."""
        asked = self.lines.was_asked()
        if lines := self.lines.take():
            yield from framing.split(framing.LOG, [lines])
        if asked:
            yield from framing.split(framing.LOG, [b""])

    def _pending_faults(self) -> Iterator[bytes]:
        while self.faults:
            yield from framing.split(framing.FAULT, [self.faults.popleft().pack()])
