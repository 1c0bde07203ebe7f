"""The instructions that numerical libraries use: kubeflower/arithmetic.py."""

from pathlib import Path

import pytest

from kubeflower import arithmetic


@pytest.fixture
def cpu(tmp_path: Path) -> Path:
    """The kernel's description of a CPU with AVX2."""
    file = tmp_path / "cpuinfo"
    file.write_text("processor : 0\nflags\t\t: fpu sse2 fma avx2 avx512f\nbugs\t: a\n")
    return file


def test_libraries_are_kept_to_avx2_unless_a_variable_says_otherwise(cpu: Path) -> None:
    environment = {"ONEDNN_MAX_CPU_ISA": "SSE41"}
    arithmetic.fix(environment, cpu)
    assert environment == {**arithmetic.PORTABLE, "ONEDNN_MAX_CPU_ISA": "SSE41"}
    assert arithmetic.used(environment) == "native"
    assert arithmetic.used(arithmetic.PORTABLE) == "portable"


def test_native_arithmetic_sets_nothing(cpu: Path) -> None:
    environment = {arithmetic.VARIABLE: "native"}
    arithmetic.fix(environment, cpu)
    assert environment == {arithmetic.VARIABLE: "native"}
    assert arithmetic.used(environment) == "native"


@pytest.mark.parametrize("flags", ["flags : fpu sse2 avx", "flags : avx2", "Features : neon", ""])
def test_a_machine_without_avx2_keeps_what_it_has(cpu: Path, flags: str) -> None:
    cpu.write_text(flags)
    environment: dict[str, str] = {}
    arithmetic.fix(environment, cpu)
    arithmetic.fix(environment, cpu.with_name("gone"))
    assert environment == {}
