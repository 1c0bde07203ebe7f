"""The server's side of the clients' streams: who may join, and what is read and sent."""

import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc

from kubeflower import client_state, framing, grpc_options, tls
from kubeflower.client_fault import ClientFault
from kubeflower.client_work import ClientWork
from kubeflower.connections import Outbox
from kubeflower.grid import StreamGrid
from kubeflower.policy_reports import PolicyReports
from kubeflower.run_logs import RunLogs
from kubeflower.token_verifier import Proof, Refused, TokenVerifier
from kubeflower.traffic import Traffic

HELLO_SECONDS = 10.0
"""Close a stream that sends no HELLO within this time: it occupies a thread of the pool."""

Messages = Iterator[tuple[bytes, list[bytes]]]
"""Kind and parts of each message of a stream."""


@dataclass(frozen=True)
class Claim:
    """A client's HELLO."""

    partition: int
    run: str | None
    """The run that its app process has worked for."""
    state: str
    """Digest of its Context.state in that run."""
    image: str | None
    """The image that it runs."""
    began: str
    """When its process began, as it says."""


class StreamServer:
    """Joins clients' streams to a Grid."""

    def __init__(
        self,
        grid: StreamGrid,
        hello: dict[str, Any],
        verifier: TokenVerifier | None = None,
        image: str | None = None,
        logs: RunLogs | None = None,
        policies: PolicyReports | None = None,
    ) -> None:
        """Make a server that does not listen yet.

        Args:
            grid: Gets the clients.
            hello: The server's HELLO, the same for all clients.
            verifier: Verifies clients' tokens; None believes clients, for streams that no stranger
                can reach.
            image: Image that clients must run; None accepts any.
            logs: Keeps the clients' lines; None: nobody does.
            policies: Keeps the clients' reports on policies; None: nobody does.
        """
        self.grid = grid
        self.hello = hello
        self.verifier = verifier
        self.image = image
        self.logs = logs
        self.policies = policies or PolicyReports()
        self.listening = False
        self.traffic = Traffic()

    def listen(self, port: int, certificate: Path | None = None) -> None:
        """Open the port; for `certificate` and errors see tls.listen."""
        # Twice: a client that comes back may have its old stream still open.
        pool = ThreadPoolExecutor(2 * self.grid.connections.replicas + 4)
        self._server = grpc.server(pool, options=grpc_options.OPTIONS)
        _, service, method = grpc_options.METHOD.split("/")
        handler = grpc.stream_stream_rpc_method_handler(self._join)
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler(service, {method: handler}),)
        )
        tls.listen(self._server, port, certificate)
        self._server.start()
        self.listening = True

    def _join(self, frames: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        """Serve one client's stream; yields the frames to send."""
        try:
            yield from self._serve(frames, context)
        except Refused as refused:
            print(f"refused {context.peer()}: {refused}")
            context.abort(refused.code, str(refused))

    def _serve(self, frames: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        proof = self._verify(context)
        messages = framing.join(map(self.traffic.count_received, frames))
        claim = self._read_claim(messages, context)
        self._check(claim, proof)
        partition = claim.partition
        outbox = self.grid.attach(partition, proof)
        if not context.add_callback(lambda: self.grid.connections.detach(partition, outbox)):
            self.grid.connections.detach(partition, outbox)  # the stream has ended meanwhile
            return
        if self.logs is not None:
            self.logs.joined(partition, proof.pod if proof else None, claim.began)
        yield from self._frames(framing.HELLO, [json.dumps(self.hello).encode()])
        state = self.grid.states.get(partition, [])
        known = claim.state if claim.run == self.hello["run"] else ""
        if client_state.digest(state) != known:
            # A message has at least one part: an empty state is one empty part.
            yield from self._frames(framing.STATE, state or [b""])
        threading.Thread(target=self._read, args=(messages, partition, outbox), daemon=True).start()
        while (sent := outbox.get()) is not None:
            yield from self._frames(*sent)
            del sent

    def _frames(self, kind: bytes, parts: list[bytes]) -> Iterator[bytes]:
        return map(self.traffic.count_sent, framing.split(kind, parts))

    def _verify(self, context: grpc.ServicerContext) -> Proof | None:
        """Verify the client's token; None if no client needs one."""
        if self.verifier is None:
            return None
        metadata = {key: str(value) for key, value in context.invocation_metadata()}
        return self.verifier.verify(metadata.get("authorization", "").removeprefix("Bearer "))

    def _read_claim(self, messages: Messages, context: grpc.ServicerContext) -> Claim:
        """Read a client's HELLO; end its stream if none comes in time.

        Raises:
            Refused: the client has sent something else.
        """
        deadline = threading.Timer(HELLO_SECONDS, context.cancel)
        deadline.daemon = True
        deadline.start()
        try:
            kind, parts = next(messages)
            if kind != framing.HELLO:
                raise framing.BrokenStream(f"a message of kind {kind!r} before HELLO")
            said = json.loads(parts[0])
            claim = Claim(
                partition=said["partition"],
                run=said["run"],
                state=said["state"],
                image=said.get("image"),
                began=re.sub(r"[^\dTZ:.-]", "", str(said.get("began"))[:30]),
            )
            if type(claim.partition) is not int:
                raise ValueError(f"partition {claim.partition!r}")
        except (ValueError, TypeError, LookupError, RecursionError, StopIteration) as error:
            reason = f"{type(error).__name__}: {error}"[:200]
            raise Refused(grpc.StatusCode.INVALID_ARGUMENT, reason) from None
        finally:
            deadline.cancel()
        return claim

    def _check(self, claim: Claim, proof: Proof | None) -> None:
        """Check the claim against the run and the client's token.

        Raises:
            Refused: the partition does not exist, the image is another one, or the token is another
                partition's.
        """
        replicas = self.grid.connections.replicas
        if not 0 <= claim.partition < replicas:
            raise Refused(
                grpc.StatusCode.OUT_OF_RANGE,
                f"partition {claim.partition} — allowed: 0 to {replicas - 1}",
            )
        if self.image is not None and claim.image != self.image:
            raise Refused(
                grpc.StatusCode.FAILED_PRECONDITION,
                f"it is of image {claim.image} — the run's is {self.image}; "
                "`pulumi up` replaces its pod",
            )
        if proof is not None and proof.partition != claim.partition:
            raise Refused(
                grpc.StatusCode.PERMISSION_DENIED,
                f"it claims partition {claim.partition} — allowed: {proof.partition}, its pod's",
            )

    def _read(self, messages: Messages, partition: int, outbox: Outbox) -> None:
        """Read a stream's messages until it ends; the body of a thread."""
        try:
            state, work = None, None
            for kind, parts in messages:
                if kind == framing.STATE:
                    state = [] if parts == [b""] else parts
                elif kind == framing.MESSAGE:
                    self.grid.deliver(partition, parts, state, work)
                    state, work = None, None
                elif kind == framing.WORK:
                    work = ClientWork.parse(parts[0])
                elif kind == framing.LOG:
                    if self.logs is not None:
                        self.logs.add(partition, parts[0])
                elif kind == framing.PROBE:
                    self.policies.add(partition, parts[0])
                elif kind == framing.FAULT:
                    self._report(partition, outbox, ClientFault.parse(parts[0]))
                else:
                    raise framing.BrokenStream(f"a message of kind {kind!r}")
                del parts  # free them before waiting for the next message
        except Exception as error:  # not raised: `detach` wakes the round that waits
            print(f"client {partition} left: {type(error).__name__}: {error}")
        self.grid.connections.detach(partition, outbox)

    def _report(self, partition: int, outbox: Outbox, fault: ClientFault) -> None:
        print(f"client {partition}: {fault.with_last_line(fault.reason)}")
        if fault.run in (None, self.hello["run"]):
            self.grid.report(partition, outbox, fault)
