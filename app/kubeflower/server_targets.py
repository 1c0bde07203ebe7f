"""The ways in which a client dials the server."""

from collections.abc import Mapping

NAME_EVERY = 3
"""The server's name is dialled in every third attempt: DNS that does not answer takes seconds."""


class ServerTargets:
    """The address of the server's Service, which needs no DNS, and sometimes its name.

    A Service that is made anew has another address, and its name still leads to it.
    """

    def __init__(self, server: str, address: str | None = None) -> None:
        """Begin with the address.

        Args:
            server: Name and port, `host:port`; the server proves that it is this host.
            address: `ip:port` of the Service, an IPv6 address in brackets; None or empty: unknown.
        """
        self.host = server.rpartition(":")[0]
        """Name that the server must prove to have."""
        family = "ipv6" if address and address.startswith("[") else "ipv4"
        # With its family gRPC asks nobody for the address.
        self._targets = [f"{family}:{address}"] * (NAME_EVERY - 1) if address else []
        self._targets.append(server)

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> "ServerTargets":
        """Read KUBEFLOWER_SERVER and KUBEFLOWER_SERVER_ADDRESS."""
        return cls(env["KUBEFLOWER_SERVER"], env.get("KUBEFLOWER_SERVER_ADDRESS"))

    @property
    def target(self) -> str:
        """Target to dial now, see https://grpc.github.io/grpc/core/md_doc_naming.html."""
        return self._targets[0]

    def failed(self) -> None:
        """Go on to the next target."""
        self._targets.append(self._targets.pop(0))
