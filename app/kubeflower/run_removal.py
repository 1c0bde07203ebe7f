"""Removal of old runs from the volume: the setting keepRuns says how many stay.

A run leaves the folder `runs` in one step, so that nobody lists a part of it as a whole run. Its
files are deleted afterwards, from the folder REMOVED. A killed server goes on with that when it
starts.
"""

import secrets
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kubeflower import volume
from kubeflower.kept_runs import kept_runs

REMOVED = "removed"
"""Name of the folder, beside `runs`, of runs that are being deleted."""


def surplus(runs: Sequence[dict[str, Any]], keep: int, current: str) -> list[dict[str, Any]]:
    """Return the runs that are to go, oldest first. components/removals.ts has the same rule.

    The `keep` newest completed runs stay. A failed run stays while it is one of the `keep` newest
    runs that have ended, so it never takes the place of a model. A run that can go on stays, and so
    does `current`, the run that the server works on.

    Args:
        runs: Runs as kept_runs lists them.
        keep: Completed runs that stay, 1 or more.
        current: A run's id.
    """
    ended = [run for run in runs if run["state"] in ("completed", "failed")]
    ended.sort(key=lambda run: run["ended"] or "")
    completed, old = 0, []
    for rank, run in enumerate(reversed(ended)):
        place = rank
        if run["state"] == "completed":
            place = completed
            completed += 1
        if place >= keep and run["id"] != current:
            old.append(run)
    return old[::-1]


class RunRemoval:
    """Removes runs of one volume."""

    def __init__(self, data: Path, keep: int | None, current: str) -> None:
        """Make a removal that has not begun.

        Args:
            data: Folder that holds `runs`.
            keep: Completed runs that stay, 1 or more; None: all.
            current: Id of the run that the server works on.
        """
        self.data = data
        self.keep = keep
        self.current = current
        self._deletion: threading.Thread | None = None

    def begin(self) -> None:
        """Move the runs that are to go out of `runs`, and delete what was moved in a thread."""
        runs = [] if self.keep is None else kept_runs(self.data)
        for run in surplus(runs, self.keep or 1, self.current):
            try:
                self._move(run["id"])
            except OSError as error:
                print(f"run {run['id']} is not removed: {error}")
            else:
                described = f"{run['state']} {run['ended']}, {run['rounds']} rounds"
                print(f"keepRuns is {self.keep}: removes run {run['id']} ({described})")
        self._deletion = threading.Thread(target=self._delete, daemon=True)
        self._deletion.start()

    def wait(self) -> None:
        """Wait until the files are deleted that `begin` has moved: a run may need their room."""
        if self._deletion is not None:
            self._deletion.join()

    def wait_for(self, room: int) -> None:
        """Wait as `wait` does where fewer than `room` bytes are free."""
        if volume.space(self.data)[0] < room:
            self.wait()

    def _delete(self) -> None:
        """Delete the files of all runs that were moved, also those that a killed server left."""
        folder = self.data / REMOVED
        for path in folder.iterdir() if folder.is_dir() else []:
            try:
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
            except OSError as error:  # the next start goes on
                print(f"files of a removed run are still there: {error}")

    def _move(self, run: str) -> None:
        """Move a run's folder out of `runs`, which takes no room.

        Raises:
            OSError: e.g. the volume can only be read.
        """
        source = self.data / "runs" / run
        folder = self.data / REMOVED
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            if not volume.is_full(error):
                raise
            # A full volume takes no new folder: that of this run becomes it.
            source.rename(folder)
        else:
            # Its own name: files of an earlier run of this id may still be there.
            source.rename(folder / f"{run}-{secrets.token_hex(4)}")
