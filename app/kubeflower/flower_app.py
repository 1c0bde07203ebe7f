"""The Flower app's folder: its components and its run config."""

import importlib
import json
import sys
import tomllib
from pathlib import Path
from typing import Any


def _app_table(folder: str) -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((Path(folder) / "pyproject.toml").read_text())
    app: dict[str, Any] = table["tool"]["flwr"]["app"]
    return app


def load(folder: str, component: str) -> Any:
    """Import `serverapp` or `clientapp` as [tool.flwr.app.components] names it."""
    if folder not in sys.path:
        sys.path.insert(0, folder)
    module, _, name = _app_table(folder)["components"][component].partition(":")
    return getattr(importlib.import_module(module), name)


def run_config(folder: str, own: dict[str, Any], stack: dict[str, Any]) -> dict[str, Any]:
    """The app's run config, over it the stack's values (declared keys only) and the user's own."""
    config = dict(_app_table(folder).get("config", {}))
    unknown = sorted(set(own) - set(config))
    if unknown:
        raise ValueError(
            f"run config has unknown key {', '.join(unknown)} — known: {', '.join(sorted(config))} "
            "— correct it in runConfig or declare it in the app's [tool.flwr.app.config]"
        )
    return {**config, **{k: v for k, v in stack.items() if k in config}, **own}


def parse(text: str) -> dict[str, Any]:
    """A JSON object from an environment variable."""
    value: dict[str, Any] = json.loads(text or "{}")
    return value
