"""Sealed credentials (web can only seal, workers open) and boxed webhook keys; both bound to their place."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from portal.core.errors import Misconfigured

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
NONCE = 12


def seal(plain: bytes, *, public_key: str, place: str) -> bytes:
    """Encrypt so that only a holder of the private key can read it, and only at `place`.

    HPKE base mode (RFC 9180), X25519 and AES-256-GCM; `place` is bound as info, so a ciphertext copied into
    another company's row does not open.
    """
    key = X25519PublicKey.from_public_bytes(decoded(public_key, "CONCORD_SEAL_PUBLIC_KEY", 32))
    return SUITE.encrypt(plain, key, info=place.encode())


def unseal(sealed: bytes, *, private_keys: list[str], place: str) -> bytes:
    """Open what `seal` made, with the first private key that fits (newest first, so keys can rotate)."""
    for text in private_keys:
        key = X25519PrivateKey.from_private_bytes(decoded(text, "CONCORD_SEAL_PRIVATE_KEYS", 32))
        try:
            return SUITE.decrypt(sealed, key, info=place.encode())
        except (InvalidTag, ValueError):
            continue
    raise Misconfigured(
        "A stored credential does not open with CONCORD_SEAL_PRIVATE_KEYS. Enter the credential again, "
        "or give the worker the key it was sealed for."
    )


def box(plain: bytes, *, keys: list[str], place: str) -> bytes:
    """Encrypt with the first symmetric key; `place` is bound as associated data."""
    nonce = os.urandom(NONCE)
    key = AESGCM(decoded(first(keys), "CONCORD_HOOK_KEYS", 32))
    return nonce + key.encrypt(nonce, plain, place.encode())


def unbox(boxed: bytes, *, keys: list[str], place: str) -> bytes:
    """Open what `box` made, with the first key that fits."""
    for text in keys:
        try:
            return AESGCM(decoded(text, "CONCORD_HOOK_KEYS", 32)).decrypt(
                boxed[:NONCE], boxed[NONCE:], place.encode()
            )
        except InvalidTag:
            continue
    raise Misconfigured("A webhook key does not open with CONCORD_HOOK_KEYS. Make a new one on the system's page.")


def token(plain: bytes, *, key: str) -> str:
    """A deterministic, opaque, url-safe token (AES-SIV, RFC 5297): equal input, equal token."""
    cipher = AESSIV(decoded(key, "CONCORD_MARKER_KEY", 64)).encrypt(plain, None)
    return base64.urlsafe_b64encode(cipher).decode("ascii").rstrip("=")


def untoken(text: str, *, key: str) -> bytes | None:
    """What a token stands for, or None when we did not make it."""
    try:
        cipher = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return AESSIV(decoded(key, "CONCORD_MARKER_KEY", 64)).decrypt(cipher, None)
    except (InvalidTag, ValueError):
        return None


def new_seal_pair() -> tuple[str, str]:
    """A fresh (private, public) key pair as base64 texts."""
    key = X25519PrivateKey.generate()
    private = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(private).decode(), base64.b64encode(public).decode()


def new_key(size: int = 32) -> str:
    """A fresh symmetric key of `size` bytes as base64 text."""
    return base64.b64encode(os.urandom(size)).decode()


def first(keys: list[str]) -> str:
    """The newest key of a ring."""
    if not keys:
        raise Misconfigured("CONCORD_HOOK_KEYS is not set. docs/deploy.md says how to make one.")
    return keys[0]


def decoded(text: str, name: str, size: int) -> bytes:
    """A base64 key of exactly `size` bytes; raises Misconfigured naming the variable."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raw = b""
    if len(raw) != size:
        raise Misconfigured(f"{name} must hold {size} bytes as base64. docs/deploy.md says how to make one.")
    return raw
