"""Revisions: order, values of every shape, who did it, our own key."""

from sync.connectors.jira.fields import Shape
from sync.connectors.jira.history import order, revisions
from sync.engine.types import Value
from tests.sync.connectors.jira.site import changed, entry

SHAPES = {
    "customfield_10053": Shape("number"),
    "customfield_10054": Shape("datetime"),
    "customfield_10055": Shape("array", "option"),
}


def both(**item: object) -> tuple[Value, Value]:
    given = changed(str(item.pop("field")), None, None) | item
    (one,) = revisions([entry(1, given)], SHAPES, None)
    return one.old, one.new


def test_entries_are_ordered_by_number_and_not_by_text() -> None:
    rows = [entry(10, changed("summary", "b", "c")), entry(9, changed("summary", "a", "b"))]
    assert [one.id for one in revisions(rows, {}, None)] == ["9:0", "10:0"]
    assert order("9:0") < order("10:0") < order("10:1")


def test_the_point_splits_an_entry_too() -> None:
    rows = [entry(9, changed("summary", "a", "b"), changed("status", "To Do", "Done"))]
    assert [one.field for one in revisions(rows, {}, "9:0")] == ["status"]


def test_names_are_values() -> None:
    given = {"from": "10000", "to": "3", "fromString": "To Do", "toString": "In Progress"}
    assert both(field="status", **given) == ("To Do", "In Progress")


def test_labels_are_sets_without_ours() -> None:
    given = {"fromString": "b concord-0123456789abcdef a", "toString": "concord-0123456789abcdef"}
    assert both(field="labels", **given) == (("a", "b"), None)


def test_a_change_of_our_label_alone_is_none() -> None:
    row = entry(1, changed("labels", "", "concord-0123456789abcdef"))
    assert revisions([row], {}, None) == ()


def test_a_component_may_have_a_comma() -> None:
    assert both(field="components", toString="Billing, old") == (None, ("Billing, old",))


def test_dates_come_from_the_stored_side() -> None:
    given = {"from": "2026-01-31", "fromString": "31/Jan/26", "to": None}
    assert both(field="duedate", **given) == ("2026-01-31", None)
    times = {"to": "2026-01-31T12:00:00+0200", "toString": "31/Jan/26 12:00 PM"}
    assert both(field="customfield_10054", **times) == (None, "2026-01-31T10:00:00+00:00")


def test_numbers_and_lists_of_options() -> None:
    assert both(field="customfield_10053", fromString="1.5", toString="2.0") == (1.5, 2)
    assert both(field="customfield_10055", toString="Rome, Oslo") == (None, ("Oslo", "Rome"))


def test_rich_text_is_read_from_wiki_text() -> None:
    assert both(field="description", toString="*bold*") == (None, "**bold**")


def test_what_does_not_travel_makes_no_revision() -> None:
    names = ("Attachment", "Link", "Rank", "RemoteIssueLink", "Workflow", "Key", "project")
    rows = [entry(1, *(changed(name, "a", "b") | {"fieldId": None} for name in names))]
    assert revisions(rows, {}, None) == ()


def test_old_entries_without_a_field_id_are_known_by_name() -> None:
    item = {name: value for name, value in changed("Component", None, "Billing").items() if name != "fieldId"}
    (one,) = revisions([entry(1, item)], {}, None)
    assert one.field == "components"


def test_an_entry_of_nobody_is_jiras_own() -> None:
    row = {name: value for name, value in entry(1, changed("summary", "a", "b")).items() if name != "author"}
    (one,) = revisions([row], {}, None)
    assert (one.actor.id, one.actor.name) == ("", "Jira")


def test_our_key_comes_back_from_the_entry() -> None:
    row = entry(1, changed("summary", "a", "b"), historyMetadata={"extraData": {"concord": "k-1"}})
    (one,) = revisions([row], {}, None)
    assert one.key == "k-1"
