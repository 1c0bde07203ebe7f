"""The way to registries that build arguments name: app/access.sh."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "app/access.sh"
SOURCES = "URIs: http://deb.debian.org/debian\nSuites: trixie trixie-updates\n"
SECURITY = "URIs: http://deb.debian.org/debian-security\nSuites: trixie-security\n"
OLDER = "deb http://security.debian.org/debian-security trixie-security main\n"


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """A folder /etc of Debian's, with two files of sources and a bundle of certificates."""
    etc = tmp_path / "etc"
    (etc / "apt/sources.list.d").mkdir(parents=True)
    (etc / "apt/sources.list").write_text(f"deb http://deb.debian.org/debian trixie main\n{OLDER}")
    (etc / "apt/sources.list.d/debian.sources").write_text(f"{SOURCES}\n{SECURITY}")
    (etc / "ssl/certs").mkdir(parents=True)
    (etc / "ssl/certs/ca-certificates.crt").write_text("THE WORLD\n")
    return etc


def access(etc: Path, **arguments: str) -> dict[str, str]:
    """Run the script; returns the files that it writes, by their paths."""
    folder = etc.parent / "access"
    environment = {"PATH": "/usr/bin:/bin", **arguments}
    subprocess.run(["sh", SCRIPT, folder, etc], env=environment, check=True)
    files = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): file.read_text() for file in files}


def test_without_arguments_programs_go_their_own_way(etc: Path) -> None:
    assert access(etc) == {"apt/apt.conf": "", "pip/pip.conf": "[global]\n", "pip/ca.crt": "\n"}
    assert access(etc, CA="", DEBIAN_MIRROR="", PIP_INDEX_URL="") == access(etc)


def test_pip_gets_its_registries(etc: Path) -> None:
    files = access(
        etc,
        PIP_INDEX_URL="https://me:50%25@mirror/simple",
        PIP_EXTRA_INDEX_URL="https://one/simple https://two/simple",
        PIP_TRUSTED_HOST="mirror",
    )
    assert files["pip/pip.conf"] == (
        "[global]\nindex-url = https://me:50%25@mirror/simple\n"
        "extra-index-url = https://one/simple https://two/simple\ntrusted-host = mirror\n"
    )


def test_apt_takes_all_its_packages_from_the_mirror(etc: Path) -> None:
    files = access(etc, DEBIAN_MIRROR="https://me:a&b#|c@mirror/debian")
    mirror = "https://me:a&b#|c@mirror/debian"
    assert files["apt/sources.list"] == (
        f"deb {mirror} trixie main\ndeb {mirror}-security trixie-security main\n"
    )
    assert files["apt/sources.list.d/debian.sources"] == (
        f"URIs: {mirror}\nSuites: trixie trixie-updates\n\n"
        f"URIs: {mirror}-security\nSuites: trixie-security\n"
    )
    assert files["apt/apt.conf"] == (
        'Dir::Etc { SourceList "/access/sources.list"; SourceParts "/access/sources.list.d"; };\n'
    )


def test_both_trust_a_company_s_authority_beside_the_others(etc: Path) -> None:
    files = access(etc, CA="THE COMPANY")
    assert files["pip/ca.crt"] == "THE COMPANY\n"
    assert files["apt/bundle.crt"].startswith("THE COMPANY\nTHE WORLD\n")
    assert files["pip/bundle.crt"] == files["apt/bundle.crt"]
    assert files["apt/apt.conf"] == 'Acquire::https::CAInfo "/access/bundle.crt";\n'
    assert files["pip/pip.conf"] == "[global]\ncert = /access/bundle.crt\n"


def test_a_base_without_any_certificates_trusts_the_company_s_alone(etc: Path) -> None:
    (etc / "ssl/certs/ca-certificates.crt").unlink()
    assert access(etc, CA="THE COMPANY")["apt/bundle.crt"].startswith("THE COMPANY\n")
