"""The frames that a client sends on one stream: its claim, then the answers of its app process."""

import collections
import json
import os
import threading
from collections.abc import Iterator
from typing import Any

from kubeflower import framing
from kubeflower.app_process import AppProcess
from kubeflower.client_fault import Fault

ENDING = 10.0
"""Seconds within which an app process whose pipe is closed has ended, or is ended."""


class Outgoing:
    """The frames for one stream; of all streams only one at a time reads from the app process."""

    def __init__(
        self, app: AppProcess, claim: dict[str, Any], faults: collections.deque[Fault]
    ) -> None:
        """`faults`: those that are still to be told; each is taken from there when it is."""
        self.app, self.claim, self.faults = app, claim, faults
        # The messages asked before this stream are not answered on it: the server asks anew.
        self._stale = app.asked
        self._reading = threading.Lock()
        self._closed = False
        self._wake, self._waker = os.pipe()

    def frames(self) -> Iterator[bytes]:
        """HELLO, what is to be told of app processes before, and what comes from this one."""
        yield from framing.split(framing.HELLO, [json.dumps(self.claim).encode()])
        yield from self._told()
        while (frame := self._next()) is not None:
            dropped = self.app.answered < self._stale
            sent = self.app.sent
            try:
                sent.follow(frame)
            except framing.BrokenStream:  # the app has written where it must not
                self.app.room.kill()
                self._await_end()
                break
            if sent.left == 0 and sent.kind != framing.STATE:
                self.app.replied()
            if not dropped:
                yield frame
        if not self._closed and self.app.sent.left == 0:
            yield from self._told()

    def close(self) -> None:
        """The stream has ended; once this returns nothing is read for it any more."""
        self._closed = True
        os.write(self._waker, b".")
        with self._reading:
            os.close(self._wake)
            os.close(self._waker)

    def _next(self) -> bytes | None:
        """The next frame from the app process; None when it or the stream has ended."""
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
        """A process that has closed its pipe ends, or is ended."""
        if not self.app.over.wait(ENDING / 2):
            self.app.room.kill()
            self.app.over.wait(ENDING / 2)

    def _told(self) -> Iterator[bytes]:
        while self.faults:
            yield from framing.split(framing.FAULT, [self.faults.popleft().pack()])
