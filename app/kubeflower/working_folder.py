"""The app's working directory: writable, with the app's own files where `flwr run` has them."""

import contextlib
import os
from pathlib import Path


def enter(folder: Path, app: Path) -> None:
    """Make `folder` the working directory.

    The app's folders are folders in it and the app's files links, so that an app both reads
    `data/part.csv` that it brings and writes beside it. A file that is there already is left alone.

    Args:
        folder: Is created if need be; may lie in the app's folder.
        app: Folder of the Flower app, which may be read-only.
    """
    for above, folders, files in os.walk(app):
        folders[:] = [name for name in folders if Path(above, name) != folder]
        here = folder / Path(above).relative_to(app)
        # The app may have put a file in a folder's place.
        with contextlib.suppress(FileExistsError, NotADirectoryError):
            here.mkdir(parents=True, exist_ok=True)
            for name in files:
                with contextlib.suppress(FileExistsError):
                    (here / name).symlink_to(Path(above, name))
    os.chdir(folder)


def remove_links(folder: Path, app: Path) -> None:
    """Remove what `enter` has made and the app has not changed; what the app wrote stays."""
    for above, folders, files in os.walk(folder, topdown=False):
        origin = app / Path(above).relative_to(folder)
        for name in files:
            file = Path(above, name)
            if file.is_symlink() and file.readlink() == origin / name:
                file.unlink()
        for name in folders:
            if (origin / name).is_dir():
                with contextlib.suppress(OSError):  # it is not empty
                    Path(above, name).rmdir()
