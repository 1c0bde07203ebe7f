"""The frames that a client sends on one stream: its HELLO, then its app process's replies."""

import collections
import json
import os
import threading
from collections.abc import Iterator
from typing import Any

from kubeflower import framing
from kubeflower.app_process import AppProcess
from kubeflower.client_fault import ClientFault

ENDING = 10.0
"""Seconds for an app process to end after it has closed its pipe; half of them before SIGKILL."""


class OutgoingFrames:
    """The frames of one stream; only one stream at a time reads from the app process."""

    def __init__(
        self, app: AppProcess, claim: dict[str, Any], faults: collections.deque[ClientFault]
    ) -> None:
        """Make the frames of a new stream.

        Args:
            app: The app process.
            claim: The client's HELLO.
            faults: Ends of app processes that the server does not know yet; each is removed when it
                is sent.
        """
        self.app = app
        self.claim = claim
        self.faults = faults
        # Drop replies to messages of earlier streams: the server has asked again.
        self._stale = app.asked
        self._reading = threading.Lock()
        self._closed = False
        self._wake, self._waker = os.pipe()

    def frames(self) -> Iterator[bytes]:
        """Yield HELLO, the faults, and the frames from the app process."""
        yield from framing.split(framing.HELLO, [json.dumps(self.claim).encode()])
        yield from self._pending_faults()
        while (frame := self._next()) is not None:
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
        if not self._closed and self.app.sent.left == 0:
            yield from self._pending_faults()

    def close(self) -> None:
        """End the frames: the stream has ended. Returns once nothing reads from the app process."""
        self._closed = True
        os.write(self._waker, b".")
        with self._reading:
            os.close(self._wake)
            os.close(self._waker)

    def _next(self) -> bytes | None:
        """Return the next frame from the app process; None when it or the stream has ended."""
        with self._reading:
            while not self._closed and self.app.pipe.wait(self._wake):
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

    def _pending_faults(self) -> Iterator[bytes]:
        while self.faults:
            yield from framing.split(framing.FAULT, [self.faults.popleft().pack()])
