"""The history of a run: an entry for each finished round, and the clients' partitions, on files."""

import collections
import contextlib
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

from kubeflower import plain_json
from kubeflower.run_folder import RunFolder

NAME = "metrics.jsonl"
BROKEN = "failed-round.json"
"""File of the round in which the run has failed, in the form of a line of metrics.jsonl."""
SCHEMA = 1
"""Version of a line's form: a number more when a key changes its meaning."""
DETAILS = ("schema_version", "server", "phases")
"""Keys of a line that the status leaves out: they grow with the clients."""


class History:
    """Keeps metrics.jsonl and partitions.json of the run's folder."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.entries: list[dict[str, Any]] = []
        """An entry for each finished round, as plain JSON."""
        self.central: dict[str, Any] = {}
        """All metrics of the newest central evaluation that this process knows of."""
        self.partitions: dict[str, Any] = {}
        """The record `partition` of each client's newest reply, by partition."""
        self.note: Callable[..., None] = lambda *_: None
        """Called with kind, text and partition of what a round has brought, see RunEvents.add."""
        self._unwritten: list[dict[str, Any]] = []
        """Lines that metrics.jsonl lacks for now."""

    def load(self) -> None:
        """Read the rounds of a run that has ended."""
        lines = self.folder.read_lines(NAME)
        self.entries = [{k: v for k, v in line.items() if k not in DETAILS} for line in lines]
        self.central = lines[-1].get("server", {}) if lines else {}

    def write(self) -> None:
        """Write both files whole. The details of a round come from the file that is there.

        Raises:
            OSError: e.g. the disk is full.
        """
        known = collections.defaultdict(list)
        for line in self._lines():
            known[_key(line)].append(plain_json.text(line))
        texts = [
            known[_key(entry)].pop(0) if known[_key(entry)] else plain_json.text(entry)
            for entry in self.entries
        ]
        self.folder.write(NAME, "".join(text + "\n" for text in texts).encode())
        self.folder.write_json("partitions.json", self.partitions)
        self._unwritten = []

    def add(self, entry: dict[str, Any], details: dict[str, Any] | None = None) -> None:
        """Add the entry of a finished round, print it, and append it to metrics.jsonl.

        Args:
            entry: The entry, as the status has it.
            details: `server`, all metrics of the central evaluation, and `phases`, see PhaseTimes.
                They are not kept in memory.
        """
        entry = plain_json.plain(entry)
        self.entries.append(entry)
        self.central = plain_json.plain((details or {}).get("server", {}))
        self._note(entry)
        print(f"round {entry['round']}: {entry}")
        line = _line(entry, details or {})
        self._unwritten.append(line)
        try:
            if len(self._unwritten) > 1:
                self.write()
            else:
                self.folder.append_json(NAME, line)
                self._unwritten = []
        except OSError as error:
            # Not raised: the checkpoint, which holds the entry too, is more important.
            print(f"metrics.jsonl lacks round {entry['round']} for now: {error}")

    def keep_broken(self, entry: dict[str, Any], details: dict[str, Any]) -> None:
        """Write the round in which the run has failed.

        Raises:
            OSError: e.g. the disk is full.
        """
        self.folder.write_json(BROKEN, _line(plain_json.plain(entry), details))

    def _lines(self) -> Iterator[dict[str, Any]]:
        """Yield the lines of the file, which may be torn, and those that it lacks."""
        path = self.folder.path / NAME
        with path.open("rb") if path.exists() else io.BytesIO() as file:
            for text in file:
                with contextlib.suppress(ValueError):
                    line = json.loads(text)
                    if isinstance(line, dict):
                        yield line
        yield from self._unwritten

    def _note(self, entry: dict[str, Any]) -> None:
        for failure in entry["failures"]:
            self.note("missing", str(failure["reason"]), failure["partition"])
        known = [(name, entry.get(name)) for name in ("accuracy", "loss")]
        values = "".join(f", {name} {value}" for name, value in known if value is not None)
        replies = len(entry["replies"])
        text = f"round {entry['round']}: {replies} replies in {entry['seconds']} s{values}"
        self.note("round", text)


def _line(entry: dict[str, Any], details: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "schema_version": SCHEMA, **plain_json.plain(details)}


def _key(line: dict[str, Any]) -> tuple[Any, Any]:
    """Return what tells a round from others, and from its other attempts."""
    return line.get("round"), line.get("seconds")
