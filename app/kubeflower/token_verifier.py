"""Verify a client's Kubernetes token: which pod it is bound to, and so which partition it is."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import jwt

AUDIENCE = "kubeflower"
"""Audience that a token must be issued for."""
LEEWAY = 30
"""Seconds by which the clocks of the cluster's nodes may differ."""

# Asymmetric ones only: with a symmetric one everybody who can read the keys could sign tokens.
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "EdDSA"})


class Refused(Exception):
    """A client may not join: the stream ends with status `code`, and the text is the reason."""

    def __init__(self, code: grpc.StatusCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def _key_set(text: str) -> dict[str | None, jwt.PyJWK]:
    """Read a JSON Web Key Set.

    Raises:
        ValueError: it is none.
    """
    try:
        known = jwt.PyJWKSet.from_json(text).keys
    except (ValueError, AttributeError, jwt.PyJWTError) as error:
        raise ValueError(str(error)) from None
    return {key.key_id: key for key in known if key.algorithm_name in ALGORITHMS}


@dataclass(frozen=True)
class Proof:
    """A client's pod, as its token proves it."""

    partition: int
    pod: str
    """UID of the pod: a pod that replaces another has the same name and another UID."""
    issued: int
    """When the token was issued, in seconds of the cluster's clock."""


NOW = 10.0
"""Seconds for which a refusal counts as one of now: clients try every two seconds."""


class TokenVerifier:
    """Verifies tokens with the keys that the cluster signs its ServiceAccounts' tokens with."""

    def __init__(self, keys: Path, namespace: str, client: str) -> None:
        """Read the keys.

        Args:
            keys: File with a JSON Web Key Set.
            namespace: Namespace of the clients.
            client: Name of the clients' ServiceAccount and, with `-<partition>`, of their pods.

        Raises:
            ValueError: the file is no JSON Web Key Set.
        """
        self.namespace = namespace
        self.client = client
        self.unknown_keys_at: float | None = None
        """When a token with an unknown key was last refused, in seconds of time.monotonic."""
        try:
            self._keys = _key_set(keys.read_text())
        except (OSError, ValueError) as error:
            raise ValueError(
                f"the cluster's keys in {keys} cannot be read ({error}) — needed: a JSON Web Key "
                "Set — run `pulumi up`"
            ) from None

    def learn(self, text: bytes) -> str | None:
        """Take the cluster's keys in place of those known; returns why not, or None.

        They last as long as this process: `pulumi up` gives them to the next one.
        """
        try:
            keys = _key_set(text.decode())
        except ValueError as error:
            return f"they are no JSON Web Key Set: {error}"
        if keys.keys() == self._keys.keys():
            return "they are known"
        self._keys, self.unknown_keys_at = keys, None
        print("the cluster's signing keys have changed: the new ones are taken")
        return None

    def verify(self, token: str | None) -> Proof:
        """Return the pod that the token is bound to.

        Raises:
            Refused: the token is missing, expired, not of this cluster, or not of a client's pod.
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
        except jwt.PyJWTError as error:
            raise Refused(grpc.StatusCode.UNAUTHENTICATED, f"its token: {error}") from None
        return self._pod(claims)

    def _pod(self, claims: dict[str, Any]) -> Proof:
        """Read the pod from the claims of a valid token."""
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


def refuses_keys(identity: TokenVerifier | None) -> Callable[[float], bool]:
    """Make the question whether a token with an unknown key was refused in the last seconds."""

    def refuses(seconds: float) -> bool:
        at = None if identity is None else identity.unknown_keys_at
        return at is not None and time.monotonic() - at <= seconds

    return refuses
