"""kubeflower-client: joins the server with one stream and answers its messages for ever."""

import json
import os
import queue
import random
import signal
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
from flwr.app import Context, Error, Message, RecordDict

from kubeflower import client_state, codec, flower_app, garbage, printed, status, tls, transport
from kubeflower import flower_internals as internals
from kubeflower.randomness import seed_all

APP_FAILED = 2
SOONEST, LATEST = 0.2, 2.0
"""Seconds between two tries to join."""


class Client:
    """Keeps app, data and Context.state between messages and between streams of the same run."""

    def __init__(
        self,
        server: str,
        partition: int,
        folder: str,
        certificate: Path | None = None,
        token: Path | None = None,
    ) -> None:
        """`certificate`: folder of the server's ca.crt; `token`: file with this pod's."""
        self.server, self.partition, self.folder = server, partition, folder
        self.certificate, self.token = certificate, token
        self.joined = False
        self.app = flower_app.load(folder, "clientapp")
        garbage.keep_all()
        self.run: str | None = None
        self.seed = 0
        self.context: Context | None = None
        self.state: list[bytes] = []

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
        """Run the ClientApp; an exception becomes an error reply."""
        assert self.context is not None
        configs = message.content.config_records.values()
        number = next((int(str(c["server-round"])) for c in configs if "server-round" in c), 0)
        seed_all(self.seed, self.partition, number)
        try:
            reply: Message = self.app(message, self.context)
            return reply
        except Exception as fault:
            traceback.print_exc()
            return Message(Error(APP_FAILED, f"{type(fault).__name__}: {fault}"), reply_to=message)

    def take(self, kind: bytes, parts: list[bytes]) -> list[tuple[bytes, list[bytes]]]:
        """What to send for what has come."""
        if kind == transport.HELLO:
            self.joined = True
            self.begin(json.loads(parts[0]))
            return []
        assert self.context is not None
        if kind == transport.STATE:
            self.state = [] if parts == [b""] else parts
            self.context.state = client_state.unpack(self.state)
            return []
        reply = codec.encode(self.answer(codec.decode(parts)))
        state = client_state.pack(self.context.state)
        changed, self.state = state != self.state, state
        news = [(transport.STATE, state or [b""])] if changed else []
        return [*news, (transport.MESSAGE, reply)]

    def serve_once(self) -> None:
        """One stream, from handshake to its end."""
        out: queue.SimpleQueue[list[tuple[bytes, list[bytes]]] | None] = queue.SimpleQueue()
        claim = {
            "partition": self.partition,
            "run": self.run,
            "state": client_state.digest(self.state),
            "image": os.environ.get("KUBEFLOWER_IMAGE"),
        }
        out.put([(transport.HELLO, [json.dumps(claim).encode()])])

        def frames() -> Iterator[bytes]:
            while (messages := out.get()) is not None:
                while messages:  # what is sent is not kept while the next is waited for
                    yield from transport.split(*messages.pop(0))

        # Read anew for each stream: the kubelet renews it every few minutes.
        proof = [("authorization", f"Bearer {self.token.read_text()}")] if self.token else None
        with tls.dial(self.server, self.certificate) as channel:
            stream = channel.stream_stream(transport.METHOD)(frames(), metadata=proof)
            try:
                for kind, parts in transport.join(stream):
                    out.put(self.take(kind, parts))
                    size = sum(map(len, parts))
                    del parts
                    garbage.collect(size)
            finally:
                self.joined = False
                out.put(None)


def main() -> None:
    """Entry point; exits 0 within 2 s of SIGTERM."""
    # os._exit: a training step in C code would hold up an orderly end past the 2 s.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    printed.keep_lines_whole()
    client = Client(
        os.environ["KUBEFLOWER_SERVER"],
        int(os.environ["KUBEFLOWER_PARTITION"]),
        os.environ.get("KUBEFLOWER_APP", "/app"),
        _path("TLS_FOLDER"),
        _path("TOKEN_FILE"),
    )
    if port := os.environ.get("KUBEFLOWER_PROBE_PORT"):
        status.serve(int(port), lambda: None if client.joined else "the server", {})
    threading.Thread(target=_serve, args=(client,), daemon=True).start()
    while True:
        signal.pause()


def _path(name: str) -> Path | None:
    text = os.environ.get(f"KUBEFLOWER_{name}")
    return Path(text) if text else None


def next_delay(delay: float, lasted: float) -> float:
    """Seconds until the next try to join, after one that came `delay` after the one before."""
    return SOONEST if lasted > 1 else min(2 * delay, LATEST)


def _serve(client: Client) -> None:
    # Not the app's own numbers, which are seeded.
    jitter, delay = random.Random(), SOONEST
    while True:
        started = time.monotonic()
        try:
            client.serve_once()
        except grpc.RpcError as fault:
            print(f"client {client.partition}: {fault.code().name}: {fault.details()}")
        except Exception:
            traceback.print_exc()
        delay = next_delay(delay, time.monotonic() - started)
        # By chance sooner, or all clients of a server that comes back would come at once.
        time.sleep(delay * jitter.uniform(0.5, 1))
