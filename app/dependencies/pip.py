"""Run pip, and explain why it has failed."""

import json
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from dependencies.requirements import PROJECT, Conflict, Refused, Versions

CONFLICT = re.compile(r"conflict is caused by:\n((?: +.+\n)+)")


def pip(*args: str | Path) -> None:
    """Run `pip install`.

    Raises:
        Conflict: versions do not go together.
        Refused: pip has failed for another reason.
    """
    command = [sys.executable, "-m", "pip", "install", "--break-system-packages"]
    ended = subprocess.run([*command, *args], capture_output=True, text=True)
    if ended.returncode:
        kind = Conflict if CONFLICT.search(ended.stdout) else Refused
        raise kind(reason(ended.stdout, ended.stderr))


def reason(said: str, errors: str) -> str:
    """Explain why pip has failed, with a remedy where the app's `dependencies` are wrong.

    Args:
        said: What pip wrote to stdout.
        errors: What pip wrote to stderr.
    """
    if conflict := CONFLICT.search(said):
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


def resolve(lines: list[str], constraints: Versions) -> str:
    """Resolve requirements and all that they need to a lock file with hashes; returns its content.

    A package of the image that satisfies all of them is not listed.

    Args:
        lines: Lines of requirements, options of pip among them.
        constraints: Packages whose versions are fixed.

    Raises:
        Conflict: they do not go together, or not with the constraints.
        Refused: they cannot be met for another reason.
    """
    with TemporaryDirectory() as folder:
        wanted, fixed, report = (Path(folder) / name for name in ("in", "pins", "report"))
        wanted.write_text("\n".join(lines))
        fixed.write_text("\n".join(f"{name}=={pin}" for name, pin in constraints.items()))
        pip("--dry-run", "--report", report, "--constraint", fixed, "--requirement", wanted)
        chosen = json.loads(report.read_text())["install"]
    lock = []
    for entry in chosen:
        name = entry["metadata"]["name"]
        source = entry["download_info"]
        what = f" @ {source['url']}" if entry["is_direct"] else f"=={entry['metadata']['version']}"
        lock.append(f"{name}{what} --hash=sha256:{source['archive_info']['hashes']['sha256']}\n")
    return "".join(sorted(lock))
