"""The process that runs a client's ClientApp, as the process that watches it sees it."""

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
from kubeflower.client_fault import ClientFault, EndedBy, explain_exit
from kubeflower.pipe import CUT, FRAME, NOTE, SOCKET, Pipe
from kubeflower.process_group import ProcessGroup
from kubeflower.process_output import ProcessOutput

UNKNOWN = "unknown"
"""Stands for a digest of the state that is not known: the server then sends the state it has."""


class AppProcess:
    """Starts the process and passes frames to it."""

    def __init__(self) -> None:
        ours, its = socket.socketpair()
        read, write = os.pipe()
        self._kills_before = cgroup.memory_kills()
        self.group = ProcessGroup("client_app", {SOCKET: its.fileno(), 1: write, 2: write})
        its.close()
        os.close(write)
        self.pipe = Pipe(ours)
        self.output = ProcessOutput(read)
        self.over = threading.Event()
        """Set when the process and all its children are gone."""
        self.idle = threading.Event()
        """Set while the process can take a message, and when it is gone."""
        self.idle.set()
        self._over_since = math.inf
        self.ready = False
        """Whether it has loaded its app."""
        self.ended_by = EndedBy.ITSELF
        self.asked = 0
        """Messages that were passed to it as a whole."""
        self.answered = 0
        """Replies that have come from it as a whole."""
        self.since = time.monotonic()
        """When it began to load the app or to work on a message, in seconds of time.monotonic."""
        self.run: str | None = None
        """The run that it works for."""
        self._state: str | None = ""
        self._cut = False
        self.sent = framing.FrameTracker()
        """Follows the frames that have come from it."""

    @property
    def busy(self) -> bool:
        """Whether it works on a message."""
        return self.asked > self.answered

    def state(self) -> str:
        """Return the digest of its Context.state, or UNKNOWN."""
        return UNKNOWN if self.busy or self._state is None else self._state

    def wait_until_loaded(self) -> bool:
        """Wait until it has loaded its app; returns False if it has ended before."""
        received = self.pipe.receive()
        self.ready = received is not None
        return self.ready

    def begin_stream(self) -> None:
        """Drop what is left of the stream before: frames of a new one are to come."""
        self._cut = True

    def pass_on(self, incoming: framing.FrameTracker, frame: bytes) -> None:
        """Pass a frame from the server to it; waits while it is busy.

        Args:
            incoming: Has followed the frame.
            frame: The frame.
        """
        if incoming.kind == framing.STATE:
            self._state = None
        if incoming.kind == framing.MESSAGE and incoming.left == 0:
            # Before the frame is sent, as the reply, or the process's end, may come at once.
            self.idle.clear()
            self.since = time.monotonic()
            self.asked += 1
        # Ignore its end here: the thread that reads from it notices.
        with contextlib.suppress(OSError):
            if self._cut:
                self.pipe.send(CUT)
                self._cut = False
            self.pipe.send(FRAME, frame)

    def take(self, kind: bytes, data: bytes) -> bool:
        """Take data that has come from it; returns whether it is a frame for the server."""
        if kind == NOTE:
            note: dict[str, Any] = json.loads(data)
            self.run = note["run"]
            self._state = note["state"]
        return kind == FRAME

    def replied(self) -> None:
        """Count a whole reply that has come from it."""
        self.answered += 1
        self.idle.set()

    def end(self, why: EndedBy) -> None:
        """Kill it and all its children."""
        self.ended_by = self.ended_by or why
        self.group.kill()

    def wait(self) -> int:
        """Wait until it has ended; returns its exit code, or -n for signal n."""
        return self.group.wait()

    def set_over(self) -> None:
        """Note that it and all its children are gone."""
        self._over_since = time.monotonic()
        self.over.set()
        self.idle.set()

    def gone_for(self) -> float:
        """Return the seconds since it is gone; below 0 if it is not."""
        return time.monotonic() - self._over_since

    def out_of_memory(self) -> bool:
        """Return whether the kernel has killed a process for its memory since this one started."""
        return cgroup.memory_kills() > self._kills_before

    def fault(self, code: int, kills: int) -> ClientFault:
        """Explain its end with exit code `code`; for `kills` see client_fault.explain_exit."""
        fault = explain_exit(
            code,
            self.ended_by,
            out_of_memory=self.out_of_memory(),
            limit=cgroup.memory_limit(),
            kills=kills,
            lines=self.output.last(),
            run=self.run,
        )
        # Between messages it has failed none, so another try is worth it.
        return fault if self.busy else dataclasses.replace(fault, again=True)
