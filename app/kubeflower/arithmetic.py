"""The instructions that numerical libraries use: they decide how sums are rounded.

Each library chooses its code by the machine's CPU when it is loaded, so a run has had a model for
each kind of CPU. Small, as the first process of a container uses it.
"""

from collections.abc import Mapping, MutableMapping
from pathlib import Path

VARIABLE = "KUBEFLOWER_ARITHMETIC"
"""Value `native`: each library uses all instructions that the machine has."""

PORTABLE = {
    "ATEN_CPU_CAPABILITY": "avx2",  # torch's own loops
    "ONEDNN_MAX_CPU_ISA": "AVX2",  # its convolutions
    "BLIS_ARCH_TYPE": "haswell",  # Debian's BLAS
    "OPENBLAS_CORETYPE": "Haswell",  # the BLAS of numpy and scipy from PyPI
    "MKL_CBWR": "AVX2",  # the BLAS of torch from PyPI
    "FBGEMM_ENABLE_INSTRUCTIONS": "AVX2",  # torch's quantised sums
    "NPY_DISABLE_CPU_FEATURES": (
        "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR"
    ),
}
"""Variables that keep libraries to what every x86-64 machine with AVX2 has, since 2013 or 2015."""


def fix(environment: MutableMapping[str, str], cpu: Path = Path("/proc/cpuinfo")) -> None:
    """Set the variables of PORTABLE, for processes that are started afterwards.

    A variable that is set already stays. Nothing is set for `native` arithmetic, and on a machine
    without AVX2, where the libraries would end by SIGILL.
    """
    if environment.get(VARIABLE) == "native" or not _has_avx2(cpu):
        return
    for name, value in PORTABLE.items():
        environment.setdefault(name, value)


def used(environment: Mapping[str, str]) -> str:
    """Return `portable` if `fix` has set the variables, else `native`."""
    fixed = all(environment.get(name) == value for name, value in PORTABLE.items())
    return "portable" if fixed else "native"


def _has_avx2(cpu: Path) -> bool:
    try:
        lines = cpu.read_text().splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.startswith("flags")), "").split()
    return {"avx2", "fma"} <= set(flags)
