"""A file's bytes out of RT's JSON."""

import base64
import json
import random

import pytest

from portal.core.errors import Unavailable
from sync.connectors.requesttracker.files import decoded

DATA = random.Random(3).randbytes(100_000)


def answer(data: bytes) -> bytes:
    """As RT writes it: lines of base64, other fields around it in any order."""
    told = {"Subject": '"Content" : "no"', "Content": base64.encodebytes(data).decode(), "id": 8}
    return json.dumps(told, indent=3).encode()


@pytest.mark.parametrize("size", [1, 2, 3, 76, 77, 65_536])
def test_bytes_come_out_whatever_the_pieces_are(size: int) -> None:
    whole = answer(DATA)
    pieces = (whole[start : start + size] for start in range(0, len(whole), size))
    assert b"".join(decoded(pieces)) == DATA


def test_an_empty_file_is_empty() -> None:
    assert b"".join(decoded(iter([answer(b"")]))) == b""


def test_half_an_answer_is_no_file() -> None:
    with pytest.raises(Unavailable):
        list(decoded(iter([answer(DATA)[:50_000]])))
