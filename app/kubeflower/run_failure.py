"""Why a run failed: for good, or only until somebody mends what interrupted it."""

from typing import Any

INTERRUPTIONS = frozenset({"timeout", "clients", "memory", "disk", "keys"})
"""Codes of failures that a setting or the cluster can mend: the run goes on after its last round.

timeout: a round took longer than roundTimeout. clients: too few clients were connected or stayed.
memory: a process needed more than its limit. disk: the volume is full. keys: the cluster signs its
tokens with other keys than the server knows. Every other code is final: `app` (the ServerApp or a
ClientApp raised or ended its process), `model` (NaN, infinite numbers or arrays that do not fit).
"""


class RunFailed(RuntimeError):
    """The run cannot go on; the text is the reason shown to the user.

    `code` is one of INTERRUPTIONS, `app` or `model`; `facts` are what a remedy needs beside it:
    JSON values such as `partition` (int), `seconds` (float), `limit` (bytes), `lines` (the last
    lines that a client's app printed).
    """

    def __init__(self, reason: str, code: str = "app", **facts: Any) -> None:
        super().__init__(reason)
        self.code, self.facts = code, facts

    @property
    def interrupted(self) -> bool:
        """Whether the run goes on after its last round once the cause is mended."""
        return self.code in INTERRUPTIONS

    def document(self) -> dict[str, Any]:
        """Describe the failure as failed.json keeps it and /status shows it."""
        return {"code": self.code, "interrupted": self.interrupted, **self.facts}
