"""Ports of this machine's loopback network."""

import socket


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def reserved_port() -> socket.socket:
    """Reserve a free port of loopback until the socket is closed.

    Nobody else gets the port meanwhile. A server that is given its number can listen on it.
    """
    reserved = socket.socket()
    reserved.bind(("127.0.0.1", 0))
    # After the bind: with it the kernel might choose a port that another socket has reserved.
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return reserved
