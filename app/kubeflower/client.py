"""kubeflower-client: holds the stream to the server and watches the process that runs the app.

No code of the app runs here. Frames are passed on as they come, so that the memory of this process
does not grow with the model. The app's process is in app_process.py; when it ends, or must, a new
one takes its place, and the server asks it what is still to be answered.
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

from kubeflower import framing, http_server, memory, stdio
from kubeflower.app_process import AppProcess
from kubeflower.client_fault import Ended, Fault
from kubeflower.outgoing_frames import Outgoing
from kubeflower.watcher import exit_code

if TYPE_CHECKING:
    import grpc

SOONEST, LATEST = 0.2, 2.0
"""Seconds between two tries to join."""
LOADING = 300.0
"""Seconds that an app process may take to load the app."""
MARGIN = 10.0
"""Seconds over the round's time that the server has to say that it is over."""
PARTING = 3.0
"""Seconds that the server has to end the stream of an app process that has ended."""


class Client:
    """Joins an app process to the server, again and again."""

    def __init__(
        self, server: str, partition: int, certificate: Path | None, token: Path | None
    ) -> None:
        """`certificate`: folder of the server's ca.crt; `token`: file with this pod's."""
        self.server, self.partition = server, partition
        self.certificate, self.token = certificate, token
        self.joined = False
        self.seconds: float | None = None
        """The round's time, as the server has said."""
        self.app: AppProcess | None = None
        self._changed = threading.Condition()
        self._served: tuple[AppProcess, grpc.Call] | None = None
        self._faults: collections.deque[Fault] = collections.deque(maxlen=1)

    def keep_app(self) -> int:
        """Start app processes one after the other, in the thread that calls this.

        Returns the exit code for this process, once one has ended before it had loaded the app:
        the next one would end like it.
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

    def loaded_app(self) -> AppProcess:
        """The app process, once it has loaded the app."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self.app is not None and not self.app.over.is_set())
                app = self.app
            assert app is not None
            if app.ready or app.begun():
                return app
            app.over.wait()

    def serve_once(self, app: AppProcess) -> None:
        """One stream, from handshake to its end."""
        from kubeflower import tls

        claim = {
            "partition": self.partition,
            "run": app.run,
            "state": app.state(),
            "image": os.environ.get("KUBEFLOWER_IMAGE"),
        }
        app.begin_stream()
        # Read anew for each stream: the kubelet renews it every few minutes.
        proof = [("authorization", f"Bearer {self.token.read_text()}")] if self.token else None
        with tls.dial(self.server, self.certificate) as channel:
            out, incoming = Outgoing(app, claim, self._faults), framing.Follower()
            stream = channel.stream_stream(framing.METHOD)(out.frames(), metadata=proof)
            self._served = app, stream
            try:
                for frame in stream:
                    begins = incoming.follow(frame)
                    if begins and incoming.kind == framing.HELLO:
                        self.begin(app, frame)
                    elif begins and incoming.kind != framing.END:
                        _await_turn(app, stream)
                    if incoming.kind != framing.END:
                        app.pass_on(incoming, frame)
                    elif app.busy:
                        app.end(Ended.LATE)
            finally:
                self.joined = False
                stream.cancel()
                out.close()

    def begin(self, app: AppProcess, frame: bytes) -> None:
        """Take the server's handshake; an app process at work for another run is ended."""
        [(_, [said])] = framing.join([frame])
        hello = json.loads(said)
        self.joined, self.seconds = True, hello["roundTimeout"]
        if app.busy and hello["run"] != app.run:
            app.end(Ended.OTHER_RUN)

    def waits_for(self) -> str | None:
        """Name the thing that keeps it from being ready."""
        if self.joined:
            return None
        return "the server" if self.app is not None and self.app.ready else "its app"

    def watch(self) -> None:
        """End an app process that has hung for too long, should the server not have said so."""
        while True:
            time.sleep(1)
            if self._served is not None and self._served[0].gone_for() > PARTING:
                self._served[1].cancel()
            if (app := self.app) is not None and (why := self._overdue(app)) is not None:
                print(f"client {self.partition}: its app {why}")
                app.end(Ended.LATE)

    def _overdue(self, app: AppProcess) -> str | None:
        """Say which duty the app process has not done in its time."""
        lasts = time.monotonic() - app.since
        if app.over.is_set():
            return None
        if not app.ready:
            return f"has not loaded in {LOADING:.0f} s" if lasts > LOADING else None
        if self.seconds is None or not (self.joined and app.busy):
            return None
        most = self.seconds + MARGIN
        return f"has not answered in {most:.0f} s" if lasts > most else None


def _await_turn(app: AppProcess, stream: "grpc.Call") -> None:
    """Wait until the app process can take a message; with it on the way no end would be seen."""
    while not app.idle.wait(0.2) and stream.is_active():
        pass


def main() -> None:
    """Entry point; exits 0 within 2 s of SIGTERM."""
    stdio.keep_lines_whole()
    memory.keep_all()
    client = Client(
        os.environ["KUBEFLOWER_SERVER"],
        int(os.environ["KUBEFLOWER_PARTITION"]),
        _path("TLS_FOLDER"),
        _path("TOKEN_FILE"),
    )

    def end(*_: object) -> None:
        if client.app is not None:
            client.app.room.kill_now()
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    for work in (_serve, Client.watch):
        threading.Thread(target=work, args=(client,), daemon=True).start()
    code = client.keep_app()
    os._exit(code)


def _path(name: str) -> Path | None:
    text = os.environ.get(f"KUBEFLOWER_{name}")
    return Path(text) if text else None


def next_delay(delay: float, lasted: float) -> float:
    """Seconds until the next try to join, after one that came `delay` after the one before."""
    return SOONEST if lasted > 1 else min(2 * delay, LATEST)


def empty_shared_memory(folder: str = "/dev/shm") -> None:
    """Remove what a killed app has left in memory; only where all there is this container's."""
    if os.getpid() == 1:
        for entry in os.scandir(folder):
            with contextlib.suppress(OSError):
                os.unlink(entry)


def _serve(client: Client) -> None:
    import grpc  # beside the app process that loads the app, not before it is started

    # Not the app's own numbers, which are seeded.
    jitter, delay = random.Random(), SOONEST
    port = os.environ.get("KUBEFLOWER_PROBE_PORT")
    while True:
        app = client.loaded_app()
        if port:
            # Not before: until the app is loaded the pod is starting.
            http_server.serve(int(port), client.waits_for, {})
            port = None
        started = time.monotonic()
        try:
            client.serve_once(app)
        except grpc.RpcError as fault:
            print(f"client {client.partition}: {fault.code().name}: {fault.details()}")
        except Exception:
            traceback.print_exc()
        delay = next_delay(delay, time.monotonic() - started)
        # By chance sooner, or all clients of a server that comes back would come at once.
        time.sleep(delay * jitter.uniform(0.5, 1))
