"""Read a Flower app's folder: its components and its run config."""

import importlib
import sys
import tomllib
from collections.abc import Iterator
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
    reference = _app_table(folder).get("components", {}).get(component)
    if reference is None:
        raise ValueError(
            f'the app has no {component} — needed: {component} = "<module>:<name>" in its '
            "[tool.flwr.app.components] — add it, or set `app` to the folder of a Flower app"
        )
    module, _, name = reference.partition(":")
    return getattr(importlib.import_module(module), name)


def run_config(folder: str, own: dict[str, Any], stack: dict[str, Any]) -> dict[str, Any]:
    """Merge the run config: the app's defaults, then the stack's values, then the user's.

    Args:
        folder: Folder of the app's pyproject.toml, whose [tool.flwr.app.config] has the defaults.
        own: The user's values, flat; each key must have a default. A whole number becomes a float
            where the default is one: JSON does not tell 1.0 from 1.
        stack: The stack's values; keys without a whole number as default are left out.

    Raises:
        ValueError: `own` has an unknown key, or the folder holds no Flower app.
    """
    config = dict(_flat(_app_table(folder).get("config", {})))
    unknown = sorted(set(own) - set(config))
    if unknown:
        raise ValueError(
            f"run config has unknown key {', '.join(unknown)} — known: {', '.join(sorted(config))} "
            "— correct it in runConfig or declare it in the app's [tool.flwr.app.config]"
        )
    given = {k: v for k, v in stack.items() if type(config.get(k)) is int}
    for key, value in own.items():
        is_float = isinstance(config[key], float) and type(value) is int
        given[key] = float(value) if is_float else value
    return {**config, **given}


def _flat(table: dict[str, Any], above: str = "") -> Iterator[tuple[str, bool | float | int | str]]:
    """Flatten nested tables: keys are joined by dots.

    The source is `flwr.common.config.flatten_dict`, which imports 137 modules more.
    """
    for name, value in table.items():
        key = f"{above}.{name}" if above else name
        if isinstance(value, dict):
            yield from _flat(value, key)
        elif isinstance(value, bool | float | int | str):
            yield key, value
        else:
            raise ValueError(
                f"the app has the run config {key} = {value!r} — allowed: a text, number, boolean "
                "or table — correct it in the app's [tool.flwr.app.config]"
            )


def _app_table(folder: str) -> dict[str, Any]:
    """Read the table [tool.flwr.app] of the app's pyproject.toml."""
    file = Path(folder) / "pyproject.toml"
    try:
        table: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        app: dict[str, Any] = table["tool"]["flwr"]["app"]
        for own in (app.get("config", {}), app.get("components", {})):
            if not isinstance(own, dict):
                raise TypeError(f"{own!r} is no table")
    except (OSError, TypeError, tomllib.TOMLDecodeError, KeyError) as error:
        raise ValueError(
            f"{file} is no Flower app's ({type(error).__name__}: {error}) — needed: a "
            "[tool.flwr.app] table — set `app` to the folder of a Flower app"
        ) from None
    return app
