"""Installing an app's dependencies from a registry that is a folder: app/dependencies.py."""

import hashlib
import sys
import zipfile
from pathlib import Path

import pytest

import dependencies

IMAGE = {"flwr": "1.42.0", "numpy": "2.2.4", "torch": "2.6.0+debian"}
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


def install(folder: Path, *wanted: str, lock: str | None = None) -> Path:
    """Install the dependencies; returns the folder of the packages."""
    (folder / "wanted").mkdir()
    (folder / "wanted" / "dependencies.txt").write_text("\n".join(wanted))
    if lock is not None:
        (folder / "wanted" / "requirements.lock").write_text(lock)
    dependencies.main(folder / "wanted", folder / "root", IMAGE, folder / "debian")
    return folder / "root"


def installed(root: Path) -> dict[str, str]:
    """Return the versions of the packages below a root."""
    return dependencies.versions(next(root.rglob("dist-packages"), root))


def refusal(folder: Path, *wanted: str, lock: str | None = None) -> str:
    with pytest.raises(dependencies.Refused) as refused:
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
    assert (root / dependencies.LOCK).read_text() == another + one


def test_a_lock_is_installed_exactly(tmp_path: Path, registry: Registry) -> None:
    one = registry.wheel("onlyone", "1.0")
    registry.wheel("onlyone", "1.1")
    lock = "# made by hand\nnumpy==2.2.4 \\\n    --hash=sha256:00\n" + one
    root = install(tmp_path, "numpy", "onlyone>=1", lock=lock)
    assert installed(root) == {"onlyone": "1.0"}
    assert (root / dependencies.LOCK).read_text() == one


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


def test_another_version_than_the_image_s_is_refused_all_at_once(
    tmp_path: Path, registry: Registry
) -> None:
    assert refusal(tmp_path, "flwr[simulation]>=1.50", "numpy", "torch==2.8.0", "onlyone") == (
        "the app asks for flwr[simulation]>=1.50, the image has flwr 1.42.0; the app asks for "
        "torch==2.8.0, the image has torch 2.6.0+debian — allowed: what that satisfies — correct "
        f"{PROJECT}"
    )


def test_a_package_that_needs_another_version_than_the_image_s_is_refused(
    tmp_path: Path, registry: Registry
) -> None:
    registry.wheel("onlyone", "1.0", "numpy<2")
    assert refusal(tmp_path, "onlyone") == (
        "the app's dependencies do not go together: onlyone 1.0 depends on numpy<2; the image has "
        f"numpy==2.2.4 — allowed: versions that do — correct {PROJECT}"
    )


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
    assert dependencies.reason("", said) == f"the app's dependencies cannot be installed: {said}"


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
