"""Write the hashes of the lock files for each Python and architecture; run by `npm run lock`.

A lock file names versions; the hashes of their wheels come from the package index, which is PyPI
or the one of PIP_INDEX_URL. So to take another version, write it and run this.
"""

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

MINORS = (11, 12, 13, 14)
"""Minor versions of Python 3 that the engine runs on."""
ARCHITECTURES = ("x86_64", "aarch64")
LOCKS = {
    "app/requirements.lock": MINORS,
    "app/requirements-numpy.lock": MINORS,
    "app/requirements-test.lock": (13,),
}
"""Lock files, each with the Pythons that it must serve."""
JSON = "application/vnd.pypi.simple.v1+json"
PIN = re.compile(r"^([\w.-]+)==([^\s\\]+)", re.MULTILINE)


@dataclass(frozen=True)
class Tag:
    """Python and machine of a wheel: the last three parts of its file's name."""

    python: str
    abi: str
    platform: str

    @classmethod
    def of(cls, text: str) -> "Tag":
        """Return the tag that a text such as `cp313-abi3-manylinux2014_x86_64` writes."""
        return cls(*text.rsplit("-", 2))

    def fits(self, minor: int, architecture: str) -> bool:
        """Return whether CPython 3.minor on Linux with glibc can use the wheel."""
        return self._has_python(minor) and any(
            platform == "any"
            or (platform.startswith("manylinux") and platform.endswith(f"_{architecture}"))
            for platform in self.platform.split(".")
        )

    def _has_python(self, minor: int) -> bool:
        pythons = self.python.split(".")
        if self.abi == "none":
            return "py3" in pythons or f"cp3{minor}" in pythons
        if self.abi == "abi3":
            least = re.fullmatch(r"cp3(\d+)", self.python)
            return least is not None and int(least[1]) <= minor
        return self.abi == f"cp3{minor}"


@dataclass(frozen=True)
class Wheel:
    """A file of the index."""

    tag: Tag
    sha256: str


def pins(lock: str) -> list[tuple[str, str]]:
    """Return the names and versions of a lock file's packages."""
    return PIN.findall(lock)


def tags(lock: str) -> dict[str, list[Tag]]:
    """Return the tags of each package's wheels, in the order of their hashes."""
    found: dict[str, list[Tag]] = {}
    for block in re.split(r"^(?=[\w.-]+==)", lock, flags=re.MULTILINE)[1:]:
        found[pins(block)[0][0]] = [
            Tag.of(text) for text in re.findall(r"^ +# (\S+)$", block, re.M)
        ]
    return found


def lacking(wheels: list[Tag], minors: tuple[int, ...]) -> list[str]:
    """Return the Pythons and architectures for which there is no wheel."""
    return [
        f"Python 3.{minor} on {architecture}"
        for minor in minors
        for architecture in ARCHITECTURES
        if not any(tag.fits(minor, architecture) for tag in wheels)
    ]


def usable(files: list[dict[str, object]], name: str, version: str) -> list[Wheel]:
    """Return the wheels of one version that some Python and architecture can use.

    Args:
        files: The index's answer about a package, as PEP 691 has it.
        name: The package.
        version: Its version, as file names have it.
    """
    start = re.compile(rf"{re.sub(r'[-_.]+', '[-_.]+', name)}-{re.escape(version)}-(.+)\.whl", re.I)
    named = [(start.fullmatch(str(file["filename"])), file["hashes"]) for file in files]
    wheels = [
        Wheel(Tag.of(match[1]), hashes["sha256"])
        for match, hashes in named
        if match is not None and isinstance(hashes, dict)
    ]
    fitting = [
        wheel
        for wheel in wheels
        if any(wheel.tag.fits(minor, arch) for minor in MINORS for arch in ARCHITECTURES)
    ]
    return sorted(fitting, key=lambda w: (w.tag.python, w.tag.abi, w.tag.platform))


def entry(name: str, version: str, wheels: list[Wheel]) -> str:
    """Return a package's lines of a lock file."""
    lines = [f"{name}=={version}", *(f"    --hash=sha256:{wheel.sha256}" for wheel in wheels)]
    notes = [f"    # {w.tag.python}-{w.tag.abi}-{w.tag.platform}" for w in wheels]
    return " \\\n".join(lines) + "\n" + "\n".join(notes) + "\n"


def ask(name: str) -> list[dict[str, object]]:
    """Ask the index for a package's files."""
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")
    address = f"{index}/{re.sub(r'[-_.]+', '-', name).lower()}/"
    with urlopen(Request(address, headers={"Accept": JSON}), timeout=60) as answer:
        files: list[dict[str, object]] = json.load(answer)["files"]
        return files


def renew(path: Path, minors: tuple[int, ...]) -> None:
    """Write a lock file again with the hashes that the index has.

    Raises:
        SystemExit: a package has no wheel for a Python or an architecture.
    """
    text = path.read_text()
    head = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
    entries = []
    for name, version in pins(text):
        wheels = usable(ask(name), name, version)
        if missing := lacking([wheel.tag for wheel in wheels], minors):
            sys.exit(
                f"error: {name} {version} has no wheel for {', '.join(missing)} — a lock file has "
                f"one for each — write another version in {path}"
            )
        entries.append(entry(name, version, wheels))
    path.write_text(head + "".join(entries))


if __name__ == "__main__":
    for file, minors in LOCKS.items():
        renew(Path(file), minors)
