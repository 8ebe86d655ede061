"""Our mark in Redmine's journals, without a tracker."""

import json

import httpx
import pytest

from portal.core import clock
from portal.core.errors import Misconfigured, Missing, Unauthorized
from sync.connectors.base import Account, Basic
from sync.connectors.redmine import history
from sync.connectors.redmine.connector import RedmineConnector
from sync.connectors.wire import Json
from tests.sync.connectors.zendesk.desk import Drawer

SETTINGS = {"project": "sync", "marker": "9"}
US, THEM = {"id": 3, "name": "Sync"}, {"id": 4, "name": "Ann"}


def answered(request: httpx.Request) -> httpx.Response:
    """A Redmine in which we are number 3 and no administrator."""
    if request.url.path == "/users/current.json":
        return httpx.Response(200, json={"user": {"id": 3, "login": "sync"}})
    if request.url.path == "/custom_fields.json":
        return httpx.Response(403)
    return httpx.Response(200, content=json.dumps({"issues": []}))


def connector() -> RedmineConnector:
    """A connector to it."""
    client = httpx.Client(transport=httpx.MockTransport(answered))
    return RedmineConnector(Account("https://redmine.example", Drawer(Basic("", "key")), SETTINGS), client)


def journal(number: int, mark: str = "", *, user: Json | None = None, private: bool = False, at: str = "10") -> Json:
    """One journal."""
    details = [{"property": "cf", "name": "9", "old_value": "", "new_value": mark}] if mark else []
    when = f"2026-01-01T10:00:{at}Z"
    return {"id": number, "user": user or dict(US), "private_notes": private, "created_on": when, "details": details}


def test_a_mark_names_the_write() -> None:
    assert history.keys(connector().home, [journal(1, "item key")]) == {"1": "key"}


def test_a_strangers_mark_is_not_believed() -> None:
    assert history.keys(connector().home, [journal(1, "item key", user=dict(THEM))]) == {}


def test_a_private_note_has_the_mark_of_the_journal_before_it() -> None:
    journals = [journal(1, "item key private"), journal(2, user=dict(THEM), private=True), journal(3, private=True)]
    assert history.keys(connector().home, journals) == {"1": "key", "3": "key"}


def test_a_later_private_note_of_ours_is_not_taken_for_it() -> None:
    journals = [journal(1, "item key private"), journal(2, private=True, at="30")]
    assert history.keys(connector().home, journals) == {"1": "key"}


def test_an_item_that_we_did_not_make_has_a_dash() -> None:
    assert history.item_key(history.marked("", "key")) == ""
    assert history.item_key(history.marked("item", "key", private=True)) == "item"


def test_without_a_project_or_a_marks_field_there_is_no_connector() -> None:
    for missing in SETTINGS:
        chosen = {**SETTINGS, missing: " "}
        with pytest.raises(Misconfigured):
            RedmineConnector(Account("https://redmine.example", Drawer(Basic("", "key")), chosen), httpx.Client())


def test_nobody_can_push_changes() -> None:
    with pytest.raises(Unauthorized):
        connector().parse_webhook({}, b"{}", ("secret",), now=clock.now())


def test_a_comment_is_no_file() -> None:
    with pytest.raises(Missing):
        connector().attachment("1", "12")
