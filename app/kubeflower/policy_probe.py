"""Find out from a client whether the cluster enforces NetworkPolicies.

No policy of the stack lets a client reach the server's status port, so a client that gets an answer
there shows that nobody enforces them, or that a policy of somebody else's lets it in.
"""

import time

REACHED, BLOCKED = b"reached", b"blocked"
"""Reports of a client, see framing.PROBE."""
DEADLINE = 2.0
"""Seconds for a connection and for its answer."""
AGAIN = 3.0
"""Seconds until a second attempt: some networks enforce a policy only moments after a pod began."""


def probe(address: str, again: float = AGAIN) -> bytes:
    """Try to reach `host:port`, and once more if that succeeds; returns REACHED or BLOCKED."""
    if not _answers(address):
        return BLOCKED
    time.sleep(again)
    return REACHED if _answers(address) else BLOCKED


def _answers(address: str) -> bool:
    """Tell whether /healthz answers: a mesh's sidecar takes any connection, and then drops it."""
    import http.client  # late: the client's process stays small

    host, _, port = address.rpartition(":")
    connection = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=DEADLINE)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
