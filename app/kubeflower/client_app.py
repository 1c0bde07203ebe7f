"""The process that runs a client's ClientApp: no gRPC, no threads and no signal handlers of ours.

client.py starts it, gives it the stream's frames by a pipe and passes on what it answers. The app
may fork, exit, hang or be killed here.
"""

import contextlib
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from flwr.app import Context, Error, Message, RecordDict

from kubeflower import cgroup, client_state, codec, flower_app, framing, memory, stdio
from kubeflower import flower_internals as internals
from kubeflower.client_fault import APP_FAILED, Fault, out_of_memory
from kubeflower.pipe import CUT, FRAME, SOCKET, Pipe
from kubeflower.randomness import seed_all

Sent = tuple[bytes, list[bytes]]
"""Kind and parts of a message of the stream."""


class ClientAppProcess:
    """Keeps app, data and Context.state between messages of the same run."""

    def __init__(self, pipe: Pipe, partition: int, folder: str) -> None:
        self.pipe, self.partition = pipe, partition
        self.app = flower_app.load(folder, "clientapp")
        memory.keep_all()
        self.run: str | None = None
        self.seed = 0
        self.context: Context | None = None
        self.state: list[bytes] = []
        self._kills = cgroup.memory_kills()

    def begin(self, hello: dict[str, Any]) -> None:
        """Take the server's handshake; another run than before starts with fresh state."""
        if hello["run"] != self.run:
            self.run, self.seed, self.state = hello["run"], hello["seed"], []
            internals.identify(hello["runId"], self.partition + 1)
            node_config = {"partition-id": self.partition, "num-partitions": hello["partitions"]}
            self.context = Context(
                run_id=hello["runId"],
                node_id=self.partition + 1,
                node_config=node_config,
                state=RecordDict(),
                run_config=hello["runConfig"],
            )
            print(f"client {self.partition}: run {self.run}")

    def answer(self, message: Message) -> Message:
        """Run the ClientApp; whatever it raises becomes an error reply."""
        assert self.context is not None
        configs = message.content.config_records.values()
        number = next((int(str(c["server-round"])) for c in configs if "server-round" in c), 0)
        seed_all(self.seed, self.partition, number)
        try:
            reply: Message = self.app(message, self.context)
            return reply
        except SystemExit as fault:
            code = "" if fault.code is None else repr(fault.code)
            reason = f"the app ended with sys.exit({code})"
        except BaseException as fault:
            reason = f"{type(fault).__name__}: {fault}"
        traceback.print_exc()
        return Message(Error(APP_FAILED, reason), reply_to=message)

    def take(self, kind: bytes, parts: list[bytes]) -> list[Sent]:
        """Take a message of the stream; returns what to send for it."""
        if kind == framing.HELLO:
            self.begin(json.loads(parts[0]))
            self._tell()
            return []
        assert self.context is not None
        if kind == framing.STATE:
            self.state = [] if parts == [b""] else parts
            self.context.state = client_state.unpack(self.state)
            self._tell()
            return []
        reply = self.answer(codec.decode(parts))
        if reply.has_error() and cgroup.memory_kills() > self._kills:
            return [(framing.FAULT, [self._memory_fault().pack()])]
        answer = codec.encode(reply)
        state = client_state.pack(self.context.state)
        changed, self.state = state != self.state, state
        if changed:
            self._tell()
        news = [(framing.STATE, state or [b""])] if changed else []
        return [*news, (framing.MESSAGE, answer)]

    def _memory_fault(self) -> Fault:
        """A process that the app has started was killed, and the app has failed for it."""
        self._kills, limit = cgroup.memory_kills(), cgroup.memory_limit()
        return Fault("memory", out_of_memory(limit), limit=limit, run=self.run)

    def _tell(self) -> None:
        """Say what the next stream is to be begun with."""
        self.pipe.note(run=self.run, state=client_state.digest(self.state))

    def serve(self) -> None:
        """Answer messages until the other end of the pipe is gone."""
        while True:
            with contextlib.suppress(Cut):
                for kind, parts in framing.join(self._frames()):
                    messages = self.take(kind, parts)
                    size = sum(map(len, parts))
                    del parts
                    while messages:  # what is sent is not kept while the next is waited for
                        for frame in framing.split(*messages.pop(0)):
                            self.pipe.send(FRAME, frame)
                    memory.collect(size)

    def _frames(self) -> Iterator[bytes]:
        """The frames of one stream; raises Cut at its end, SystemExit at that of the pipe."""
        while (received := self.pipe.receive()) is not None:
            kind, frame = received
            if kind == CUT:
                raise Cut
            yield frame
        sys.exit()


class Cut(Exception):
    """The stream has ended; what has come of a message goes."""


def main() -> None:
    """Entry point of the process that AppProcess starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    stdio.keep_lines_whole()
    os.set_inheritable(SOCKET, False)
    pipe = Pipe(socket.socket(fileno=SOCKET))
    # A worker that outlives this process would keep the other end from seeing that it has ended.
    os.register_at_fork(after_in_child=pipe.close)
    prefer_for_oom()
    partition = int(os.environ["KUBEFLOWER_PARTITION"])
    process = ClientAppProcess(pipe, partition, os.environ.get("KUBEFLOWER_APP", "/app"))
    pipe.note(ready=True)
    process.serve()


def prefer_for_oom() -> None:
    """Have the kernel end this process or its workers, and not the one that watches it."""
    with contextlib.suppress(OSError):
        file = "/proc/self/oom_score_adj"
        with open(file) as opened:
            score = int(opened.read())
        with open(file, "w") as opened:
            opened.write(str(min(1000, score + 50)))
