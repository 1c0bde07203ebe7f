"""The process that runs a client's ClientApp, as the client that watches it sees it."""

import contextlib
import dataclasses
import json
import math
import os
import socket
import threading
import time
from typing import Any

from kubeflower import cgroup, framing
from kubeflower.client_fault import Ended, Fault, explain
from kubeflower.pipe import CUT, FRAME, NOTE, SOCKET, Pipe
from kubeflower.process_group import Room
from kubeflower.process_output import Output

UNKNOWN = "unknown"
"""In the place of a state's digest: the server sends the state that it has."""


class AppProcess:
    """Starts the process; `over` is set when it and all that it has started are gone."""

    def __init__(self) -> None:
        ours, its = socket.socketpair()
        read, write = os.pipe()
        self._kills = cgroup.memory_kills()
        self.room = Room("client_app", {SOCKET: its.fileno(), 1: write, 2: write})
        its.close()
        os.close(write)
        self.pipe, self.output = Pipe(ours), Output(read)
        self.over = threading.Event()
        self.idle = threading.Event()
        """Set while it can take a message, or no more."""
        self.idle.set()
        self._over_since = math.inf
        self.ready = False
        self.ended = Ended.BY_ITSELF
        self.asked = self.answered = 0
        """Messages passed to it, and replies that have come from it, as a whole."""
        self.since = time.monotonic()
        """When it began the message that it works on, or to load the app."""
        self.run: str | None = None
        self._state: str | None = ""
        self._cut = False
        self.sent = framing.Follower()
        """The output that it has printed so far."""

    @property
    def busy(self) -> bool:
        """Whether it works on a message."""
        return self.asked > self.answered

    def state(self) -> str:
        """Digest of its state, as far as that is known now."""
        return UNKNOWN if self.busy or self._state is None else self._state

    def begun(self) -> bool:
        """Wait until it has loaded its app; False when it has ended before."""
        received = self.pipe.receive()
        self.ready = received is not None
        return self.ready

    def begin_stream(self) -> None:
        """Frames of a new stream are to come: what is left of the one before is no message."""
        self._cut = True

    def pass_on(self, incoming: framing.Follower, frame: bytes) -> None:
        """Give it a frame that the server has sent, waiting for it when it is busy."""
        if incoming.kind == framing.STATE:
            self._state = None
        if incoming.kind == framing.MESSAGE and incoming.left == 0:
            # Before it is sent: the answer, or the end, may come at once.
            self.idle.clear()
            self.since = time.monotonic()
            self.asked += 1
        # One that has ended is noticed by whoever reads from it.
        with contextlib.suppress(OSError):
            if self._cut:
                self.pipe.send(CUT)
                self._cut = False
            self.pipe.send(FRAME, frame)

    def take(self, kind: bytes, data: bytes) -> bool:
        """Take what has come from it; returns whether it is a frame for the server."""
        if kind == NOTE:
            self._note(data)
        return kind == FRAME

    def _note(self, data: bytes) -> None:
        said: dict[str, Any] = json.loads(data)
        self.run, self._state = said["run"], said["state"]

    def replied(self) -> None:
        """A whole reply has come from it."""
        self.answered += 1
        self.idle.set()

    def end(self, why: Ended) -> None:
        """Kill it, and all it has started."""
        self.ended = self.ended or why
        self.room.kill()

    def wait(self) -> int:
        """Wait until it has ended; returns its exit code, -n for signal n."""
        return self.room.wait()

    def set_over(self) -> None:
        """It and all that it has started are gone."""
        self._over_since = time.monotonic()
        self.over.set()
        self.idle.set()

    def gone_for(self) -> float:
        """Seconds since it was over; below 0 before."""
        return time.monotonic() - self._over_since

    def out_of_memory(self) -> bool:
        """Whether the kernel has killed for want of memory since it was started."""
        return cgroup.memory_kills() > self._kills

    def fault(self, code: int, kills: int) -> Fault:
        """Why it has ended with exit code `code`; for `kills` see `client_fault.explain`."""
        fault = explain(
            code,
            self.ended,
            out_of_memory_now=self.out_of_memory(),
            limit=cgroup.memory_limit(),
            kills=kills,
            lines=self.output.last(),
            run=self.run,
        )
        # Between messages there is none that it could have failed for.
        return fault if self.busy else dataclasses.replace(fault, again=True)
