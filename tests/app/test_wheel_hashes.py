"""The image's lock files, and the program that writes their hashes: dev/python/wheel_hashes.py."""

from pathlib import Path

import pytest

from wheel_hashes import LOCKS, Tag, Wheel, entry, lacking, pins, tags, usable

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("lock", LOCKS)
def test_each_package_has_a_wheel_for_each_python_and_architecture(lock: str) -> None:
    text = (PROJECT / lock).read_text()
    found = tags(text)
    assert list(found) == [name for name, _ in pins(text)]
    assert {name: lacking(wheels, LOCKS[lock]) for name, wheels in found.items()} == {
        name: [] for name in found
    }
    assert text.count("--hash=sha256:") == sum(map(len, found.values()))


@pytest.mark.parametrize(
    ("tag", "minor", "architecture", "fits"),
    [
        ("py3-none-any", 13, "aarch64", True),
        ("py2.py3-none-any", 11, "x86_64", True),
        ("py2-none-any", 11, "x86_64", False),
        ("py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64", 14, "aarch64", True),
        ("py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64", 14, "x86_64", False),
        ("py3-none-musllinux_1_2_x86_64", 13, "x86_64", False),
        ("py3-none-macosx_11_0_arm64", 13, "aarch64", False),
        ("cp313-cp313-manylinux_2_28_x86_64", 13, "x86_64", True),
        ("cp313-cp313-manylinux_2_28_x86_64", 12, "x86_64", False),
        ("cp313-cp313t-manylinux_2_28_x86_64", 13, "x86_64", False),
        ("cp311-abi3-manylinux_2_28_x86_64", 14, "x86_64", True),
        ("cp312-abi3-manylinux_2_28_x86_64", 11, "x86_64", False),
    ],
)
def test_a_tag_fits_pythons_and_architectures(
    tag: str, minor: int, architecture: str, fits: bool
) -> None:
    assert Tag.of(tag).fits(minor, architecture) is fits


def test_a_package_gets_the_hashes_of_all_its_usable_wheels() -> None:
    names = {
        "some_pack-1.2-cp313-cp313-manylinux_2_28_x86_64.whl": "c",
        "some_pack-1.2-cp313-cp313-manylinux_2_28_aarch64.whl": "b",
        "some_pack-1.2-cp313-cp313-win_amd64.whl": "d",
        "some_pack-1.2.tar.gz": "e",
        "some_pack-1.20-py3-none-any.whl": "f",
    }
    files: list[dict[str, object]] = [
        {"filename": name, "hashes": {"sha256": sha256}} for name, sha256 in names.items()
    ]
    wheels = usable(files, "some-pack", "1.2")
    assert entry("some-pack", "1.2", wheels) == (
        "some-pack==1.2 \\\n    --hash=sha256:b \\\n    --hash=sha256:c\n"
        "    # cp313-cp313-manylinux_2_28_aarch64\n    # cp313-cp313-manylinux_2_28_x86_64\n"
    )
    assert tags(entry("some-pack", "1.2", wheels)) == {"some-pack": [w.tag for w in wheels]}
    assert lacking([Wheel(Tag.of("py3-none-any"), "a").tag], (13,)) == []
    assert lacking([wheel.tag for wheel in wheels], (12, 13)) == [
        "Python 3.12 on x86_64",
        "Python 3.12 on aarch64",
    ]
