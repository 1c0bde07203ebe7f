"""Both ends of the stream's TLS, from a folder that the pod has mounted."""

from pathlib import Path
from typing import Any

import grpc

from kubeflower import framing


def listen(server: grpc.Server, port: int, folder: Path | None) -> None:
    """Have the server listen, by `tls.crt` and `tls.key` in the folder; in plain text without one.

    Raises:
        OSError: a file is missing.
        RuntimeError: the port is taken.
    """
    address = f"0.0.0.0:{port}"
    if folder is None:
        server.add_insecure_port(address)
        return
    pair = (folder / "tls.key").read_bytes(), (folder / "tls.crt").read_bytes()
    server.add_secure_port(address, grpc.ssl_server_credentials([pair]))


def dial(server: str, folder: Path | None) -> grpc.Channel:
    """A channel to `host:port`; by `ca.crt` in the folder it must prove to be that host.

    Raises:
        OSError: the file is missing.
    """
    options: list[tuple[str, Any]] = framing.OPTIONS
    if folder is None:
        return grpc.insecure_channel(server, options)
    credentials = grpc.ssl_channel_credentials((folder / "ca.crt").read_bytes())
    return grpc.secure_channel(server, credentials, options)
