"""The clients' reports on whether NetworkPolicies are enforced, and what follows from them."""

from kubeflower.framing import BrokenStream
from kubeflower.policy_probe import BLOCKED, REACHED


class PolicyReports:
    """The newest report of each partition."""

    def __init__(self) -> None:
        self._reached: dict[int, bool] = {}

    def add(self, partition: int, report: bytes) -> None:
        """Take a client's report.

        Raises:
            BrokenStream: it is none.
        """
        if report not in (REACHED, BLOCKED):
            raise BrokenStream(f"a report {report[:20]!r}")
        self._reached[partition] = report == REACHED

    @property
    def verdict(self) -> str:
        """One of status_document.POLICIES; one node that enforces nothing is enough for `not`."""
        reached = list(self._reached.values())
        if not reached:
            return "unknown"
        return "not enforced" if any(reached) else "enforced"
