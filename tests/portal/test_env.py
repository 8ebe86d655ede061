"""Settings from the environment: typed, or one sentence."""

import pytest

from portal.core.errors import Misconfigured
from portal.env import Env, MailServer


def test_a_missing_required_text_names_the_variable() -> None:
    with pytest.raises(Misconfigured, match="CONCORD_SECRET_KEY is not set"):
        Env({}).text("CONCORD_SECRET_KEY")


def test_an_empty_text_is_a_missing_one() -> None:
    with pytest.raises(Misconfigured):
        Env({"X": "  "}).text("X")
    assert Env({"X": " "}).text("X", "else") == "else"


@pytest.mark.parametrize(("value", "meant"), [("1", True), ("Yes", True), ("off", False), ("", False)])
def test_a_flag_is_read(value: str, *, meant: bool) -> None:
    assert Env({"X": value}).flag("X") is meant


def test_a_flag_that_is_neither_is_refused() -> None:
    with pytest.raises(Misconfigured, match="X is 'perhaps'; give 1 or 0"):
        Env({"X": "perhaps"}).flag("X")


@pytest.mark.parametrize("value", ["", "-1", "1.5", "many", "101"])
def test_a_number_out_of_bounds_is_refused(value: str) -> None:
    with pytest.raises(Misconfigured, match="whole number from 0 to 100"):
        Env({"X": value}).number("X", 5, most=100)


def test_a_number_is_read_or_its_default_taken() -> None:
    assert Env({"X": " 7 "}).number("X", 5) == 7
    assert Env({}).number("X", 5) == 5


def test_words_are_split_and_trimmed() -> None:
    assert Env({"X": " a, b ,,c"}).words("X") == ["a", "b", "c"]
    assert Env({}).words("X") == []


def test_a_database_address_is_taken_apart() -> None:
    have = Env({"D": "postgresql://concord_web:p%40ss@db.example:6432/concord"}).database("D")
    assert (have["USER"], have["PASSWORD"], have["HOST"], have["PORT"], have["NAME"]) == (
        "concord_web",
        "p@ss",
        "db.example",
        "6432",
        "concord",
    )


@pytest.mark.parametrize("value", ["mysql://h/concord", "postgresql://h", "concord"])
def test_another_address_is_refused_without_repeating_it(value: str) -> None:
    with pytest.raises(Misconfigured, match="D must look like postgresql://") as caught:
        Env({"D": value}).database("D")
    assert "mysql" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("", MailServer("dummy")),
        ("file:///srv/mail", MailServer("filebased", folder="/srv/mail")),
        ("smtp://localhost:25", MailServer("smtp", host="localhost", port=25)),
        (
            "smtp://a%40b:p%2Fw@mail.example",
            MailServer("smtp", "mail.example", 587, "a@b", "p/w", starttls=True),
        ),
        ("smtps://mail.example", MailServer("smtp", "mail.example", 465, tls=True)),
    ],
)
def test_a_mail_server_is_read(url: str, server: MailServer) -> None:
    assert Env({"X": url}).mail("X") == server


@pytest.mark.parametrize("url", ["mail.example:25", "http://mail.example", "smtp://", "file://"])
def test_a_mail_server_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured, match="must look like smtp"):
        Env({"X": url}).mail("X")
