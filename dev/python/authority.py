"""Make what a cluster gives to pods: the certificate of the server, and pod-bound tokens."""

import datetime
import ipaddress
import json
import secrets
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

NAMESPACE, CLIENT = "lab", "flower-client"
SERVER = "service-server.invalid"
"""Name that the server's certificate proves, and no DNS knows."""


def certify(folder: Path) -> Path:
    """Write ca.crt, tls.crt and tls.key for a server on this host; returns the folder."""
    folder.mkdir(parents=True)
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    authority, server = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))

    def named(name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])

    issuer = f"authority {secrets.token_hex(4)}"

    def signed(name: str, key: ec.EllipticCurvePrivateKey, *more: x509.ExtensionType) -> bytes:
        builder = (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named(issuer))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - day)
            .not_valid_after(now + day)
        )
        for extension in more:
            builder = builder.add_extension(extension, critical=True)
        signed = builder.sign(authority, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM)

    names = [x509.DNSName(name) for name in ("localhost", SERVER)]
    hosts = [*names, x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    files = {
        "ca.crt": signed(issuer, authority, x509.BasicConstraints(ca=True, path_length=0)),
        "tls.crt": signed("server", server, x509.SubjectAlternativeName(hosts)),
        "tls.key": server.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


class Signer:
    """A key that tokens are signed with."""

    def __init__(self, name: str = "key-1") -> None:
        self.name, self.key = name, ec.generate_private_key(ec.SECP256R1())

    def public(self) -> dict[str, Any]:
        """Return the public half as a member of a JSON Web Key Set."""
        jwk = json.loads(ECAlgorithm.to_jwk(self.key.public_key()))
        return {**jwk, "kid": self.name, "alg": "ES256", "use": "sig"}

    def token(self, pod: str = f"{CLIENT}-0", uid: str = "uid", **claims: Any) -> str:
        """Make a token of the clients' ServiceAccount, bound to a pod; `claims` replace its own."""
        now = int(time.time())
        payload = {
            "aud": ["kubeflower"],
            "exp": now + 600,
            "iat": now,
            "nbf": now,
            "sub": f"system:serviceaccount:{NAMESPACE}:{CLIENT}",
            "kubernetes.io": {"namespace": NAMESPACE, "pod": {"name": pod, "uid": uid}},
            **claims,
        }
        stated = {name: value for name, value in payload.items() if value is not None}
        return jwt.encode(stated, self.key, algorithm="ES256", headers={"kid": self.name})


def key_set(folder: Path, *signers: Signer) -> Path:
    """Write the keys' public halves; returns the file."""
    file = folder / "jwks.json"
    file.write_text(json.dumps({"keys": [signer.public() for signer in signers]}))
    return file
