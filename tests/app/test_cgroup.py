"""kubeflower/cgroup.py, on files as the kernel writes them."""

from pathlib import Path

import pytest

from kubeflower import cgroup


def test_version_2_says_the_limit_and_the_kills(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("268435456\n")
    (tmp_path / "memory.events").write_text("low 0\nhigh 0\nmax 9\noom 2\noom_kill 1\n")
    assert cgroup.memory_limit(str(tmp_path)) == 256 << 20
    assert cgroup.memory_kills(str(tmp_path)) == 1


def test_version_1_says_the_limit_and_the_kills(tmp_path: Path) -> None:
    folder = tmp_path / "memory"
    folder.mkdir()
    (folder / "memory.limit_in_bytes").write_text("268435456\n")
    (folder / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 3\n")
    assert cgroup.memory_limit(str(tmp_path)) == 256 << 20
    assert cgroup.memory_kills(str(tmp_path)) == 3


@pytest.mark.parametrize(
    ("file", "text"),
    [("memory.max", "max\n"), ("memory/memory.limit_in_bytes", "9223372036854771712\n")],
)
def test_an_unlimited_group_has_no_limit(tmp_path: Path, file: str, text: str) -> None:
    (tmp_path / "memory").mkdir()
    (tmp_path / file).write_text(text)
    assert cgroup.memory_limit(str(tmp_path)) is None


def test_without_a_group_there_is_no_limit_and_nothing_was_killed(tmp_path: Path) -> None:
    assert cgroup.memory_limit(str(tmp_path)) is None
    assert cgroup.memory_kills(str(tmp_path)) == 0


@pytest.mark.parametrize(
    ("size", "text"),
    [(256 << 20, "256Mi"), (1 << 30, "1Gi"), (1536 << 20, "1536Mi"), (1000, "1000"), (0, "0")],
)
def test_bytes_are_written_as_kubernetes_writes_them(size: int, text: str) -> None:
    assert cgroup.quantity(size) == text
