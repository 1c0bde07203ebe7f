"""Read the environment variables of the server."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubeflower import flower_app, run_spec
from kubeflower.run_spec import RunSpec
from kubeflower.token_verifier import TokenVerifier


@dataclass(frozen=True)
class Settings:
    """The server's settings, as its environment gives them."""

    run: str
    """Id of the run."""
    spec: RunSpec
    """Settings of the run."""
    run_config: dict[str, Any]
    """The app's run config with the values of the stack and of the user."""
    data: str
    """Folder of the server's volume."""
    app: str
    """Folder of the Flower app."""
    port: int
    """Port of the clients' streams."""
    certificate: Path | None
    """Folder of tls.crt and tls.key; None: the stream is plain text."""
    identity: TokenVerifier | None
    """Verifies the clients' tokens; None accepts every client."""
    image: str | None
    """Image that clients must run; None accepts any."""
    origin: dict[str, Any] | None = None
    """Where the stack had the run from, for its record; None: nobody has said."""
    keep_runs: int | None = None
    """Completed runs that the volume keeps, 1 or more; None: all."""
    storage: int | None = None
    """Bytes that the volume's claim asks for; None: nobody has said."""
    probe: str | None = None
    """`host:port` of the status port, which no policy lets clients reach; None: not known."""


def status_port() -> int:
    """Return the port of /status. It is served even when the other settings are invalid."""
    return int(os.environ.get("KUBEFLOWER_STATUS_PORT", "8081"))


def data_folder(env: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of the server's volume."""
    return Path(env.get("KUBEFLOWER_DATA", "/var/lib/kubeflower"))


def from_environment(env: Mapping[str, str] = os.environ) -> Settings:
    """Read KUBEFLOWER_*.

    Raises:
        ValueError: a value is missing or wrong; the text is the sentence for users.
    """
    run = env.get("KUBEFLOWER_RUN", "")
    if not run or "/" in run or run.startswith("."):
        raise ValueError(_wrong("RUN", run, "a run id such as ab12cd34ef56"))
    spec = run_spec.parse(env.get(run_spec.VARIABLE))
    app = env.get("KUBEFLOWER_APP", "/app")
    return Settings(
        run=run,
        spec=spec,
        run_config=_run_config(app, spec),
        data=str(data_folder(env)),
        app=app,
        port=_number(env, "PORT", "8080"),
        certificate=_path(env, "TLS_FOLDER"),
        identity=_identity(env),
        image=env.get("KUBEFLOWER_IMAGE"),
        origin=_origin(env),
        keep_runs=_optional(env, "KEEP_RUNS"),
        storage=_optional(env, "STORAGE"),
        probe=_probe(env.get("KUBEFLOWER_POD_IP")),
    )


def _run_config(app: str, spec: RunSpec) -> dict[str, Any]:
    stack = {
        "num-server-rounds": spec.rounds,
        "min-nodes": spec.min,
        "clients": spec.clients,
        "seed": spec.seed,
    }
    return flower_app.run_config(app, spec.run_config, stack)


def _path(env: Mapping[str, str], name: str) -> Path | None:
    text = env.get(f"KUBEFLOWER_{name}")
    return Path(text) if text else None


def _identity(env: Mapping[str, str]) -> TokenVerifier | None:
    keys = _path(env, "KEYS_FILE")
    if keys is None:
        return None
    return TokenVerifier(keys, env["KUBEFLOWER_NAMESPACE"], env["KUBEFLOWER_CLIENT_NAME"])


def _origin(env: Mapping[str, str]) -> dict[str, Any] | None:
    """Read KUBEFLOWER_ORIGIN; None if it is missing or no JSON object: only the record lacks it."""
    try:
        value = json.loads(env.get("KUBEFLOWER_ORIGIN", ""))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _optional(env: Mapping[str, str], name: str) -> int | None:
    return _number(env, name, "") if env.get(f"KUBEFLOWER_{name}") else None


def metrics_token(env: Mapping[str, str] = os.environ) -> str | None:
    """Read the token for /metrics; None while there is none: `monitoring` makes one at any time."""
    file = _path(env, "METRICS_TOKEN_FILE")
    try:
        return file.read_text().strip() or None if file else None
    except OSError:
        return None


def _probe(host: str | None) -> str | None:
    if not host:
        return None
    return f"[{host}]:{status_port()}" if ":" in host else f"{host}:{status_port()}"


def _number(env: Mapping[str, str], name: str, default: str) -> int:
    text = env.get(f"KUBEFLOWER_{name}", default)
    try:
        return int(text)
    except ValueError:
        raise ValueError(_wrong(name, text, "a whole number")) from None


def _wrong(name: str, value: str, allowed: str) -> str:
    return (
        f"KUBEFLOWER_{name} is {value!r} — allowed: {allowed} — correct the stack's configuration"
    )
