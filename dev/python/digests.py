"""Print the digests of the files in a folder, as JSON: `python3 digests.py FOLDER`.

Two runs with equal models have equal digests: an archive's digest is one of its members' contents,
without their times and without Keras' description.
"""

import hashlib
import json
import sys
import zipfile
from pathlib import Path

UNLIKE = {"metadata.json", "config.json"}
"""Members of Keras' archives: the time of saving, and a description with addresses of objects."""


def digest(file: Path) -> str:
    """Return the sha256 of a file's content, or of an archive's members."""
    if not zipfile.is_zipfile(file):
        return hashlib.sha256(file.read_bytes()).hexdigest()
    total = hashlib.sha256()
    with zipfile.ZipFile(file) as archive:
        for name in sorted(archive.namelist()):
            if name not in UNLIKE:
                total.update(f"{name}\0{hashlib.sha256(archive.read(name)).hexdigest()}\n".encode())
    return total.hexdigest()


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of each file in a folder, by its path from there."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(file.relative_to(folder)): digest(file) for file in files}


if __name__ == "__main__":
    print(json.dumps(digests(Path(sys.argv[1]))))
