"""The history of a run: an entry for each finished round, and the clients' partitions, on files."""

from collections.abc import Callable
from typing import Any

from kubeflower import plain_json
from kubeflower.run_folder import RunFolder

NAME = "metrics.jsonl"
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
        self.details: list[dict[str, Any]] = []
        """What metrics.jsonl has of each round beside its entry: DETAILS."""
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
        lines = "".join(plain_json.text(self._line(i)) + "\n" for i in range(len(self.entries)))
        self.folder.write(NAME, lines.encode())
        self.folder.write_json("partitions.json", self.partitions)
        self._lines_missing = False

    def load(self) -> None:
        """Read the rounds of a run that has ended."""
        lines = self._lines()
        self.entries = [{k: v for k, v in line.items() if k not in DETAILS} for line in lines]
        self.details = [_details(line) for line in lines]

    def restore(self, entries: list[dict[str, Any]]) -> None:
        """Take the entries of a checkpoint; it has no details, the file has those of its rounds."""
        known = {(line.get("round"), line.get("seconds")): line for line in self._lines()}
        self.entries = entries
        self.details = [_details(known.get((e["round"], e["seconds"]), {})) for e in entries]

    def add(self, entry: dict[str, Any], details: dict[str, Any] | None = None) -> None:
        """Add the entry of a finished round, print it, and append it to metrics.jsonl.

        Args:
            entry: The entry, as the status has it.
            details: `server`, all metrics of the central evaluation, and `phases`, see PhaseTimes.
        """
        entry = plain_json.plain(entry)
        self.entries.append(entry)
        self.details.append(plain_json.plain({"schema_version": SCHEMA, **(details or {})}))
        self._note(entry)
        print(f"round {entry['round']}: {entry}")
        try:
            if self._lines_missing:
                self.write()
            else:
                self.folder.append_json(NAME, self._line(-1))
        except OSError as error:
            # Not raised: the checkpoint, which holds the entry too, is more important.
            self._lines_missing = True
            print(f"metrics.jsonl lacks round {entry['round']} for now: {error}")

    def _line(self, index: int) -> dict[str, Any]:
        return {**self.entries[index], **self.details[index]}

    def _lines(self) -> list[dict[str, Any]]:
        return [line for line in self.folder.read_lines(NAME) if isinstance(line, dict)]

    def _note(self, entry: dict[str, Any]) -> None:
        for failure in entry["failures"]:
            self.note("missing", str(failure["reason"]), failure["partition"])
        known = [(name, entry.get(name)) for name in ("accuracy", "loss")]
        values = "".join(f", {name} {value}" for name, value in known if value is not None)
        replies = len(entry["replies"])
        text = f"round {entry['round']}: {replies} replies in {entry['seconds']} s{values}"
        self.note("round", text)


def _details(line: dict[str, Any]) -> dict[str, Any]:
    return {key: line[key] for key in DETAILS if key in line}
