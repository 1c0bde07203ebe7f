"""Read requirements as pip, uv, Poetry and Rye write them."""

import re
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

Versions = dict[str, str]
"""Versions of packages, by normalised name."""
Lines = dict[str, Requirement]
"""Lines of a requirements file, hashes included, and their requirements."""

PROJECT = "`dependencies` in the app's pyproject.toml"

_OPTION = re.compile(
    r"(-i|--index-url|--extra-index-url|-f|--find-links|--trusted-host|--pre|--prefer-binary"
    r"|--no-binary|--only-binary|--no-index)\b"
)
"""Options that choose where packages come from; they are passed on to pip."""
_THE_APP = re.compile(r"(-e |--editable[ =])?\s*(file:(//)?)?\.(\[[\w,-]*\])?$")
"""The app itself, which is in the image already."""


class Refused(Exception):
    """The dependencies cannot be installed; the text says why, what is allowed, and the remedy."""


class Conflict(Refused):
    """The dependencies do not go together with each other or with the image's packages."""


@dataclass(frozen=True)
class Requirements:
    """The content of a requirements file, without lines for other platforms."""

    lines: Lines
    options: list[str]
    """Lines for pip's choice of registries."""


def parse(text: str, where: str) -> Requirements:
    """Parse a requirements file.

    Args:
        text: The file's content.
        where: The file's name, for error messages.

    Raises:
        Refused: a line cannot be installed in an image.
    """
    lines: Lines = {}
    options = []
    for line in text.replace("\\\n", " ").splitlines():
        line = re.sub(r"(^|\s)#.*", "", line).strip()
        if not line or line == "--require-hashes" or _THE_APP.match(line):
            continue
        if _OPTION.match(line):
            options.append(line)
            continue
        requirement = _requirement(line, where)
        if requirement.marker is None or requirement.marker.evaluate():
            lines[line] = requirement
    return Requirements(lines, options)


def _requirement(line: str, where: str) -> Requirement:
    """Parse one line.

    Raises:
        Refused: it is no requirement, or of a package that an image's build cannot reach.
    """
    if reason := _unreachable(line):
        name = canonicalize_name(re.split(r"[\s@\[]", line, maxsplit=1)[0])
        remedy = "name a version in a registry, or put the package into the app's folder"
        if name == "flwr":
            remedy = "write flwr>=1.25: the image has its own"
        raise Refused(f"{where}: {line!r} {reason} — allowed: versions, links to wheels — {remedy}")
    try:
        return Requirement(re.split(r"\s--hash", line, maxsplit=1)[0])
    except InvalidRequirement:
        raise Refused(
            f"{where}: {line!r} is no requirement — allowed: such as numpy>=2.0 — correct it"
        ) from None


def _unreachable(line: str) -> str | None:
    """Say why a package cannot be reached from an image's build; None if it can."""
    if re.match(r"(-r|--requirement|-c|--constraint)\b", line):
        return "names another file, which is not in the build"
    _, _, place = line.partition("@")
    place = re.sub(r"^(-e|--editable)[ =]\s*", "", line if " @ " not in line else place).strip()
    if "{" in place:
        return "is a template of hatch, which only its author's folders can fill in"
    if re.match(r"(git|hg|svn|bzr)\+", place):
        return "comes from a version control system, which is not in the build"
    if re.match(r"(file:|\.{0,2}/|\.\.?$|[A-Za-z]:\\)", place):
        return "is a path, which is not in the build"
    return None


def satisfies(version: str, requirement: Requirement) -> bool:
    """Return whether the requirement allows the version."""
    return not requirement.url and requirement.specifier.contains(version, prereleases=True)


def pins(lines: Lines) -> Versions:
    """Return the versions that lines of a lock file name."""
    return {
        canonicalize_name(requirement.name): str(requirement.specifier).strip("=")
        for requirement in lines.values()
    }
