"""Choose and install what an app needs beside the image's own packages."""

import json
import os
import shutil
import site
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from dependencies.pip import pip, resolve
from dependencies.requirements import (
    PROJECT,
    Conflict,
    Lines,
    Refused,
    Requirements,
    Versions,
    parse,
    pins,
    satisfies,
)

LOCK = "usr/local/share/kubeflower/requirements.lock"
"""Lists what was installed, so that the same can be installed again; a path below ROOT."""
OWN = "opt/packages"
"""Packages in versions of the app's own, which come before the image's on Python's path."""
TIED = {"numpy", "torch"}
"""Debian's packages that other packages' compiled code was built against."""
BASE = Path("/opt/kubeflower")
"""The engine's packages over a base of the user's own, which stays as it is."""
DEBIAN = Path("/debian")
"""Packages of Debian that an app may need: their wheels crash with Debian's build of torch."""
ENGINE = "flwr"
"""The package whose private names the engine uses: only the image's version will do."""
IMPORTS = "import flwr.serverapp.strategy, flwr.clientapp, grpc, jwt, safetensors.numpy"
"""Imports of the engine that must work with packages of the app's own."""


def versions(folder: str | Path) -> Versions:
    """Return the versions of the packages in a folder."""
    return {canonicalize_name(d.name): d.version for d in distributions(path=[str(folder)])}


def image_versions() -> Versions:
    """Return the image's packages: the engine's, and TIED."""
    tied = {d.name: d.version for d in distributions() if d.name in TIED}
    return versions(BASE if BASE.exists() else site.getsitepackages()[0]) | tied


def unsatisfied(wanted: Lines, there: Versions) -> list[Requirement]:
    """Return the requirements that ask for another version of a package than there is."""
    return [
        requirement
        for requirement in wanted.values()
        if (name := canonicalize_name(requirement.name)) in there
        and not satisfies(there[name], requirement)
    ]


def conflicts(wanted: Lines, there: Versions) -> list[str]:
    """Say which packages the app needs in another version than there is.

    Args:
        wanted: What the app needs.
        there: The image's packages.
    """
    return [
        f"the app asks for {requirement}, the image has {name} {there[name]}"
        for requirement in unsatisfied(wanted, there)
        if (name := canonicalize_name(requirement.name))
    ]


def lacking(wanted: Lines, image: Versions) -> list[str]:
    """Return the lines to install: those of packages that the image lacks, or whose extras it does.

    Raises:
        Refused: the app needs another version of flwr than the engine's.
    """
    engine = {line: r for line, r in wanted.items() if canonicalize_name(r.name) == ENGINE}
    if reasons := conflicts(engine, image):
        raise Refused(f"{reasons[0]} — allowed: what that satisfies — correct {PROJECT}")
    lines = [_line_to_install(line, requirement, image) for line, requirement in wanted.items()]
    return [line for line in lines if line is not None]


def _line_to_install(line: str, requirement: Requirement, image: Versions) -> str | None:
    """Return the line, only its extras if the image has the package itself, or None."""
    name = canonicalize_name(requirement.name)
    if name not in image or not satisfies(image[name], requirement):
        return line
    if "--hash" in line:
        return None
    # Without flwr[simulation], which is Ray: on the cluster every client is a pod.
    extras = requirement.extras - ({"simulation"} if name == ENGINE else set())
    if not extras:
        return None
    needed = Requirement(str(requirement))
    needed.extras = extras
    return str(needed)


def check_lock(locked: Lines, declared: Lines, image: Versions) -> None:
    """Check that the app's lock file has all that the app declares, in versions for the engine.

    Args:
        locked: The lock file.
        declared: The app's `dependencies`.
        image: The image's packages.

    Raises:
        Refused: a package is missing, or has a version that is not allowed.
    """
    have = image | pins(locked)
    for requirement in declared.values():
        pin = have.get(canonicalize_name(requirement.name))
        if not pin or not satisfies(pin, requirement):
            raise Refused(
                f"the app asks for {requirement}, its requirements.lock has {pin or 'none'} — "
                f"allowed: a lock of all {PROJECT} — make it again or remove it"
            )


def install(lock: Requirements, debian: Path, there: Versions, root: Path, own: bool) -> None:
    """Install exactly what a lock file lists, and write the lock below `root`.

    Args:
        lock: The lock file's content.
        debian: Folder of Debian's packages; all are copied if the lock names one of them.
        there: Versions of Debian's packages, which are not installed by pip.
        root: Folder to install below.
        own: Whether packages of the image are among them, in other versions.

    Raises:
        Refused: pip has failed, or the engine does not work with the packages.
    """
    wheels = [line for line, r in lock.lines.items() if canonicalize_name(r.name) not in there]
    where = ("--target", root / OWN) if own else ("--root", root)
    hashed = ["--require-hashes"] if all("--hash" in line for line in wheels) else []
    with TemporaryDirectory() as folder:
        file = Path(folder) / "wheels"
        file.write_text("\n".join([*lock.options, *wheels]))
        # Ignore older versions, which are Debian's: they come later on Python's path.
        pip("--no-deps", *hashed, "--ignore-installed", *where, "-r", file)
    if len(wheels) < len(lock.lines):
        shutil.copytree(debian, root, dirs_exist_ok=True)
    (root / LOCK).parent.mkdir(parents=True)
    (root / LOCK).write_text("".join(f"{line}\n" for line in [*lock.options, *lock.lines]))
    if own:
        check_imports(root / OWN)


def check_imports(folder: Path, imports: str = IMPORTS) -> None:
    """Import what the engine needs with the app's packages before the image's.

    Raises:
        Refused: an import fails.
    """
    path = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path}
    command = [sys.executable, "-c", imports]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    if ended.returncode:
        last = ended.stderr.strip().rpartition("\n")[2]
        raise Refused(
            f"the engine does not work with the app's packages: {last} — allowed: versions that "
            f"flwr works with — correct {PROJECT}"
        )


def own_versions(asked: Lines, image: Versions, there: Versions) -> tuple[list[str], Versions]:
    """Choose what to resolve for packages of the app's own beside the image's.

    Returns the lines and the packages whose versions are fixed: flwr's, and Debian's torch with
    what belongs to it unless the app needs another.
    """
    changed = {canonicalize_name(r.name) for r in unsatisfied(asked, image | there)}
    fixed = {ENGINE: image[ENGINE]}
    if not changed & {"torch", *there}:
        fixed |= there | {name: image[name] for name in ("torch",) if name in image}
    lines = [line for line, r in asked.items() if canonicalize_name(r.name) != ENGINE]
    return [f"{ENGINE}=={image[ENGINE]}", *lines], fixed


def choose(asked: Requirements, image: Versions, there: Versions) -> tuple[list[str], bool]:
    """Resolve what to install, and whether it is in versions of the app's own.

    The image's packages are kept where that is possible: then the image stays small.

    Args:
        asked: What the app asks for.
        image: The image's packages.
        there: Debian's packages.

    Raises:
        Refused: the requirements cannot be met.
    """
    lines = lacking(asked.lines, image)
    if not lines:
        return [], False
    reasons = conflicts(asked.lines, image | there)
    if not reasons:
        try:
            return resolve([*asked.options, *lines], image | there).splitlines(), False
        except Conflict as conflict:
            reasons = [str(conflict)]
    print(*reasons, "so the app gets packages of its own", sep="\n", flush=True)
    own, fixed = own_versions(asked.lines, image, there)
    return resolve([*asked.options, *own], fixed).splitlines(), True


def main(
    wanted: Path, root: Path, image: Versions, debian: Path = DEBIAN, apart: bool = False
) -> None:
    """Install what the app needs and the image lacks, or has in another version.

    Args:
        wanted: Folder of project.json and perhaps requirements.lock.
        root: Folder to install below; is made.
        image: The image's packages, see `image_versions`.
        debian: Folder of Debian's packages.
        apart: Whether all goes to OWN, as over the packages of a user's base it must.

    Raises:
        Refused: the dependencies cannot be installed.
    """
    root.mkdir(exist_ok=True)
    file = wanted / "requirements.lock"
    declared = _declared(json.loads((wanted / "project.json").read_text()), file.exists())
    there = versions(debian / "usr/lib/python3/dist-packages")
    if file.exists():
        asked = parse(file.read_text(), "the app's requirements.lock")
        check_lock(asked.lines, declared.lines, image)
        lines, own = lacking(asked.lines, image), bool(conflicts(asked.lines, image | there))
    else:
        asked = declared
        lines, own = choose(declared, image, there)
    if lines:
        print("the app's dependencies:", *lines, sep="\n", flush=True)
        lock = Requirements(parse("\n".join(lines), "the lock").lines, asked.options)
        # Debian's torchvision works with Debian's torch alone.
        has_own_torch = "torch" in pins(lock.lines)
        install(lock, debian, {} if has_own_torch else there, root, own or apart)


def _declared(project: dict[str, Any], has_lock: bool) -> Requirements:
    """Read the app's `dependencies`.

    Raises:
        Refused: only the app's build backend knows them, and there is no lock.
    """
    if "dependencies" in project.get("dynamic", []) and not has_lock:
        raise Refused(
            f"{PROJECT} are dynamic: a build backend computes them, and the build runs none "
            "— allowed: a list, or a requirements.lock beside the pyproject.toml — write the list, "
            "or make the lock with `pip freeze`, `uv export` or `poetry export`"
        )
    return parse("\n".join(project.get("dependencies", [])), PROJECT)
