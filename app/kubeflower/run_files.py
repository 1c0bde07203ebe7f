"""The files of the runs on the volume: their list, and each of them, for who fetches results."""

import hashlib
import os
import stat
import threading
from pathlib import Path
from typing import Any, BinaryIO

SCHEMA = 1
"""Version of the list's form: a number more when a key changes its meaning."""
PIECE = 1 << 20
"""Bytes that are read at once."""
MOST_KNOWN = 100_000
"""Digests that are kept; each takes about 300 bytes."""


class RunFiles:
    """Lists and opens regular files below runs/. Nothing else: no link is followed."""

    def __init__(self, data: Path) -> None:
        self.runs = data / "runs"
        self._lock = threading.Lock()
        self._known: dict[tuple[int, int, int, int], str] = {}
        """Digests by device, inode, size and time of the last change."""

    def listing(self, run: str) -> dict[str, Any] | None:
        """List path, bytes and sha256 of each file of a run; None if there is no such run.

        Hidden files of the engine's own are left out, and so are links. `left_out` names files
        whose names no other system could write, or that cannot be read.
        """
        if not _is_name(run) or not (self.runs / run).is_dir():
            return None
        files, left_out = [], []
        for path in sorted(self._paths(self.runs / run)):
            relative = str(path.relative_to(self.runs / run))
            try:
                relative.encode()
                with self._open(f"{run}/{relative}") as file:
                    sha256, size = self._digest(file)
                files.append({"path": relative, "bytes": size, "sha256": sha256})
            except FileNotFoundError:  # it was removed meanwhile, as old checkpoints are
                continue
            except (OSError, UnicodeEncodeError) as error:
                left_out.append({"path": ascii(relative), "reason": type(error).__name__})
        return {"schema_version": SCHEMA, "run": run, "files": files, "left_out": left_out}

    def open(self, path: str) -> BinaryIO | None:
        """Open `<run>/<file>` to be read; None if there is no such regular file."""
        try:
            return self._open(path)
        except (OSError, ValueError):
            return None

    def _paths(self, folder: Path) -> list[Path]:
        found = []
        for above, folders, files in os.walk(folder):
            folders[:] = [name for name in folders if not Path(above, name).is_symlink()]
            # The engine's own hidden files lie at the top; an app may have others in `work`.
            own = Path(above) == folder
            names = [name for name in files if not (own and name.startswith("."))]
            paths = [Path(above, name) for name in names]
            found += [path for path in paths if path.is_file() and not path.is_symlink()]
        return found

    def _open(self, path: str) -> BinaryIO:
        """Open a file below runs/ name by name, so that no link of an app's leads out of it.

        Raises:
            OSError: there is no such file, or it is no regular one.
        """
        *folders, name = path.split("/")
        if not folders or not all(map(_is_name, [*folders, name])):
            raise FileNotFoundError(path)
        here = os.open(self.runs, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for folder in folders:
                flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
                below = os.open(folder, flags, dir_fd=here)
                os.close(here)
                here = below
            # Without O_NONBLOCK the opening of a pipe would wait for its other end.
            file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=here)
        finally:
            os.close(here)
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            raise FileNotFoundError(path)
        return os.fdopen(file, "rb")

    def _digest(self, file: BinaryIO) -> tuple[str, int]:
        """Return sha256 and size; a file that has not changed is read only once."""
        status = os.fstat(file.fileno())
        key = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        with self._lock:
            known = self._known.get(key)
        if known is None:
            digest, left = hashlib.sha256(), status.st_size
            # Not to the end of the file: lines may be appended meanwhile.
            while left > 0 and (piece := file.read(min(left, PIECE))):
                digest.update(piece)
                left -= len(piece)
            known = digest.hexdigest()
            with self._lock:
                if len(self._known) >= MOST_KNOWN:
                    self._known.clear()
                self._known[key] = known
        return known, status.st_size


def _is_name(name: str) -> bool:
    return name not in ("", ".", "..") and "\0" not in name and "/" not in name
