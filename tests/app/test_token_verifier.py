"""Tokens that prove a client, and tokens that do not: kubeflower/token_verifier.py."""

import json
import time
from pathlib import Path
from typing import Any

import grpc
import jwt
import pytest

from authority import CLIENT, NAMESPACE, Signer, key_set
from kubeflower.token_verifier import Proof, Refused, TokenVerifier

UNAUTHENTICATED, DENIED = grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED
ACCOUNT = f"system:serviceaccount:{NAMESPACE}:{CLIENT}"
signer = Signer()


@pytest.fixture
def verifier(tmp_path: Path) -> TokenVerifier:
    return TokenVerifier(key_set(tmp_path, signer), NAMESPACE, CLIENT)


def refusal(verifier: TokenVerifier, token: str | None) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(Refused) as refused:
        verifier.verify(token)
    return refused.value.code, str(refused.value)


def in_seconds(seconds: int) -> int:
    return int(time.time()) + seconds


def test_a_token_proves_the_partition_of_its_pod(verifier: TokenVerifier) -> None:
    token = signer.token(f"{CLIENT}-12", "pod-uid", iat=1_800_000_000 - 10**8)
    assert verifier.verify(token) == Proof(12, "pod-uid", 1_700_000_000)


def test_clocks_may_differ_by_half_a_minute(verifier: TokenVerifier) -> None:
    assert verifier.verify(signer.token(exp=in_seconds(-20))).partition == 0
    ahead = in_seconds(20)
    assert verifier.verify(signer.token(iat=ahead, nbf=ahead)).partition == 0


@pytest.mark.parametrize(
    ("claims", "code", "reason"),
    [
        ({"exp": -60}, UNAUTHENTICATED, "its token: Signature has expired"),
        ({"nbf": 90}, UNAUTHENTICATED, "its token: The token is not yet valid (nbf)"),
        ({"iat": 90}, UNAUTHENTICATED, "its token: The token is not yet valid (iat)"),
        (
            {"aud": ["https://kubernetes.default.svc"]},
            UNAUTHENTICATED,
            "its token: Audience doesn't match",
        ),
        ({"exp": None}, UNAUTHENTICATED, 'its token: Token is missing the "exp" claim'),
        (
            {"sub": f"system:serviceaccount:{NAMESPACE}:default"},
            DENIED,
            f"its token is system:serviceaccount:{NAMESPACE}:default's — allowed: {ACCOUNT}",
        ),
        (
            {"sub": f"system:serviceaccount:elsewhere:{CLIENT}"},
            DENIED,
            f"its token is system:serviceaccount:elsewhere:{CLIENT}'s — allowed: {ACCOUNT}",
        ),
        (
            {"kubernetes.io": {"namespace": NAMESPACE}},
            DENIED,
            f"its token is bound to no pod — allowed: {CLIENT}-<partition>",
        ),
        (
            {"kubernetes.io": {"pod": {"name": "stranger", "uid": "u"}}},
            DENIED,
            f"its token is bound to pod stranger — allowed: {CLIENT}-<partition>",
        ),
        (
            {"kubernetes.io": {"pod": {"name": f"{CLIENT}-1-x", "uid": "u"}}},
            DENIED,
            f"its token is bound to pod {CLIENT}-1-x — allowed: {CLIENT}-<partition>",
        ),
    ],
)
def test_any_other_token_is_refused_with_the_reason(
    verifier: TokenVerifier, claims: dict[str, Any], code: grpc.StatusCode, reason: str
) -> None:
    moments = {name: in_seconds(value) for name, value in claims.items() if type(value) is int}
    assert refusal(verifier, signer.token(**{**claims, **moments})) == (code, reason)


@pytest.mark.parametrize("token", [None, ""])
def test_no_token_is_refused(verifier: TokenVerifier, token: str | None) -> None:
    assert refusal(verifier, token) == (UNAUTHENTICATED, "it shows no token")


def test_a_forged_token_is_refused(verifier: TokenVerifier) -> None:
    assert refusal(verifier, Signer().token()) == (
        UNAUTHENTICATED,
        "its token: Signature verification failed",
    )
    assert refusal(verifier, Signer("other").token()) == (
        UNAUTHENTICATED,
        "its token is signed with a key that is not the cluster's — "
        "should the cluster have new keys: run `pulumi up`",
    )
    assert refusal(verifier, "no.token.at all")[0] == UNAUTHENTICATED


def test_a_token_may_not_choose_how_it_is_checked(verifier: TokenVerifier) -> None:
    head, claims, _ = signer.token().split(".")
    unsigned = jwt.encode(
        jwt.decode(signer.token(), options={"verify_signature": False}),
        "",
        algorithm="none",
        headers={"kid": signer.name},
    )
    code, reason = refusal(verifier, unsigned)
    assert (code, reason) == (UNAUTHENTICATED, "its token: The specified alg value is not allowed")
    assert refusal(verifier, f"{head}.{claims}.")[0] == UNAUTHENTICATED


def test_a_symmetric_key_proves_nothing(tmp_path: Path) -> None:
    secret = {
        "kty": "oct",
        "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA",
        "kid": "s",
        "alg": "HS256",
    }
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps({"keys": [secret, signer.public()]}))
    token = jwt.encode({"sub": ACCOUNT}, "-".join(["secret"] * 5), headers={"kid": "s"})
    code, reason = refusal(TokenVerifier(file, NAMESPACE, CLIENT), token)
    assert code == UNAUTHENTICATED
    assert "a key that is not the cluster's" in reason


def test_either_of_two_keys_proves_while_the_cluster_changes_its_own(tmp_path: Path) -> None:
    new = Signer("key-2")
    verifier = TokenVerifier(key_set(tmp_path, signer, new), NAMESPACE, CLIENT)
    assert verifier.verify(signer.token()).partition == 0
    assert verifier.verify(new.token(f"{CLIENT}-1")).partition == 1


@pytest.mark.parametrize("text", ["", "[]", '{"keys": []}', '{"keys": 3}'])
def test_a_file_without_keys_says_what_to_do(tmp_path: Path, text: str) -> None:
    file = tmp_path / "jwks.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"cannot be read .* needed: a JSON Web Key Set — run"):
        TokenVerifier(file, NAMESPACE, CLIENT)
