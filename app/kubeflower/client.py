"""kubeflower-client: holds the stream to the server and watches the process that runs the app.

No code of the app runs in this process. Frames are passed on as they come, so that its memory does
not grow with the model. The app's process is in app_process.py: when it ends, or must be ended, a
new one replaces it, and the server sends the messages again that have no reply.
"""

import collections
import contextlib
import json
import os
import random
import signal
import threading
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from kubeflower import arithmetic, framing, grpc_options, http_server, memory, stdio
from kubeflower.app_process import AppProcess
from kubeflower.client_fault import ClientFault, EndedBy
from kubeflower.clock import now
from kubeflower.outgoing_frames import OutgoingFrames
from kubeflower.printed_lines import PrintedLines
from kubeflower.server_targets import ServerTargets
from kubeflower.watcher import exit_code

if TYPE_CHECKING:
    import grpc

MIN_DELAY, MAX_DELAY = 0.2, 2.0
"""Seconds between two attempts to join."""
LOADING = 300.0
"""Seconds that an app process may take to load the app."""
MARGIN = 10.0
"""Seconds over the round's time that the server has to say that it is over."""
LEAVING = 0.5
"""Seconds to send the last lines when the pod is deleted."""
PARTING = 3.0
"""Seconds that the server has to end the stream after the app process has ended."""


class Client:
    """Joins an app process to the server, again whenever the stream or the process has ended."""

    def __init__(
        self,
        server: ServerTargets,
        partition: int,
        certificate: Path | None,
        token: Path | None,
        lines: PrintedLines,
    ) -> None:
        """Make a client that has not joined.

        Args:
            server: Where the server is.
            partition: This client's partition, from 0.
            certificate: Folder of the server's ca.crt; None: plain text.
            token: File with this pod's token; None: none is sent.
            lines: What this process prints, for the server to keep.
        """
        self.server = server
        self.partition = partition
        self.certificate = certificate
        self.token = token
        self.lines = lines
        self.began = now()
        """When this process began."""
        self.joined = False
        """Whether the server has accepted the stream."""
        self.round_timeout: float | None = None
        """Seconds for a reply, from the server's HELLO."""
        self.app: AppProcess | None = None
        """The newest app process."""
        self._changed = threading.Condition()
        self._served: tuple[AppProcess, grpc.Call] | None = None
        self._outgoing: OutgoingFrames | None = None
        self._left = threading.Event()
        """Set while there is no stream."""
        self._faults: collections.deque[ClientFault] = collections.deque(maxlen=1)

    def run_app_processes(self) -> int:
        """Start app processes one after the other.

        Returns this process's exit code, once an app process has ended before it had loaded the
        app: the next one would fail the same way.
        """
        kills = 0
        while True:
            app = AppProcess()
            with self._changed:
                self.app = app
                self._changed.notify_all()
            code = app.wait()
            if not app.ready:
                app.output.last()
                return exit_code("client", code, app.out_of_memory())
            kills = (0 if app.answered else kills) + 1
            fault = app.fault(code, kills)
            if not fault.again:
                kills = 0
            print(f"client {self.partition}: {fault.reason}")
            empty_shared_memory()
            self._faults.append(fault)
            app.set_over()

    def wait_for_app(self) -> AppProcess:
        """Wait until an app process has loaded the app, and return it."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self.app is not None and not self.app.over.is_set())
                app = self.app
            assert app is not None
            if app.ready or app.wait_until_loaded():
                return app
            app.over.wait()

    def serve_once(self, app: AppProcess) -> None:
        """Serve one stream, from HELLO to its end."""
        from kubeflower import tls

        claim = {
            "partition": self.partition,
            "run": app.run,
            "state": app.state(),
            "image": os.environ.get("KUBEFLOWER_IMAGE"),
            "began": self.began,
        }
        app.begin_stream()
        # Read for each stream: the kubelet renews the token every few minutes.
        proof = [("authorization", f"Bearer {self.token.read_text()}")] if self.token else None
        with tls.dial(self.server.target, self.certificate, self.server.host) as channel:
            outgoing = OutgoingFrames(app, claim, self._faults, self.lines)
            self._outgoing = outgoing
            self._left.clear()
            call = channel.stream_stream(grpc_options.METHOD)
            stream = call(outgoing.frames(), metadata=proof)
            self._served = app, stream
            try:
                incoming = framing.FrameTracker()
                for frame in stream:
                    self._take(app, stream, incoming, frame)
            finally:
                self.joined = False
                stream.cancel()
                outgoing.close()
                self._left.set()

    def waits_for(self) -> str | None:
        """Name what keeps the client from being ready; None if it is ready."""
        if self.joined:
            return None
        return "the server" if self.app is not None and self.app.ready else "its app"

    def leave(self) -> None:
        """Send what was printed until now, and wait a moment until the server has it.

        For a signal handler that ends this process.
        """
        if self.joined and self._outgoing is not None:
            self._outgoing.leave()
            self._left.wait(LEAVING)

    def watch(self) -> None:
        """End an app process that has hung too long, in case the server has not told to."""
        while True:
            time.sleep(1)
            if self._served is not None and self._served[0].gone_for() > PARTING:
                self._served[1].cancel()
            if (app := self.app) is not None and (why := self._overdue(app)) is not None:
                print(f"client {self.partition}: its app {why}")
                app.end(EndedBy.LATE)

    def _take(
        self, app: AppProcess, stream: "grpc.Call", incoming: framing.FrameTracker, frame: bytes
    ) -> None:
        """Handle one frame from the server."""
        begins = incoming.follow(frame)
        if begins and incoming.kind == framing.HELLO:
            self._take_hello(app, frame)
        elif begins and incoming.kind not in (framing.END, framing.LOG):
            _await_turn(app, stream)
        if incoming.kind == framing.LOG:
            self.lines.ask()
        elif incoming.kind != framing.END:
            app.pass_on(incoming, frame)
        elif app.busy:
            app.end(EndedBy.LATE)

    def _take_hello(self, app: AppProcess, frame: bytes) -> None:
        """Take the server's HELLO; end an app process that works for another run."""
        [(_, [said])] = framing.join([frame])
        hello = json.loads(said)
        self.joined = True
        self.round_timeout = hello["roundTimeout"]
        self.lines.room = hello["logBytes"]
        if hello.get("probe") and self._outgoing is not None:
            self._outgoing.probe(hello["probe"])
        if app.busy and hello["run"] != app.run:
            app.end(EndedBy.OTHER_RUN)

    def _overdue(self, app: AppProcess) -> str | None:
        """Say what the app process should have done by now; None if it is in time."""
        lasts = time.monotonic() - app.since
        if app.over.is_set():
            return None
        if not app.ready:
            return f"has not loaded in {LOADING:.0f} s" if lasts > LOADING else None
        if self.round_timeout is None or not (self.joined and app.busy):
            return None
        most = self.round_timeout + MARGIN
        return f"has not answered in {most:.0f} s" if lasts > most else None


def _await_turn(app: AppProcess, stream: "grpc.Call") -> None:
    """Wait until the app process can take a message, or the stream ends.

    A message in the socket would keep an END behind it from being read.
    """
    while not app.idle.wait(0.2) and stream.is_active():
        pass


def main() -> None:
    """Run until SIGTERM; exits 0 within 2 s of it."""
    lines = PrintedLines()
    stdio.buffer_lines(lines)
    memory.freeze_loaded()
    arithmetic.fix(os.environ)
    client = Client(
        ServerTargets.from_environment(os.environ),
        int(os.environ["KUBEFLOWER_PARTITION"]),
        _path("TLS_FOLDER"),
        _path("TOKEN_FILE"),
        lines,
    )

    def end(*_: object) -> None:
        client.leave()
        if client.app is not None:
            client.app.group.kill_now()
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    for work in (_serve, Client.watch):
        threading.Thread(target=work, args=(client,), daemon=True).start()
    code = client.run_app_processes()
    os._exit(code)


def next_delay(delay: float, lasted: float) -> float:
    """Back-off in seconds before the next attempt to join.

    Args:
        delay: The last back-off.
        lasted: How long the stream since then has lasted.
    """
    return MIN_DELAY if lasted > 1 else min(2 * delay, MAX_DELAY)


def empty_shared_memory(folder: str = "/dev/shm") -> None:
    """Remove shared memory that a killed app has left behind; only inside a container."""
    if os.getpid() == 1:
        for entry in os.scandir(folder):
            with contextlib.suppress(OSError):
                os.unlink(entry)


def _path(name: str) -> Path | None:
    """Read KUBEFLOWER_<name>, a path; None if it is not set."""
    text = os.environ.get(f"KUBEFLOWER_{name}")
    return Path(text) if text else None


def _serve(client: Client) -> None:
    """Serve one stream after the other; the body of a thread."""
    import grpc  # late, to load it while the app process loads the app

    jitter = random.Random()  # not the module's generator, which apps seed
    delay = MIN_DELAY
    probe_port = os.environ.get("KUBEFLOWER_PROBE_PORT")
    while True:
        app = client.wait_for_app()
        if probe_port:
            # Not earlier: until the app is loaded, the pod is starting.
            http_server.serve(int(probe_port), client.waits_for, {})
            probe_port = None
        started = time.monotonic()
        try:
            client.serve_once(app)
        except grpc.RpcError as error:
            print(f"client {client.partition}: {error.code().name}: {error.details()}")
            client.server.failed()
        except Exception:
            traceback.print_exc()
        delay = next_delay(delay, time.monotonic() - started)
        # Jitter, or all clients would reconnect at the same moment when the server returns.
        time.sleep(delay * jitter.uniform(0.5, 1))
