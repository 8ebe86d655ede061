"""Reading a record: names instead of ids, UTC, parts by journal, nothing private in the open."""

import httpx
import pytest

from portal.core.errors import Missing, Unavailable
from sync.engine.types import PartKind
from tests.sync.connectors.servicenow.instance import AT, ID, JANE, Instance, Json, both


def said(number: str, element: str, value: str, at: str = AT, by: str = "jane.roe") -> Json:
    return {"sys_id": number, "element": element, "value": value, "sys_created_on": at, "sys_created_by": by}


def file(number: str, name: str) -> Json:
    row = {"sys_id": number, "table_sys_id": ID, "file_name": name, "size_bytes": "3", "sys_created_on": AT}
    return row | {"content_type": "text/plain", "sys_created_by": "jane.roe"}


def changed(number: str, name: str, old: str, new: str, count: str, at: str = AT) -> Json:
    row = {"sys_id": number, "fieldname": name, "oldvalue": old, "newvalue": new, "user": "jane.roe"}
    return row | {"sys_created_on": at, "record_checkpoint": count}


def test_a_record_is_read_by_names_and_in_utc() -> None:
    item = Instance().connector().read(ID)
    assert (item.label, item.kind, item.key) == ("INC0010042", "incident", "k-1")
    assert item.fields["state"] == "In Progress"
    assert item.fields["urgency"] == "1 - High"
    assert item.fields["caller_id"] == "Jane Roe"
    assert item.fields["description"] == "Since noon.\\\nTwo \\*floors\\*."
    assert item.created_at.isoformat() == "2026-01-05T10:00:00+00:00"
    assert item.reporter is not None
    assert (item.reporter.id, item.reporter.name) == ("jane.roe", "Jane Roe")


def test_journals_are_never_fields() -> None:
    item = Instance().connector().read(ID)
    assert "canary" not in repr(item.fields)
    assert {"comments", "work_notes", "correlation_id"}.isdisjoint(item.fields)


def test_what_does_not_travel_is_not_even_asked_for() -> None:
    instance = Instance()
    instance.connector().read(ID)
    (asked,) = (one for one in instance.asked if one.url.path.endswith(f"/incident/{ID}"))
    fields = set(asked.url.params["sysparm_fields"].split(","))
    assert {"short_description", "state", "correlation_id", "sys_mod_count"} <= fields
    assert {"comments", "work_notes", "watch_list"}.isdisjoint(fields)


def test_a_hidden_column_is_left_out_and_an_empty_one_is_empty() -> None:
    item = Instance(fields={"assigned_to": both("")}).connector().read(ID)
    assert item.fields["assigned_to"] is None
    assert "due_date" not in item.fields


def test_another_integrations_correlation_is_no_key_of_ours() -> None:
    assert Instance(fields={"correlation_id": both("JIRA-1")}).connector().read(ID).key is None


def test_a_long_key_goes_on_in_the_second_column() -> None:
    key = "k" * 150
    fields = {"correlation_id": both("concord:" + key[:92]), "correlation_display": both(key[92:])}
    assert Instance(fields=fields).connector().read(ID).key == key


def test_entries_of_one_second_come_in_the_order_of_the_updates() -> None:
    journal = [
        said("a" * 32, "comments", "third"),
        said("c" * 32, "comments", "first"),
        said("d" * 32, "work_notes", "x"),
    ]
    audit = [
        changed("1" * 32, "comments", "", "first", "4"),
        changed("2" * 32, "work_notes", "", "x", "5"),
        changed("3" * 32, "comments", "", "third", "6"),
    ]
    item = Instance(journal=journal, audit=audit).connector().read(ID)
    assert [(part.body, part.public) for part in item.parts] == [("first", True), ("x", False), ("third", True)]
    assert item.revisions == ()


def test_a_marker_counts_under_our_own_name_only() -> None:
    mark = "text[code]<!-- concord:k-9 -->[/code]"
    journal = [
        said("a" * 32, "comments", mark, "2026-01-05 10:01:00"),
        said("c" * 32, "comments", mark, by="concord"),
    ]
    parts = Instance(journal=journal).connector().read(ID).parts
    assert [part.key for part in parts] == [None, "k-9"]


def test_any_journal_but_comments_is_private() -> None:
    parts = Instance(journal=[said("a" * 32, "u_partner_notes", "x")]).connector().read(ID).parts
    assert not parts[0].public


def test_a_file_that_a_work_note_names_is_private() -> None:
    files = [file("a" * 32, "open.txt"), file("c" * 32, "secret.txt")]
    parts = Instance(files=files, journal=[said("d" * 32, "work_notes", "see secret.txt")]).connector().read(ID).parts
    found = {part.name: part.public for part in parts if part.kind is PartKind.ATTACHMENT}
    assert found == {"open.txt": True, "secret.txt": False}


def test_a_new_file_is_a_new_version() -> None:
    before = Instance().connector().read(ID).version
    assert Instance(files=[file("a" * 32, "a.txt")]).connector().read(ID).version != before


def test_revisions_have_names_and_stand_in_the_order_of_updates() -> None:
    audit = [
        changed("c" * 32, "state", "1", "2", "2"),
        changed("a" * 32, "state", "2", "6", "3"),
        changed("d" * 32, "assigned_to", "", JANE, "3"),
        changed("e" * 32, "work_notes", "", "canary", "4"),
    ]
    item = Instance(audit=audit).connector().read(ID)
    assert [(one.field, one.old, one.new) for one in item.revisions] == [
        ("state", "New", "In Progress"),
        ("state", "In Progress", "Resolved"),
        ("assigned_to", None, "Jane Roe"),
    ]
    assert {one.actor.name for one in item.revisions} == {"Jane Roe"}
    rest = Instance(audit=audit).connector().read(ID, since=item.revisions[0].id)
    assert rest.revisions == item.revisions[1:]


def test_only_the_audit_since_then_is_asked_for() -> None:
    instance = Instance(audit=[changed("c" * 32, "state", "1", "2", "2")])
    jira = instance.connector()
    (one,) = jira.read(ID).revisions
    jira.read(ID, since=one.id)
    assert "sys_created_on>=2026-01-05 10:05:00" in instance.queries("sys_audit")[-1]


def test_a_record_of_a_table_that_takes_no_part_is_missing() -> None:
    instance = Instance(answers={f"GET /task/{ID}": {"sys_class_name": "problem"}})
    with pytest.raises(Missing, match="problem"):
        instance.connector(tables="incident, change_request").read(ID)


def test_an_answer_that_was_broken_off_is_tried_again() -> None:
    text = "Transaction cancelled: maximum execution time exceeded"
    for answer in (
        httpx.Response(200, text=f'{{"result":[{text}'),
        httpx.Response(200, json={"error": {"message": text}}),
        httpx.Response(200, text="<html>Hibernating instance</html>"),
    ):
        instance = Instance(answers={f"GET /incident/{ID}": lambda _, answer=answer: answer})  # type: ignore[misc]
        with pytest.raises(Unavailable):
            instance.connector().read(ID)
