"""Make a test's server believe that its volume is small: tests may not mount one.

Counts the files of the runs, and limits only files that the engine writes whole.
"""

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

from kubeflower import checkpoint, run_folder, volume


def limit(folder: Path, size: int) -> None:
    """Limit what `folder` can hold to `size` bytes from now on."""
    write = run_folder.write_whole

    def free() -> int:
        files = (f for f in (folder / "runs").rglob("*") if f.is_file() and not f.is_symlink())
        return max(0, size - sum(f.stat().st_size for f in files))

    def write_whole(path: Path, pieces: Sequence[bytes]) -> None:
        needed = sum(map(len, pieces))
        if needed > free():
            raise volume.NoRoom(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), needed)
        write(path, pieces)

    def statvfs(path: Path) -> SimpleNamespace:
        return SimpleNamespace(f_bavail=free(), f_blocks=size, f_frsize=1)

    for module in (run_folder, checkpoint):
        vars(module)["write_whole"] = write_whole
    vars(os)["statvfs"] = statvfs
