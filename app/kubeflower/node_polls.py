"""Notice a ServerApp that waits for more nodes than its run has."""

from kubeflower.run_failure import RunFailed

POLLS, SECONDS = 10, 8.0
"""Flower's strategies ask for the nodes once a second until there are min_available_nodes."""


class NodePolls:
    """Counts how often the ServerApp has asked for the nodes without sending them anything.

    A run's nodes are the same from its start to its end, so such waiting would never end.
    """

    def __init__(self, nodes: int) -> None:
        """Begin to count.

        Args:
            nodes: Nodes that the run has.
        """
        self._nodes = nodes
        self._count, self._since = 0, 0.0

    def add(self, now: float) -> None:
        """Count a question.

        Args:
            now: Time in seconds, on a clock that never goes back.

        Raises:
            RunFailed: it was asked so often and so long that more nodes must be waited for.
        """
        if self._count == 0:
            self._since = now
        self._count += 1
        if self._count >= POLLS and now - self._since >= SECONDS:
            raise RunFailed(
                f"the ServerApp waits for more nodes than the run's {self._nodes} — it must need "
                f"no more (min_available_nodes of a strategy), or: pulumi config set replicas "
                f"{self._nodes + 1}",
                code="app",
            )

    def reset(self) -> None:
        """Begin to count anew: the ServerApp goes on."""
        self._count = 0
