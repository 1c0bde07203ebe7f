"""Read a Flower app's folder: its components and its run config."""

import importlib
import sys
import tomllib
from pathlib import Path
from typing import Any


def load(folder: str, component: str) -> Any:
    """Import the app's ServerApp or ClientApp; the folder is put on Python's path.

    Args:
        folder: Folder of the app's pyproject.toml.
        component: `serverapp` or `clientapp`, a key of [tool.flwr.app.components].

    Raises:
        ValueError: the folder holds no Flower app.
    """
    if folder not in sys.path:
        sys.path.insert(0, folder)
    module, _, name = _app_table(folder)["components"][component].partition(":")
    return getattr(importlib.import_module(module), name)


def run_config(folder: str, own: dict[str, Any], stack: dict[str, Any]) -> dict[str, Any]:
    """Merge the run config: the app's defaults, then the stack's values, then the user's.

    Args:
        folder: Folder of the app's pyproject.toml, whose [tool.flwr.app.config] has the defaults.
        own: The user's values; each key must have a default.
        stack: The stack's values; keys without a default are left out.

    Raises:
        ValueError: `own` has an unknown key, or the folder holds no Flower app.
    """
    config = dict(_app_table(folder).get("config", {}))
    unknown = sorted(set(own) - set(config))
    if unknown:
        raise ValueError(
            f"run config has unknown key {', '.join(unknown)} — known: {', '.join(sorted(config))} "
            "— correct it in runConfig or declare it in the app's [tool.flwr.app.config]"
        )
    return {**config, **{k: v for k, v in stack.items() if k in config}, **own}


def _app_table(folder: str) -> dict[str, Any]:
    """Read the table [tool.flwr.app] of the app's pyproject.toml."""
    file = Path(folder) / "pyproject.toml"
    try:
        table: dict[str, Any] = tomllib.loads(file.read_text())
        app: dict[str, Any] = table["tool"]["flwr"]["app"]
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise ValueError(
            f"{file} is no Flower app's ({type(error).__name__}: {error}) — needed: a "
            "[tool.flwr.app] table — set `app` to the folder of a Flower app"
        ) from None
    return app
