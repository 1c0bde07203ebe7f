"""The last lines of a run's server and clients: logs/server.log and logs/client-<partition>.log.

Kubernetes drops the log of a pod with the pod. Each line has its time, as in `kubectl logs
--timestamps`; lines of the engine about the log itself begin with printed_lines.MARK.
"""

import os
import socket
import threading

from kubeflower import framing
from kubeflower.clock import now
from kubeflower.connections import Connections
from kubeflower.log_file import LogFile
from kubeflower.printed_lines import BEGAN, PrintedLines, note
from kubeflower.run_folder import RunFolder

FOLDER = "logs"
SERVER = "server"
"""Name of the server's file, without its ending."""
MOST = 256 << 10
"""Bytes of a client's file."""
MOST_OF_ALL = 16 << 20
"""Bytes of all clients' files together: many clients have less each."""
MOST_OF_SERVER = 1 << 20
"""Bytes of the server's file."""
BURST = 8
"""Messages with lines that fill a client's file."""
EVERY = 0.5
"""Seconds between two writes."""
LAST = 1.0
"""Seconds that clients have to send their last lines when the run ends."""
LEAST_FREE = 16 << 20
"""Free bytes of the volume below which no lines are kept: the model needs the room."""


class RunLogs:
    """Keeps lines from `open` to `close`, in a thread: a slow volume holds up no stream."""

    def __init__(
        self, folder: RunFolder, connections: Connections, own: PrintedLines | None = None
    ) -> None:
        """Make logs that keep nothing yet.

        Args:
            folder: The run's folder.
            connections: The clients.
            own: What this process prints; None: it is not kept.
        """
        self.folder = folder
        self.connections = connections
        self.most = min(MOST, MOST_OF_ALL // connections.replicas)
        self.room = max(1, self.most // BURST)
        """Bytes of lines that a client may send at once."""
        self._own = own
        self._files: dict[str, LogFile] = {}
        self._joined: dict[int, tuple[str, str]] = {}
        self._told: set[int] = set()
        """Clients that have sent what they were asked for."""
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._closed = threading.Event()
        """Set while no lines are kept."""
        self._closed.set()
        self._has_failed = False

    def open(self) -> None:
        """Begin to keep lines; those of an earlier process stay."""
        again = (self.folder.path / FOLDER / f"{SERVER}.log").exists()
        self._closed.clear()
        if self._own is not None:
            self._own.room = MOST_OF_SERVER // BURST
            what = "the run goes on in" if again else "the server is"
            self._add(SERVER, note(_began(what, socket.gethostname(), now()), now()))
        threading.Thread(target=self._run, daemon=True).start()

    def joined(self, partition: int, pod: str | None, began: str) -> None:
        """Note that a client has joined, unless this process is known.

        Args:
            partition: The client's partition.
            pod: UID of its pod, if it is known.
            began: When its process began, as it says.
        """
        if self._joined.get(partition) == (pod or "", began):
            return
        self._joined[partition] = (pod or "", began)
        self._add(_name(partition), note(_began("the client is", pod, began), now()))

    def add(self, partition: int, lines: bytes) -> None:
        """Keep lines of a client; none at all: it has sent those that it was asked for."""
        if lines:
            self._add(_name(partition), lines if lines.endswith(b"\n") else lines + b"\n")
            return
        with self.connections.changed:
            self._told.add(partition)
            self.connections.changed.notify_all()

    def close(self) -> None:
        """Write the lines until now, also those that clients still have, and none afterwards."""
        if self._closed.is_set():
            return
        self._collect()
        with self._writing:
            self._write()
            self._closed.set()

    def _collect(self) -> None:
        """Ask the connected clients for their lines, and wait for them a moment."""
        with self.connections.changed:
            self._told.clear()
            asked = set(self.connections.online)
            for outbox in self.connections.online.values():
                outbox.put(lambda: (framing.LOG, [b""]))
            self.connections.changed.wait_for(
                lambda: self._told >= asked & set(self.connections.online), LAST
            )

    def _add(self, name: str, lines: bytes) -> None:
        if self._closed.is_set():
            return
        with self._lock:
            if (file := self._files.get(name)) is None:
                path = self.folder.path / FOLDER / f"{name}.log"
                most = MOST_OF_SERVER if name == SERVER else self.most
                # Beside the folder: hidden files there are not handed out.
                temporary = self.folder.path / f".{name}.log.tmp"
                file = self._files[name] = LogFile(path, temporary, most)
        file.add(lines)

    def _run(self) -> None:
        while not self._closed.wait(EVERY):
            with self._writing:
                if not self._closed.is_set():
                    self._write()

    def _write(self) -> None:
        """Write what waits; a volume that takes nothing more costs lines and nothing else."""
        if self._own is not None and (lines := self._own.take()):
            self._add(SERVER, lines)
        with self._lock:
            files = list(self._files.values())
        try:
            stat = os.statvfs(self.folder.path)
            has_room = stat.f_bavail * stat.f_frsize >= LEAST_FREE
        except OSError:
            has_room = True
        for file in files:
            try:
                file.write(has_room)
            except OSError as error:
                # Once: the sentence is a line itself.
                if not self._has_failed:
                    print(f"lines are not kept: {error}")
                self._has_failed = True


def _name(partition: int) -> str:
    return f"client-{partition}"


def _began(what: str, pod: str | None, began: str) -> str:
    """Say which process prints the lines that follow; `kubeflower logs` reads it."""
    return f"{what} pod {pod or 'unknown'}, {BEGAN} {began}"
