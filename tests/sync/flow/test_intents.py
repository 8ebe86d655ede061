"""Was it written or not?"""

from dataclasses import replace
from datetime import datetime, timedelta

from sync.engine.types import Actor, Item, Part, PartKind, Revision
from sync.flow.intents import Evidence, resolved, sure_after, trace
from sync.flow.ports import KnownIntent
from tests.simulation.stage import Stage
from tests.simulation.treaty import SLOTS
from tests.sync.engine.sides import MORNING

STAGE = Stage(None)
BOT, ANN = Actor("bot", "Concord"), Actor("ann", "Ann")
CONNECTOR = STAGE.scene.connector(3)


def intent(op: str = "fields", **changes: object) -> KnownIntent:
    """A promise to write the summary of item 3-1, or something else of it."""
    until = STAGE.scene.clock() + timedelta(seconds=12)
    plain = KnownIntent(1, 1, SLOTS[3], "fields", "terms@1", "key", MORNING, until, {"summary": "new"})
    return replace(plain, op=op, **changes)  # type: ignore[arg-type]


def item(*revisions: Revision, parts: tuple[Part, ...] = (), key: str | None = None, summary: str = "old") -> Item:
    """A fresh read of 3-1."""
    fields = {"summary": summary}
    return Item("3-1", "issue", "3-1", "", "1", MORNING, MORNING, fields, parts, revisions, key)


def revision(number: str, value: str, by: Actor = BOT, key: str | None = None) -> Revision:
    """One change of the summary."""
    return Revision(number, MORNING, by, "summary", "old", value, key)


def seen(found: Item, **changes: object) -> Evidence:
    """What a read shows."""
    return replace(Evidence("bot", found), **changes)  # type: ignore[arg-type]


def landed(one: KnownIntent, evidence: Evidence) -> bool:
    """Whether a write is found."""
    return trace(one, evidence, CONNECTOR) is not None


def test_a_field_is_found_by_marker_by_our_revision_or_by_its_value() -> None:
    assert landed(intent(), seen(item(revision("1", "trimmed", key="key"))))
    assert landed(intent(), seen(item(revision("1", "new"), revision("2", "other", ANN))))
    assert landed(intent(), seen(item(summary="new")))


def test_what_somebody_else_wrote_proves_nothing() -> None:
    assert not landed(intent(), seen(item(revision("1", "other", ANN))))
    assert not landed(intent(), seen(item(revision("1", "other"))))
    assert not landed(intent(), seen(item(revision("1", "new", key="another"))))


def test_a_revision_that_another_write_explains_is_not_taken_twice() -> None:
    evidence = seen(item(revision("1", "new"), summary="later"), explained={("1", "summary")})
    assert not landed(intent(), evidence)


def test_a_comment_is_found_by_its_marker_alone() -> None:
    part = Part("9", PartKind.COMMENT, MORNING, BOT, True, "hello", key="key")
    assert landed(intent("comment"), seen(item(parts=(part,))))
    assert not landed(intent("comment"), seen(item(parts=(replace(part, key="other"),))))


def test_an_edited_comment_is_found_by_its_body() -> None:
    part = Part("9", PartKind.COMMENT, MORNING, BOT, True, "hello again")
    edit = intent("edit", name="9", fields={"body": "hello again"})
    assert landed(edit, seen(item(parts=(part,))))
    assert not landed(edit, seen(item(parts=(replace(part, body="hello"),))))


def test_a_file_is_found_by_name_and_size_unless_it_is_another_parts() -> None:
    part = Part("9", PartKind.ATTACHMENT, MORNING, BOT, True, name="f", size=3)
    attach = intent("attach", name="f", size=3)
    assert landed(attach, seen(item(parts=(part,))))
    assert not landed(attach, seen(item(parts=(part,)), taken={"9"}))
    assert not landed(attach, seen(item(parts=(replace(part, author=ANN),))))


def test_a_twin_that_is_bound_already_is_found_on_itself() -> None:
    assert landed(intent("create"), seen(item(key="key")))
    assert not landed(intent("create"), seen(item(key="other")))


def test_absence_is_proof_only_after_the_lease_and_the_trackers_lag() -> None:
    one = intent()
    sure = sure_after(one, CONNECTOR, STAGE.scene.world)
    assert sure == one.lease_until + timedelta(seconds=1)
    assert sure_after(intent("create"), CONNECTOR, STAGE.scene.world) == one.lease_until + timedelta(seconds=2)
    assert isinstance(resolved(one, seen(item()), CONNECTOR, STAGE.scene.world), datetime)
    STAGE.scene.clock.seconds += 20
    assert resolved(one, seen(item()), CONNECTOR, STAGE.scene.world) is None
    STAGE.scene.clock.seconds -= 20
