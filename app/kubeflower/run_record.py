"""The record of a run: everything that decides how it ends, so that it can be repeated."""

import platform
from importlib import metadata
from typing import Any

from kubeflower import run_spec
from kubeflower.clock import now
from kubeflower.settings import Settings

NAME = "run.json"
SCHEMA = 1
"""Version of the record's form: a number more when a key changes its meaning."""
PACKAGES = ("flwr", "numpy", "torch", "tensorflow", "jax", "scikit-learn", "xgboost")
"""Packages whose versions decide about the numbers; those that are not installed are left out."""


def run_record(config: Settings) -> dict[str, Any]:
    """Make the record of a run that starts now."""
    return {
        "schema_version": SCHEMA,
        "run": config.run,
        "started": now(),
        "spec": run_spec.document(config.spec),
        "runConfig": config.run_config,
        "origin": config.origin,
        "image": config.image,
        "versions": {"python": platform.python_version(), **_versions()},
        "machine": platform.machine(),
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
