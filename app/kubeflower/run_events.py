"""The events of a run, in the order of their times: a JSON line each in events.jsonl."""

import threading
from typing import Any

from kubeflower.clock import now
from kubeflower.run_folder import RunFolder

NAME = "events.jsonl"
MOST = 4 << 20
"""Bytes of the file: a client that comes and goes for days must not fill the volume."""


class RunEvents:
    """Writes what happens to a run, until the run has ended."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._left: int | None = None
        """Bytes that the file may still grow; None before it is open or when it is closed."""

    def open(self) -> None:
        """Begin to write; events of an earlier process stay, and a torn last line is ended."""
        path = self.folder.path / NAME
        data = path.read_bytes() if path.exists() else b""
        if data and not data.endswith(b"\n"):
            with path.open("a") as file:
                file.write("\n")
        self._left = MOST - len(data)

    def close(self) -> None:
        """Write no more events: the files of a run that has ended do not change."""
        with self._lock:
            self._left = None

    def add(self, kind: str, text: str, partition: int | None = None) -> None:
        """Write an event.

        A full volume loses it: training is more important.

        Args:
            kind: started, resumed, joined, left, round, missing, stopping, completed,
                interrupted or failed.
            text: What has happened, for people.
            partition: The client that it is about, if it is about one.
        """
        event: dict[str, Any] = {"time": now(), "kind": kind, "text": text}
        if partition is not None:
            event["partition"] = partition
        with self._lock:
            if self._left is None or self._left <= 0:
                return
            self._left -= len(text) + 120
            if self._left <= 0:
                event = {"time": now(), "kind": "full", "text": "later events are not kept"}
            try:
                self.folder.append_json(NAME, event)
            except OSError as error:
                print(f"an event is not kept ({text}): {error}")
