"""Credentials that the web cannot read back, bound to their place; markers that tell nothing."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import secrets
from portal.core.errors import Misconfigured

PRIVATE, PUBLIC = secrets.new_seal_pair()
OLDER, _ = secrets.new_seal_pair()
PLACE = "company 1, system 2"


@given(st.binary(max_size=4096))
def test_what_was_sealed_opens_with_the_private_key(plain: bytes) -> None:
    sealed = secrets.seal(plain, public_key=PUBLIC, place=PLACE)
    assert secrets.unseal(sealed, private_keys=[PRIVATE], place=PLACE) == plain


def test_the_sealing_key_cannot_open() -> None:
    sealed = secrets.seal(b"canary", public_key=PUBLIC, place=PLACE)
    assert b"canary" not in sealed
    with pytest.raises(Misconfigured):
        secrets.unseal(sealed, private_keys=[PUBLIC], place=PLACE)


def test_a_credential_pasted_into_another_companys_row_does_not_open() -> None:
    sealed = secrets.seal(b"canary", public_key=PUBLIC, place=PLACE)
    with pytest.raises(Misconfigured, match="Enter the credential again"):
        secrets.unseal(sealed, private_keys=[PRIVATE], place="company 9, system 2")


def test_an_older_key_of_the_ring_still_opens() -> None:
    sealed = secrets.seal(b"canary", public_key=PUBLIC, place=PLACE)
    assert secrets.unseal(sealed, private_keys=[OLDER, PRIVATE], place=PLACE) == b"canary"


def test_no_key_opens_nothing() -> None:
    sealed = secrets.seal(b"canary", public_key=PUBLIC, place=PLACE)
    with pytest.raises(Misconfigured):
        secrets.unseal(sealed, private_keys=[], place=PLACE)


@pytest.mark.parametrize("spoil", [lambda b: b[:-1], lambda b: b[:5], lambda b: b[:-1] + bytes([b[-1] ^ 1])])
def test_a_spoiled_ciphertext_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    sealed = secrets.seal(b"canary", public_key=PUBLIC, place=PLACE)
    with pytest.raises(Misconfigured):
        secrets.unseal(spoil(sealed), private_keys=[PRIVATE], place=PLACE)


def test_equal_secrets_seal_to_different_bytes() -> None:
    first, second = (secrets.seal(b"canary", public_key=PUBLIC, place=PLACE) for _ in range(2))
    assert first != second


def test_a_webhook_key_opens_at_its_place_with_any_key_of_the_ring() -> None:
    old, new = secrets.new_key(), secrets.new_key()
    boxed = secrets.box(b"canary", keys=[old], place=PLACE)
    assert secrets.unbox(boxed, keys=[new, old], place=PLACE) == b"canary"
    for keys, place in (([new], PLACE), ([old], "elsewhere")):
        with pytest.raises(Misconfigured, match="CONCORD_HOOK_KEYS"):
            secrets.unbox(boxed, keys=keys, place=place)


def test_without_a_webhook_key_the_sentence_names_the_variable() -> None:
    with pytest.raises(Misconfigured, match="CONCORD_HOOK_KEYS is not set"):
        secrets.box(b"canary", keys=[], place=PLACE)


@given(st.binary(min_size=1, max_size=64))
def test_a_marker_reads_back_and_is_the_same_every_time(plain: bytes) -> None:
    key = secrets.new_key(64)
    marker = secrets.token(plain, key=key)
    assert marker == secrets.token(plain, key=key)
    assert secrets.untoken(marker, key=key) == plain


@given(st.text(max_size=80))
def test_a_marker_that_we_did_not_make_is_none(text: str) -> None:
    assert secrets.untoken(text, key=MARKER) is None


MARKER = secrets.new_key(64)


def test_a_marker_of_another_key_is_none() -> None:
    assert secrets.untoken(secrets.token(b"case 7", key=MARKER), key=secrets.new_key(64)) is None


@pytest.mark.parametrize("text", ["", "not base64!", base64.b64encode(b"short").decode()])
def test_a_key_of_the_wrong_form_names_its_variable_and_not_itself(text: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        secrets.seal(b"canary", public_key=text, place=PLACE)
    assert "CONCORD_SEAL_PUBLIC_KEY must hold 32 bytes" in str(caught.value)
    assert not text or text not in str(caught.value)
