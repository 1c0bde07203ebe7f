"""Installing an app's dependencies from a registry that is a folder: app/dependencies."""

import hashlib
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from dependencies import install as installation
from dependencies.pip import reason
from dependencies.requirements import Refused, parse

IMAGE = {"flwr": "1.42.0", "numpy": "2.2.4", "torch": "2.6.0+debian"}
GREENLET = {**IMAGE, "greenlet": "3.5.6"}
"""With a package that the engine does not import."""
PROJECT = "`dependencies` in the app's pyproject.toml"


class Registry:
    """A folder of wheels, the only source of pip."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "registry"
        self.folder.mkdir()

    def wheel(self, name: str, version: str, *needs: str) -> str:
        """Add a package of one module; returns its line of a lock file."""
        path = self.folder / f"{name}-{version}-py3-none-any.whl"
        info = f"{name}-{version}.dist-info"
        wanted = "".join(f"Requires-Dist: {need}\n" for need in needs)
        with zipfile.ZipFile(path, "w") as wheel:
            wheel.writestr(f"{name}.py", f"VERSION = {version!r}\n")
            wheel.writestr(
                f"{info}/METADATA",
                f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{wanted}",
            )
            wheel.writestr(
                f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            wheel.writestr(f"{info}/RECORD", "")
        return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "registry"))
    return Registry(tmp_path)


def install(folder: Path, *wanted: str, lock: str | None = None, **options: Any) -> Path:
    """Install the dependencies; returns the folder of the packages."""
    (folder / "wanted").mkdir()
    (folder / "wanted" / "project.json").write_text(json.dumps({"dependencies": wanted}))
    if lock is not None:
        (folder / "wanted" / "requirements.lock").write_text(lock)
    image = options.pop("image", IMAGE)
    installation.main(folder / "wanted", folder / "root", image, folder / "debian", **options)
    return folder / "root"


def installed(root: Path) -> dict[str, str]:
    """Return the versions of the packages below a root."""
    return installation.versions(next(root.rglob("dist-packages"), root))


def refusal(folder: Path, *wanted: str, lock: str | None = None) -> str:
    with pytest.raises(Refused) as refused:
        install(folder, *wanted, lock=lock)
    return str(refused.value)


def test_nothing_is_installed_for_an_app_that_the_image_satisfies(
    tmp_path: Path, registry: Registry
) -> None:
    root = install(
        tmp_path,
        "flwr[simulation]>=1.25.0",
        "numpy>=2.0.2",
        "torch==2.6.0",
        'x; python_version<"3"',
    )
    assert list(root.iterdir()) == []


def test_missing_packages_are_installed_with_their_dependencies_and_a_lock(
    tmp_path: Path, registry: Registry
) -> None:
    one = registry.wheel("onlyone", "1.0")
    registry.wheel("another", "1.0", "onlyone<3", "numpy>=2")
    another = registry.wheel("another", "2.0", "onlyone<3", "numpy>=2")
    root = install(tmp_path, "flwr>=1.25", "Another")
    assert installed(root) == {"another": "2.0", "onlyone": "1.0"}
    assert (root / installation.LOCK).read_text() == another + one


def test_a_lock_is_installed_exactly(tmp_path: Path, registry: Registry) -> None:
    one = registry.wheel("onlyone", "1.0")
    registry.wheel("onlyone", "1.1")
    lock = "# made by hand\nnumpy==2.2.4 \\\n    --hash=sha256:00\n" + one
    root = install(tmp_path, "numpy", "onlyone>=1", lock=lock)
    assert installed(root) == {"onlyone": "1.0"}
    assert (root / installation.LOCK).read_text() == one


def test_a_lock_with_another_hash_than_the_registry_s_is_refused(
    tmp_path: Path, registry: Registry
) -> None:
    registry.wheel("onlyone", "1.0")
    said = refusal(tmp_path, "onlyone", lock=f"onlyone==1.0 --hash=sha256:{'0' * 64}")
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in said


def test_a_lock_that_lacks_something_is_refused(tmp_path: Path, registry: Registry) -> None:
    said = refusal(tmp_path, "onlyone>=2", lock=registry.wheel("onlyone", "1.0"))
    assert said == (
        "the app asks for onlyone>=2, its requirements.lock has 1.0 — allowed: a lock of all "
        f"{PROJECT} — make it again or remove it"
    )


def test_another_flwr_than_the_engine_s_is_refused(tmp_path: Path, registry: Registry) -> None:
    assert refusal(tmp_path, "flwr[simulation]>=1.50", "numpy", "onlyone") == (
        "the app asks for flwr[simulation]>=1.50, the image has flwr 1.42.0 — allowed: what that "
        f"satisfies — correct {PROJECT}"
    )


def test_what_the_app_pins_comes_before_the_image_s_version(
    tmp_path: Path, registry: Registry
) -> None:
    pinned = registry.wheel("greenlet", "3.0")
    root = install(tmp_path, "greenlet==3.0", "flwr[simulation]>=1.25", image=GREENLET)
    assert [path.name for path in (root / installation.OWN).glob("*.py")] == ["greenlet.py"]
    assert (root / installation.LOCK).read_text() == pinned


def test_a_package_that_needs_another_version_than_the_image_s_gets_it(
    tmp_path: Path, registry: Registry
) -> None:
    registry.wheel("greenlet", "3.0")
    registry.wheel("onlyone", "1.0", "greenlet<3.1")
    root = install(tmp_path, "onlyone", image=GREENLET)
    assert installation.versions(root / installation.OWN) == {"greenlet": "3.0", "onlyone": "1.0"}


def test_a_lock_with_another_version_than_the_image_s_is_installed_exactly(
    tmp_path: Path, registry: Registry
) -> None:
    registry.wheel("greenlet", "3.0")
    lock = "# made by rye\n-e file:.\n--extra-index-url https://127.0.0.1:9\ngreenlet==3.0\n"
    root = install(tmp_path, "greenlet", image=GREENLET, lock=lock)
    assert installation.versions(root / installation.OWN) == {"greenlet": "3.0"}
    written = (root / installation.LOCK).read_text()
    assert written == "--extra-index-url https://127.0.0.1:9\ngreenlet==3.0\n"


def test_packages_with_which_the_engine_does_not_work_are_refused(
    tmp_path: Path, registry: Registry
) -> None:
    registry.wheel("numpy", "2.0.1")
    assert refusal(tmp_path, "numpy==2.0.1") == (
        "the engine does not work with the app's packages: ModuleNotFoundError: No module named "
        "'numpy.typing'; 'numpy' is not a package — allowed: versions that flwr works with — "
        f"correct {PROJECT}"
    )


def test_versions_that_no_release_of_the_image_s_flwr_allows_are_refused(
    tmp_path: Path, registry: Registry
) -> None:
    registry.wheel("onlyone", "1.0", "numpy<1")
    assert refusal(tmp_path, "onlyone") == (
        "the app's dependencies do not go together: flwr 1.42.0 depends on numpy<3.0.0 and "
        f">=1.26.0; onlyone 1.0 depends on numpy<1 — allowed: versions that do — correct {PROJECT}"
    )


UNREACHABLE = "allowed: versions, links to wheels"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("tool @ git+https://example.org/tool.git@v1", "comes from a version control system"),
        ("tool @ file:///home/me/tool", "is a path"),
        ("../tool", "is a path"),
        ("-e ./lib/tool", "is a path"),
        ("-r other.txt", "names another file"),
        ("tool @ {root:parent:uri}/tool", "is a template of hatch"),
    ],
)
def test_what_is_not_in_the_build_is_refused_in_one_sentence(line: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(line, PROJECT)
    assert str(refused.value).startswith(f"{PROJECT}: {line!r} {reason}")
    assert str(refused.value).endswith(
        f" — {UNREACHABLE} — name a version in a registry, or put the package into the app's folder"
    )


def test_flwr_from_a_path_of_its_authors_is_told_to_be_the_image_s() -> None:
    with pytest.raises(Refused, match=r"write flwr>=1\.25: the image has its own$"):
        parse("flwr @ {root:parent:parent:uri}/framework/py", PROJECT)


def test_lines_as_pip_uv_poetry_and_rye_write_them_are_read() -> None:
    text = """# generated by rye
    --index-url https://pypi.org/simple
    -e file:.
    -e .
    .
    numpy==2.2.4 \\
        --hash=sha256:00 \\
        --hash=sha256:11
        # via flwr
    torch==2.6.0 ; python_version >= "3.9" --hash=sha256:22
    pywin32==300 ; sys_platform == "win32"
    https-tool @ https://example.org/tool-1.0-py3-none-any.whl
    """
    read = parse(text, "lock")
    assert [requirement.name for requirement in read.lines.values()] == [
        *("numpy", "torch", "https-tool"),
    ]
    assert read.options == ["--index-url https://pypi.org/simple"]


def test_dependencies_that_only_a_build_backend_knows_need_a_lock(
    tmp_path: Path, registry: Registry
) -> None:
    (tmp_path / "wanted").mkdir()
    (tmp_path / "wanted" / "project.json").write_text('{"dynamic": ["dependencies"]}')
    with pytest.raises(Refused, match=r"are dynamic: a build backend .* `uv export` or `poetry"):
        installation.main(tmp_path / "wanted", tmp_path / "root", IMAGE)
    (tmp_path / "wanted" / "requirements.lock").write_text("numpy>=2\n")
    installation.main(tmp_path / "wanted", tmp_path / "root", IMAGE)
    assert list((tmp_path / "root").iterdir()) == []


def test_a_package_that_the_registry_lacks_is_named(tmp_path: Path, registry: Registry) -> None:
    assert refusal(tmp_path, "no-such-package>=2") == (
        "the app needs no-such-package>=2, which the package registry lacks — allowed: packages "
        f"that it has — correct {PROJECT}"
    )


def test_a_version_that_the_registry_lacks_is_named_with_those_it_has(
    tmp_path: Path, registry: Registry
) -> None:
    registry.wheel("onlyone", "1.0")
    registry.wheel("onlyone", "1.1")
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert refusal(tmp_path, "onlyone>=2") == (
        "the app needs onlyone>=2, which the package registry lacks — allowed: what it has for "
        f"Python {python}, 1.0, 1.1 — correct {PROJECT}"
    )


def test_a_registry_that_is_not_reached_is_not_said_to_lack_a_package() -> None:
    said = (
        "WARNING: Retrying (Retry(total=0)) after connection broken\n"
        "ERROR: Could not find a version that satisfies the requirement numpy (from versions: none)"
    )
    assert reason("", said) == f"the app's dependencies cannot be installed: {said}"


def test_a_line_that_is_no_requirement_is_refused(tmp_path: Path, registry: Registry) -> None:
    assert refusal(tmp_path, "numpy => 2") == (
        f"{PROJECT}: 'numpy => 2' is no requirement — allowed: such as numpy>=2.0 — correct it"
    )


def test_a_package_that_debian_has_is_debian_s_however_it_is_asked_for(
    tmp_path: Path, registry: Registry
) -> None:
    registry.wheel("vision", "2.0", "onlyone")
    registry.wheel("vision", "1.0", "onlyone")
    registry.wheel("onlyone", "1.0")
    registry.wheel("models", "1.0", "vision")
    packages = tmp_path / "debian/usr/lib/python3/dist-packages"
    (packages / "vision-1.0.dist-info").mkdir(parents=True)
    (packages / "vision-1.0.dist-info/METADATA").write_text("Name: vision\nVersion: 1.0\n")
    (packages / "vision.py").write_text("DEBIAN = True\n")
    root = install(tmp_path, "models")
    assert (root / "usr/lib/python3/dist-packages/vision.py").read_text() == "DEBIAN = True\n"
    assert [p.name for p in root.rglob("*.py")].count("vision.py") == 1
    assert "onlyone.py" in [p.name for p in root.rglob("*.py")]


def test_over_a_base_of_the_user_s_own_all_goes_into_a_folder_of_its_own(
    tmp_path: Path, registry: Registry
) -> None:
    registry.wheel("onlyone", "1.0")
    root = install(tmp_path, "onlyone", apart=True)
    assert (root / installation.OWN / "onlyone.py").exists()
    assert not (root / "usr/local/lib").exists()
