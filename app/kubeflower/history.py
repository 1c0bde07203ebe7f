"""The history of a run: an entry for each finished round, and the clients' partitions, on files."""

from collections.abc import Callable
from typing import Any

from kubeflower import plain_json
from kubeflower.run_folder import RunFolder


class History:
    """Keeps metrics.jsonl and partitions.json of the run's folder."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.entries: list[dict[str, Any]] = []
        """An entry for each finished round, as plain JSON."""
        self.partitions: dict[str, Any] = {}
        """The record `partition` of each client's newest reply, by partition."""
        self.note: Callable[..., None] = lambda *_: None
        """Called with kind, text and partition of what a round has brought, see RunEvents.add."""
        self._lines_missing = False

    def write(self) -> None:
        """Write both files whole.

        Raises:
            OSError: e.g. the disk is full.
        """
        lines = "".join(plain_json.text(entry) + "\n" for entry in self.entries)
        self.folder.write("metrics.jsonl", lines.encode())
        self.folder.write_json("partitions.json", self.partitions)
        self._lines_missing = False

    def add(self, entry: dict[str, Any]) -> None:
        """Add the entry of a finished round, print it, and append it to metrics.jsonl."""
        entry = plain_json.plain(entry)
        self.entries.append(entry)
        self._note(entry)
        print(f"round {entry['round']}: {entry}")
        try:
            if self._lines_missing:
                self.write()
            else:
                self.folder.append_json("metrics.jsonl", entry)
        except OSError as error:
            # Not raised: the checkpoint, which holds the entry too, is more important.
            self._lines_missing = True
            print(f"metrics.jsonl lacks round {entry['round']} for now: {error}")

    def _note(self, entry: dict[str, Any]) -> None:
        for failure in entry["failures"]:
            self.note("missing", str(failure["reason"]), failure["partition"])
        known = [(name, entry.get(name)) for name in ("accuracy", "loss")]
        values = "".join(f", {name} {value}" for name, value in known if value is not None)
        replies = len(entry["replies"])
        text = f"round {entry['round']}: {replies} replies in {entry['seconds']} s{values}"
        self.note("round", text)
