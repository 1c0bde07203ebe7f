"""Install the packages that a Flower app needs and the image lacks; runs when an image is built.

Usage: dependencies.py WANTED ROOT. The folder WANTED holds dependencies.txt (the app's
`dependencies`, one a line) and, if the app has one, its requirements.lock. Packages are installed
below ROOT, with a lock file that lists them.
"""

import json
import re
import shutil
import site
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

Versions = dict[str, str]
"""Versions of packages, by normalised name."""
Lines = dict[str, Requirement]
"""Lines of a requirements file, hashes included, and their requirements."""

LOCK = "usr/local/share/kubeflower/requirements.lock"
"""Lists what was installed, so that the same can be installed again; a path below ROOT."""
TIED = {"numpy", "torch"}
"""Debian's packages that other packages' compiled code was built against."""
DEBIAN = Path("/debian")
"""Packages of Debian that an app may need: their wheels crash with Debian's build of torch."""
PROJECT = "`dependencies` in the app's pyproject.toml"


class Refused(Exception):
    """The dependencies cannot be installed; the text says why, what is allowed, and the remedy."""


def versions(folder: str | Path) -> Versions:
    """Return the versions of the packages in a folder."""
    return {canonicalize_name(d.name): d.version for d in distributions(path=[str(folder)])}


def image_versions() -> Versions:
    """Return the packages that no app may replace: the engine's, and TIED."""
    tied = {d.name: d.version for d in distributions() if d.name in TIED}
    return versions(site.getsitepackages()[0]) | tied


def parse(text: str, where: str) -> Lines:
    """Parse a requirements file; lines for other platforms are left out.

    Args:
        text: The file's content.
        where: The file's name, for error messages.

    Raises:
        Refused: a line is no requirement.
    """
    lines = {}
    for line in text.replace("\\\n", " ").splitlines():
        line = re.sub(r"(^|\s)#.*", "", line).strip()
        try:
            requirement = Requirement(line.partition(" --hash")[0]) if line else None
        except InvalidRequirement:
            raise Refused(
                f"{where}: {line!r} is no requirement — allowed: such as numpy>=2.0 — correct it"
            ) from None
        if requirement and (requirement.marker is None or requirement.marker.evaluate()):
            lines[line] = requirement
    return lines


def satisfies(version: str, requirement: Requirement) -> bool:
    """Return whether the requirement allows the version."""
    return not requirement.url and requirement.specifier.contains(version, prereleases=True)


def lacking(wanted: Lines, image: Versions, debian: Versions) -> list[str]:
    """Return the lines to install.

    Args:
        wanted: What the app needs.
        image: The image's packages.
        debian: Packages that are taken from Debian if they are needed.

    Raises:
        Refused: the app needs another version of a package than there is.
    """
    conflicts = [
        f"the app asks for {requirement}, the image has {name} {version}"
        for requirement in wanted.values()
        if (name := canonicalize_name(requirement.name))
        and (version := image.get(name) or debian.get(name))
        and not satisfies(version, requirement)
    ]
    if conflicts:
        reasons = "; ".join(conflicts)
        raise Refused(f"{reasons} — allowed: what that satisfies — correct {PROJECT}")
    lines = [_line_to_install(line, requirement, image) for line, requirement in wanted.items()]
    return [line for line in lines if line is not None]


def _line_to_install(line: str, requirement: Requirement, image: Versions) -> str | None:
    """Return the line, only its extras if the image has the package itself, or None."""
    name = canonicalize_name(requirement.name)
    if name not in image:
        return line
    if "--hash" in line:
        return None
    # Without flwr[simulation], which is Ray: on the cluster every client is a pod.
    extras = requirement.extras - ({"simulation"} if name == "flwr" else set())
    if not extras:
        return None
    needed = Requirement(str(requirement))
    needed.extras = extras
    return str(needed)


def check_lock(locked: Lines, declared: Lines, image: Versions) -> None:
    """Check that the app's lock file has all that the app declares.

    Args:
        locked: The lock file.
        declared: The app's `dependencies`.
        image: The image's packages.

    Raises:
        Refused: a package is missing, or has a version that is not allowed.
    """
    pins = {canonicalize_name(r.name): str(r.specifier).strip("=") for r in locked.values()} | image
    for requirement in declared.values():
        pin = pins.get(canonicalize_name(requirement.name))
        if not pin or not satisfies(pin, requirement):
            raise Refused(
                f"the app asks for {requirement}, its requirements.lock has {pin or 'none'} — "
                f"allowed: a lock of all {PROJECT} — make it again or remove it"
            )


def pip(*args: str | Path) -> None:
    """Run `pip install`.

    Raises:
        Refused: pip has failed.
    """
    command = [sys.executable, "-m", "pip", "install", "--break-system-packages"]
    ended = subprocess.run([*command, *args], capture_output=True, text=True)
    if ended.returncode:
        raise Refused(reason(ended.stdout, ended.stderr))


def reason(said: str, errors: str) -> str:
    """Explain why pip has failed, with a remedy where the app's `dependencies` are wrong.

    Args:
        said: What pip wrote to stdout.
        errors: What pip wrote to stderr.
    """
    if conflict := re.search(r"conflict is caused by:\n((?: +.+\n)+)", said):
        causes = "; ".join(line.strip() for line in conflict[1].splitlines())
        causes = causes.replace("The user requested (constraint)", "the image has")
        return (
            f"the app's dependencies do not go together: {causes.replace('The user', 'the app')} — "
            f"allowed: versions that do — correct {PROJECT}"
        )
    missing = re.search(r"satisfies the requirement (.+) \(from versions: (.+)\)", errors)
    if missing and "Retrying (" not in errors:
        python = ".".join(map(str, sys.version_info[:2]))
        some = f"what it has for Python {python}, " + ", ".join(missing[2].split(", ")[-5:])
        return (
            f"the app needs {missing[1]}, which the package registry lacks — allowed: "
            f"{'packages that it has' if missing[2] == 'none' else some} — correct {PROJECT}"
        )
    return f"the app's dependencies cannot be installed: {errors.strip()}"


def resolve(lines: list[str], pins: Versions) -> str:
    """Resolve requirements and all that they need to a lock file with hashes; returns its content.

    Args:
        lines: Lines of requirements.
        pins: Packages whose versions are fixed.

    Raises:
        Refused: the requirements cannot be met.
    """
    with TemporaryDirectory() as folder:
        wanted, constraints, report = (Path(folder) / name for name in ("in", "pins", "report"))
        wanted.write_text("\n".join(lines))
        constraints.write_text("\n".join(f"{name}=={pin}" for name, pin in pins.items()))
        pip("--dry-run", "--report", report, "--constraint", constraints, "--requirement", wanted)
        chosen = json.loads(report.read_text())["install"]
    lock = []
    for entry in chosen:
        name = entry["metadata"]["name"]
        source = entry["download_info"]
        what = f" @ {source['url']}" if entry["is_direct"] else f"=={entry['metadata']['version']}"
        lock.append(f"{name}{what} --hash=sha256:{source['archive_info']['hashes']['sha256']}\n")
    return "".join(sorted(lock))


def install(lock: str, debian: Path, there: Versions, root: Path) -> None:
    """Install exactly what a lock file lists, and write the lock below `root`.

    Args:
        lock: The lock file's content.
        debian: Folder of Debian's packages; all are copied if the lock names one of them.
        there: Versions of Debian's packages, which are not installed by pip.
        root: Folder to install below.

    Raises:
        Refused: pip has failed.
    """
    lines = parse(lock, "the lock")
    wheels = [line for line, r in lines.items() if canonicalize_name(r.name) not in there]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "wheels"
        file.write_text("\n".join(wheels))
        # Ignore older versions, which are Debian's: they come later on Python's path.
        pip("--no-deps", "--require-hashes", "--ignore-installed", "--root", root, "-r", file)
    if len(wheels) < len(lines):
        shutil.copytree(debian, root, dirs_exist_ok=True)
    (root / LOCK).parent.mkdir(parents=True)
    (root / LOCK).write_text(lock)


def main(wanted: Path, root: Path, image: Versions, debian: Path = DEBIAN) -> None:
    """Install what the app needs and the image lacks.

    Args:
        wanted: Folder of dependencies.txt and perhaps requirements.lock.
        root: Folder to install below; is made.
        image: The image's packages, see `image_versions`.
        debian: Folder of Debian's packages.

    Raises:
        Refused: the dependencies cannot be installed.
    """
    root.mkdir(exist_ok=True)
    there = versions(debian / "usr/lib/python3/dist-packages")
    declared = parse((wanted / "dependencies.txt").read_text(), PROJECT)
    lines = lacking(declared, image, there)
    if (wanted / "requirements.lock").exists():
        locked = parse((wanted / "requirements.lock").read_text(), "the app's requirements.lock")
        check_lock(locked, declared, image)
        lock = "".join(f"{line}\n" for line in lacking(locked, image, there))
    else:
        lock = resolve(lines, image | there) if lines else ""
    if lock:
        print("the app's dependencies:", lock, sep="\n", flush=True)
        install(lock, debian, there, root)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]), image_versions())
    except Refused as refused:
        sys.exit(f"error: {refused}")
