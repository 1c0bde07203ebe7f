"""The process that runs a client's ClientApp: without gRPC, threads and signal handlers.

client.py starts it, passes the stream's frames to it and its answers to the server. The app may
fork, exit, hang or be killed here.
"""

import contextlib
import json
import os
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flwr.app import Context, Error, Message, RecordDict

from kubeflower import (
    cgroup,
    client_state,
    codec,
    flower_app,
    framing,
    memory,
    stdio,
    working_folder,
)
from kubeflower import flower_internals as internals
from kubeflower.client_fault import APP_FAILED, ClientFault, memory_reason
from kubeflower.client_work import Stopwatch
from kubeflower.connection_cause import behind
from kubeflower.node_config import VARIABLE as NODE_VALUES
from kubeflower.node_config import node_config
from kubeflower.pipe import CUT, FRAME, SOCKET, Pipe
from kubeflower.randomness import seed_all

Sent = tuple[bytes, list[bytes]]
"""Kind and parts of a message of the stream."""


class ClientAppProcess:
    """Keeps app, data and Context.state between the messages of a run."""

    def __init__(self, pipe: Pipe, partition: int, folder: str, node_values: str = "") -> None:
        """Load the app.

        Args:
            pipe: Leads to the process that watches this one.
            partition: The client's partition.
            folder: Folder of the Flower app.
            node_values: The user's part of the node config, a JSON object; empty: none.
        """
        self.pipe = pipe
        self.partition = partition
        self.node_values = node_values
        self.app = flower_app.load(folder, "clientapp")
        memory.freeze_loaded()
        self.run: str | None = None
        self.seed = 0
        self.context: Context | None = None
        self.state: list[bytes] = []
        """The parts of Context.state after the newest message, see client_state.py."""
        self._kills = cgroup.memory_kills()

    def serve(self) -> None:
        """Answer messages until the other end of the pipe is closed."""
        while True:
            with contextlib.suppress(Cut):
                for kind, parts in framing.join(self._frames()):
                    messages = self.take(kind, parts)
                    size = sum(map(len, parts))
                    del parts
                    while messages:  # taken out one by one, to free each before waiting for more
                        for frame in framing.split(*messages.pop(0)):
                            self.pipe.send(FRAME, frame)
                    memory.release(size)

    def take(self, kind: bytes, parts: list[bytes]) -> list[Sent]:
        """Handle one incoming message; return the messages to send back."""
        if kind == framing.HELLO:
            self.begin(json.loads(parts[0]))
            self._note_state()
            return []
        assert self.context is not None
        if kind == framing.STATE:
            self.state = [] if parts == [b""] else parts
            self.context.state = client_state.unpack(self.state)
            self._note_state()
            return []
        message = codec.decode(parts)
        stopwatch = Stopwatch()
        reply = self.answer(message)
        work = (framing.WORK, [stopwatch.stop().pack()])
        if reply.has_error() and cgroup.memory_kills() > self._kills:
            return [(framing.FAULT, [self._memory_fault().pack()])]
        answer = codec.encode(reply)
        state = client_state.pack(self.context.state)
        if state == self.state:
            return [work, (framing.MESSAGE, answer)]
        self.state = state
        self._note_state()
        return [work, (framing.STATE, state or [b""]), (framing.MESSAGE, answer)]

    def begin(self, hello: dict[str, Any]) -> None:
        """Take the server's HELLO; another run than before begins with an empty state."""
        if hello["run"] == self.run:
            return
        self.run = hello["run"]
        self.seed = hello["seed"]
        self.state = []
        internals.set_task_identity(hello["runId"], self.partition + 1)
        self.context = Context(
            run_id=hello["runId"],
            node_id=self.partition + 1,
            node_config=node_config(self.node_values, self.partition, hello["partitions"]),
            state=RecordDict(),
            run_config=hello["runConfig"],
        )
        print(f"client {self.partition}: run {self.run}")

    def answer(self, message: Message) -> Message:
        """Run the ClientApp; an exception of any kind becomes an error reply."""
        assert self.context is not None
        configs = message.content.config_records.values()
        number = next((int(str(c["server-round"])) for c in configs if "server-round" in c), 0)
        seed_all(self.seed, self.partition, number)
        try:
            reply: Message = self.app(message, self.context)
            return reply
        except SystemExit as error:
            code = "" if error.code is None else repr(error.code)
            reason = f"the app ended with sys.exit({code})"
            traceback.print_exc()
        except BaseException as error:
            reason = f"{type(error).__name__}: {error}{behind(error)}"
            traceback.print_exc()
        return Message(Error(APP_FAILED, reason), reply_to=message)

    def _memory_fault(self) -> ClientFault:
        """Report that a child process was killed for its memory, and that the app failed for it."""
        self._kills = cgroup.memory_kills()
        limit = cgroup.memory_limit()
        return ClientFault("memory", memory_reason(limit), limit=limit, run=self.run)

    def _note_state(self) -> None:
        """Tell the other process what the next stream's HELLO has to say."""
        self.pipe.note(run=self.run, state=client_state.digest(self.state))

    def _frames(self) -> Iterator[bytes]:
        """Yield the frames of one stream; raises Cut at its end, SystemExit at the pipe's."""
        while (received := self.pipe.receive()) is not None:
            kind, frame = received
            if kind == CUT:
                raise Cut
            yield frame
        sys.exit()


class Cut(Exception):
    """The stream has ended: drop the message that has come in part."""


def main() -> None:
    """Run until the pipe is closed; AppProcess starts this process."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    stdio.buffer_lines()
    os.set_inheritable(SOCKET, False)
    pipe = Pipe(socket.socket(fileno=SOCKET))
    # Close the pipe in forked workers: one that outlives this process would hide its end.
    os.register_at_fork(after_in_child=pipe.close)
    prefer_for_oom()
    partition = int(os.environ["KUBEFLOWER_PARTITION"])
    app = os.environ.get("KUBEFLOWER_APP", "/app")
    # The pod's /tmp is its own and outlives this process, as a working directory does elsewhere.
    working_folder.enter(Path(tempfile.gettempdir()) / f"work-{partition}", Path(app))
    process = ClientAppProcess(pipe, partition, app, os.environ.get(NODE_VALUES, ""))
    pipe.note(ready=True)
    process.serve()


def prefer_for_oom() -> None:
    """Make the kernel kill this process or its workers for lack of memory, not the watching one."""
    with contextlib.suppress(OSError):
        file = "/proc/self/oom_score_adj"
        with open(file) as opened:
            score = int(opened.read())
        with open(file, "w") as opened:
            opened.write(str(min(1000, score + 50)))
