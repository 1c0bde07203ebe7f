"""The server's side of the clients' streams."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc

from kubeflower import client_state, framing, tls
from kubeflower.client_fault import Fault
from kubeflower.connections import Link
from kubeflower.grid import StreamGrid
from kubeflower.token_verifier import Identity, Proof, Refused

HELLO_SECONDS = 10.0
"""Who has joined without a word by then is sent away: each holds one of the pool's threads."""

Messages = Iterator[tuple[bytes, list[bytes]]]


@dataclass(frozen=True)
class Claim:
    """What a client says of itself."""

    partition: int
    run: str | None
    state: str
    """Digest of its state in that run."""
    image: str | None


class Streams:
    """Joins clients to a Grid; `hello` is what each is told first.

    Without an identity a client is who it says: only for a stream that no stranger reaches. With
    an image clients of others are refused: what they would do is not this run.
    """

    def __init__(
        self,
        grid: StreamGrid,
        hello: dict[str, Any],
        identity: Identity | None = None,
        image: str | None = None,
    ) -> None:
        self.grid, self.hello, self.identity, self.image = grid, hello, identity, image
        self.listening = False

    def listen(self, port: int, certificate: Path | None = None) -> None:
        """Open the stream port, see tls.listen."""
        # A client that comes back may have its old stream still open.
        pool = ThreadPoolExecutor(2 * self.grid.links.replicas + 4)
        self._server = grpc.server(pool, options=framing.OPTIONS)
        _, service, method = framing.METHOD.split("/")
        handler = grpc.stream_stream_rpc_method_handler(self._join)
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(service, {method: handler}),)
        )
        tls.listen(self._server, port, certificate)
        self._server.start()
        self.listening = True

    def _claim(self, messages: Messages, context: grpc.ServicerContext) -> Claim:
        """A client's first words; ends the stream of one that says nothing in time.

        Raises:
            Refused: it says anything else.
        """
        deadline = threading.Timer(HELLO_SECONDS, context.cancel)
        deadline.daemon = True
        deadline.start()
        try:
            kind, parts = next(messages)
            if kind != framing.HELLO:
                raise framing.BrokenStream(f"a message of kind {kind!r} before HELLO")
            said = json.loads(parts[0])
            claim = Claim(said["partition"], said["run"], said["state"], said.get("image"))
            if type(claim.partition) is not int:
                raise ValueError(f"partition {claim.partition!r}")
        except (ValueError, TypeError, LookupError, RecursionError, StopIteration) as fault:
            reason = f"{type(fault).__name__}: {fault}"[:200]
            raise Refused(grpc.StatusCode.INVALID_ARGUMENT, reason) from None
        finally:
            deadline.cancel()
        if not 0 <= claim.partition < self.grid.links.replicas:
            raise Refused(
                grpc.StatusCode.OUT_OF_RANGE,
                f"partition {claim.partition} — allowed: 0 to {self.grid.links.replicas - 1}",
            )
        if self.image is not None and claim.image != self.image:
            raise Refused(
                grpc.StatusCode.FAILED_PRECONDITION,
                f"it is of image {claim.image} — the run's is {self.image}; "
                "`pulumi up` replaces its pod",
            )
        return claim

    def _proof(self, context: grpc.ServicerContext) -> Proof | None:
        """Which pod the client is; before a word of its own is read."""
        if self.identity is None:
            return None
        metadata = {key: str(value) for key, value in context.invocation_metadata()}
        return self.identity.prove(metadata.get("authorization", "").removeprefix("Bearer "))

    def _join(self, frames: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        """One client's stream."""
        try:
            yield from self._serve(frames, context)
        except Refused as refused:
            print(f"refused {context.peer()}: {refused}")
            context.abort(refused.code, str(refused))

    def _serve(self, frames: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        proof = self._proof(context)
        messages = framing.join(frames)
        claim = self._claim(messages, context)
        partition = claim.partition
        if proof is not None and proof.partition != partition:
            raise Refused(
                grpc.StatusCode.PERMISSION_DENIED,
                f"it claims partition {partition} — allowed: {proof.partition}, its pod's",
            )
        link = self.grid.attach(partition, proof)
        if not context.add_callback(lambda: self.grid.links.detach(partition, link)):
            self.grid.links.detach(partition, link)  # it has gone meanwhile
            return
        yield from framing.split(framing.HELLO, [json.dumps(self.hello).encode()])
        state = self.grid.states.get(partition, [])
        known = claim.state if claim.run == self.hello["run"] else ""
        if client_state.digest(state) != known:
            # A message has at least one part: that of an empty state is empty.
            yield from framing.split(framing.STATE, state or [b""])

        def read() -> None:
            try:
                state = None
                for kind, parts in messages:
                    if kind == framing.STATE:
                        state = [] if parts == [b""] else parts
                    elif kind == framing.MESSAGE:
                        self.grid.deliver(partition, parts, state)
                        state = None
                    elif kind == framing.FAULT:
                        self._report(partition, link, Fault.parse(parts[0]))
                    else:
                        raise framing.BrokenStream(f"a message of kind {kind!r}")
                    del parts  # not kept while the next one is waited for
            except Exception as fault:  # detach says so to the waiting round
                print(f"client {partition} left: {type(fault).__name__}: {fault}")
            self.grid.links.detach(partition, link)

        threading.Thread(target=read, daemon=True).start()
        while (sent := link.get()) is not None:
            yield from framing.split(*sent)
            del sent

    def _report(self, partition: int, link: Link, fault: Fault) -> None:
        print(f"client {partition}: {fault.with_last_line(fault.reason)}")
        if fault.run in (None, self.hello["run"]):
            self.grid.report(partition, link, fault)
