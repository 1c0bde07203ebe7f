"""The failure of a run: final, or an interruption that ends once its cause is removed."""

from typing import Any

INTERRUPTIONS = frozenset({"timeout", "clients", "memory", "disk", "volume", "keys", "stopped"})
"""Codes of failures that a setting or the cluster can cure; the run then continues.

timeout: a round took longer than roundTimeout. clients: too few clients were connected or stayed.
memory: a process needed more than its limit. disk: the volume is full. volume: it cannot be
written. keys: the cluster signs its tokens with keys that the server does not know. stopped:
somebody has asked for it. All other codes are final: `app` (the ServerApp or a ClientApp raised an
exception or ended its process), `model` (NaN, infinite numbers, or arrays whose shapes do not
match).
"""


class RunFailed(RuntimeError):
    """The run cannot continue; the text is the reason that users see.

    Attributes:
        code: One of INTERRUPTIONS, `app` or `model`.
        facts: JSON values that a remedy needs, e.g. `partition` (int), `seconds` (float), `limit`
            (bytes), `user` (that cannot write the volume), `lines` (the last lines that a client's
            app printed).
    """

    def __init__(self, reason: str, code: str = "app", **facts: Any) -> None:
        super().__init__(reason)
        self.code = code
        self.facts = facts

    @property
    def interrupted(self) -> bool:
        """Whether the run can continue after its last round."""
        return self.code in INTERRUPTIONS

    def document(self) -> dict[str, Any]:
        """Describe the failure as failed.json and /status show it."""
        return {"code": self.code, "interrupted": self.interrupted, **self.facts}
