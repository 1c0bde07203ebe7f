"""TLS of both ends of the stream, with files of a folder that the pod mounts."""

from pathlib import Path
from typing import Any

import grpc

from kubeflower import grpc_options


def listen(server: grpc.Server, port: int, folder: Path | None) -> None:
    """Make the server listen on all interfaces.

    Args:
        server: The server.
        port: Port to listen on.
        folder: Folder of `tls.crt` and `tls.key`; None: plain text.

    Raises:
        OSError: a file is missing.
        RuntimeError: the port is in use.
    """
    address = f"0.0.0.0:{port}"
    if folder is None:
        server.add_insecure_port(address)
        return
    pair = (folder / "tls.key").read_bytes(), (folder / "tls.crt").read_bytes()
    server.add_secure_port(address, grpc.ssl_server_credentials([pair]))


def dial(server: str, folder: Path | None, host: str | None = None) -> grpc.Channel:
    """Open a channel to `server`, which must prove that it is `host`.

    Args:
        server: `host:port`, or another target of gRPC.
        folder: Folder of `ca.crt`, the authority that must have signed the server's certificate;
            None: plain text, and no proof.
        host: Name of the server; None: the host of `server`.

    Raises:
        OSError: the file is missing.
    """
    options: list[tuple[str, Any]] = [*grpc_options.OPTIONS]
    if host is not None:
        options.append(("grpc.default_authority", host))
    if folder is None:
        return grpc.insecure_channel(server, options)
    credentials = grpc.ssl_channel_credentials((folder / "ca.crt").read_bytes())
    return grpc.secure_channel(server, credentials, options)
