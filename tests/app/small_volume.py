"""Makes the server of a test believe that its volume is small: a mount takes more than tests may.

Only what the engine writes whole is counted, and every file of the data folder takes its size.
"""

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

from kubeflower import checkpoint, run_folder, volume


def limit(folder: Path, size: int) -> None:
    """From now on `folder` holds `size` bytes."""
    write = run_folder.write_whole

    def free() -> int:
        return size - sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())

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
