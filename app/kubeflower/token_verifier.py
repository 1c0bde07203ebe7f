"""Who a client is: the partition of the pod that its Kubernetes token is bound to."""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import jwt

AUDIENCE = "kubeflower"
LEEWAY = 30
"""Seconds that the clocks of the cluster's nodes may differ."""

# Of the public kind only: with a symmetric one whoever can read the keys could sign.
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "EdDSA"})


class Refused(Exception):
    """A stream that is not one of our clients'; `code` is its end's, the text says why."""

    def __init__(self, code: grpc.StatusCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True)
class Proof:
    """A pod that has proven itself; `issued` in seconds of the cluster's clock."""

    partition: int
    pod: str
    """UID: a pod that takes another's place has its name, and not this."""
    issued: int


class Identity:
    """Proves clients by the keys that the cluster signs its ServiceAccounts' tokens with."""

    def __init__(self, keys: Path, namespace: str, client: str) -> None:
        """`client` names both the clients' ServiceAccount and, with `-<partition>`, their pods.

        Raises:
            ValueError: the file `keys` is no JSON Web Key Set.
        """
        self.namespace, self.client = namespace, client
        self.unknown_keys_at: float | None = None
        """When, in monotonic seconds, a token was last refused because of the key it names."""
        try:
            known = jwt.PyJWKSet.from_json(keys.read_text()).keys
        except (OSError, ValueError, AttributeError, jwt.PyJWTError) as fault:
            raise ValueError(
                f"the cluster's keys in {keys} cannot be read ({fault}) — needed: a JSON Web Key "
                "Set — run `pulumi up`"
            ) from None
        self._keys = {key.key_id: key for key in known if key.algorithm_name in ALGORITHMS}

    def prove(self, token: str | None) -> Proof:
        """The pod that the token is bound to.

        Raises:
            Refused: it is no token of a client's pod, or not any more.
        """
        if not token:
            raise Refused(grpc.StatusCode.UNAUTHENTICATED, "it shows no token")
        try:
            key = self._keys.get(jwt.get_unverified_header(token).get("kid"))
            if key is None:
                self.unknown_keys_at = time.monotonic()
                raise Refused(
                    grpc.StatusCode.UNAUTHENTICATED,
                    "its token is signed with a key that is not the cluster's — "
                    "should the cluster have new keys: run `pulumi up`",
                )
            claims = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=AUDIENCE,
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "aud", "sub"]},
            )
        except jwt.PyJWTError as fault:
            raise Refused(grpc.StatusCode.UNAUTHENTICATED, f"its token: {fault}") from None
        return self._pod(claims)

    def _pod(self, claims: dict[str, Any]) -> Proof:
        account = f"system:serviceaccount:{self.namespace}:{self.client}"
        if claims["sub"] != account:
            raise Refused(
                grpc.StatusCode.PERMISSION_DENIED,
                f"its token is {claims['sub']}'s — allowed: {account}",
            )
        # https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
        pod = claims.get("kubernetes.io", {}).get("pod", {"name": ""})
        partition = re.fullmatch(rf"{re.escape(self.client)}-(\d+)", pod["name"], re.ASCII)
        if partition is None:
            bound = f"pod {pod['name']}" if pod["name"] else "no pod"
            raise Refused(
                grpc.StatusCode.PERMISSION_DENIED,
                f"its token is bound to {bound} — allowed: {self.client}-<partition>",
            )
        return Proof(int(partition[1]), pod["uid"], int(claims["iat"]))
