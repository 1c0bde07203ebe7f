"""Installs what a Flower app needs and the image lacks; runs while the image is built.

`dependencies.py WANTED ROOT`: WANTED has dependencies.txt, the app's `dependencies` one a line, and
maybe the app's requirements.lock. Packages come below ROOT, with a lock of what was installed.
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
# A line of a requirements file, hashes included, and what it asks for.
Lines = dict[str, Requirement]

# What was installed, for who wants the very same again.
LOCK = "usr/local/share/kubeflower/requirements.lock"
# Compiled code of other packages is tied to these of Debian.
TIED = {"numpy", "torch"}
# Wheels made for another build of torch crash with Debian's; these packages are Debian's as well.
DEBIAN = Path("/debian")
PROJECT = "`dependencies` in the app's pyproject.toml"


class Refused(Exception):
    """The app cannot be given what it asks for: what that is, what it may ask for, the remedy."""


def versions(folder: str | Path) -> Versions:
    """The packages in a folder, by normalized name."""
    return {canonicalize_name(d.name): d.version for d in distributions(path=[str(folder)])}


def image_versions() -> Versions:
    """The packages that no app may replace: the engine's and what others are tied to."""
    tied = {d.name: d.version for d in distributions() if d.name in TIED}
    return versions(site.getsitepackages()[0]) | tied


def parse(text: str, where: str) -> Lines:
    """The requirements that hold on this machine."""
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
    """Whether a version is one that is asked for."""
    return not requirement.url and requirement.specifier.contains(version, prereleases=True)


def lacking(wanted: Lines, image: Versions, debian: Versions) -> list[str]:
    """The lines that are to be installed; refuses those that want another version than there is."""
    lines, faults = [], []
    for line, requirement in wanted.items():
        name = canonicalize_name(requirement.name)
        version = image.get(name) or debian.get(name)
        if version and not satisfies(version, requirement):
            faults.append(f"the app asks for {requirement}, the image has {name} {version}")
        if name == "flwr":
            # Ray, for simulation on one machine: on the cluster every client is a pod.
            requirement.extras.discard("simulation")
        if name not in image:
            lines.append(line)
        elif requirement.extras and "--hash" not in line:
            lines.append(str(requirement))
    if faults:
        raise Refused(f"{'; '.join(faults)} — allowed: what that satisfies — correct {PROJECT}")
    return lines


def check_lock(locked: Lines, declared: Lines, image: Versions) -> None:
    """Refuses a lock that lacks something of what is declared."""
    pins = {canonicalize_name(r.name): str(r.specifier).strip("=") for r in locked.values()} | image
    for requirement in declared.values():
        pin = pins.get(canonicalize_name(requirement.name))
        if not pin or not satisfies(pin, requirement):
            raise Refused(
                f"the app asks for {requirement}, its requirements.lock has {pin or 'none'} — "
                f"allowed: a lock of all {PROJECT} — make it anew or remove it"
            )


def pip(*args: str | Path) -> None:
    """Runs `pip install`; raises Refused with its reason."""
    command = [sys.executable, "-m", "pip", "install", "--break-system-packages"]
    ended = subprocess.run([*command, *args], capture_output=True, text=True)
    if ended.returncode:
        raise Refused(reason(ended.stdout, ended.stderr))


def reason(said: str, errors: str) -> str:
    """Why pip failed, as a sentence where it is for the app to mend."""
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
    """A lock of what is lacking and all that it needs itself."""
    with TemporaryDirectory() as folder:
        wanted, constraints, report = (Path(folder) / name for name in ("in", "pins", "report"))
        wanted.write_text("\n".join(lines))
        constraints.write_text("\n".join(f"{name}=={pin}" for name, pin in pins.items()))
        pip("--dry-run", "--report", report, "--constraint", constraints, "--requirement", wanted)
        chosen = json.loads(report.read_text())["install"]
    lock = []
    for entry in chosen:
        name, source = entry["metadata"]["name"], entry["download_info"]
        what = f" @ {source['url']}" if entry["is_direct"] else f"=={entry['metadata']['version']}"
        lock.append(f"{name}{what} --hash=sha256:{source['archive_info']['hashes']['sha256']}\n")
    return "".join(sorted(lock))


def install(lock: str, debian: Path, there: Versions, root: Path) -> None:
    """Installs exactly what a lock says, from Debian what there is."""
    lines = parse(lock, "the lock")
    wheels = [line for line, r in lines.items() if canonicalize_name(r.name) not in there]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "wheels"
        file.write_text("\n".join(wheels))
        # An older one is Debian's, not pip's to remove; it comes later on the path.
        pip("--no-deps", "--require-hashes", "--ignore-installed", "--root", root, "-r", file)
    if len(wheels) < len(lines):
        shutil.copytree(debian, root, dirs_exist_ok=True)
    (root / LOCK).parent.mkdir(parents=True)
    (root / LOCK).write_text(lock)


def main(wanted: Path, root: Path, image: Versions, debian: Path = DEBIAN) -> None:
    """Brings what the app needs and the image lacks below `root`."""
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
