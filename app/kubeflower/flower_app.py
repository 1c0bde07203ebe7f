"""The Flower app's folder: its components and its run config."""

import importlib
import json
import sys
import tomllib
from pathlib import Path
from typing import Any


def _app_table(folder: str) -> dict[str, Any]:
    file = Path(folder) / "pyproject.toml"
    try:
        table: dict[str, Any] = tomllib.loads(file.read_text())
        app: dict[str, Any] = table["tool"]["flwr"]["app"]
    except (OSError, tomllib.TOMLDecodeError, KeyError) as fault:
        raise ValueError(
            f"{file} is no Flower app's ({type(fault).__name__}: {fault}) — needed: a "
            "[tool.flwr.app] table — set `app` to the folder of a Flower app"
        ) from None
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


def parse(name: str, text: str) -> dict[str, Any]:
    """A JSON object from environment variable `name`."""
    try:
        value = json.loads(text or "{}")
    except json.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise ValueError(f"{name} is {text!r} — allowed: a JSON object — correct runConfig")
    return value
