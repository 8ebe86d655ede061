"""What a fresh read means."""

from dataclasses import replace

from sync.engine.merge import Base
from sync.engine.parts import Copy, KnownPart, version_of
from sync.engine.types import Actor, Item, Part, PartKind, Revision
from sync.flow.ports import Bound, KnownChange, KnownIntent, Observation, Origin, State
from sync.flow.reading import observation, own_revisions
from tests.simulation.scene import Interned
from tests.simulation.treaty import SLOTS, pair
from tests.sync.engine.sides import MORNING, at, comment

BOT, ANN = Actor("bot", "Concord"), Actor("ann", "Ann")
TREATY = pair()
MARKER = Interned()


def revision(number: int, value: str, by: Actor = ANN, key: str | None = None) -> Revision:
    """One change of the summary."""
    return Revision(str(number), at(number), by, "summary", "old", value, key)


def read(*revisions: Revision, parts: tuple[Part, ...] = (), key: str | None = None, summary: str = "old") -> Item:
    """A fresh read of Cedar's item."""
    return Item("3-1", "issue", "3-1", "", "1", MORNING, at(9), {"summary": summary}, parts, revisions, key)


def written(number: int, value: str) -> KnownIntent:
    """A write of ours that is done and not seen yet."""
    fields = {"summary": value}
    return KnownIntent(number, 1, SLOTS[3], "fields", "terms@1", "k", MORNING, MORNING, fields, open=False)


def state(*intents: KnownIntent, base: Base | None = None) -> State:
    """What is known of the case: Cedar's item, read before."""
    bound = Bound(7, SLOTS[3], "3-1", 3, seq=4)
    found = State([bound], list(TREATY.links), intents=list(intents))
    if base is not None:
        found.bases[1, "summary"] = base
    return found


def observed(item: Item, known: State) -> Observation:
    """What the read adds."""
    return observation(known.items[0], item, known, MARKER, "bot")


def test_a_persons_change_is_news_and_ours_is_an_echo() -> None:
    seen = observed(read(revision(1, "x"), revision(2, "y", BOT)), state(written(1, "y")))
    assert [(c.new, c.echo, c.seq) for c in seen.changes] == [("x", False, 5), ("y", True, 6)]
    assert seen.proven == [1]


def test_our_account_alone_proves_nothing() -> None:
    seen = observed(read(revision(1, "by hand", BOT)), state())
    assert not seen.changes[0].echo


def test_a_normalised_value_is_still_ours() -> None:
    assert own_revisions([revision(1, "trimmed", BOT)], [written(1, " trimmed  x")], MARKER, "bot")


def test_each_write_explains_one_revision() -> None:
    both = [revision(1, "y", BOT), revision(2, "y", BOT)]
    assert own_revisions(both, [written(1, "y")], MARKER, "bot") == {("1", "summary")}


def test_the_base_takes_the_value_read_back() -> None:
    base = Base("sent  twice", "sent  twice", unproven="b")
    seen = observed(
        read(revision(1, "sent twice", BOT), summary="sent twice"), state(written(1, "sent  twice"), base=base)
    )
    assert seen.bases[1, "summary"] == replace(base, b="sent twice", mark_b=5, unproven="")


def test_an_edit_after_our_write_stays_news() -> None:
    base = Base("y", "y", unproven="b")
    seen = observed(read(revision(1, "y", BOT), revision(2, "z"), summary="z"), state(written(1, "y"), base=base))
    assert seen.bases[1, "summary"].b == "y"
    assert seen.bases[1, "summary"].mark_b == 5
    assert seen.lost == []


def test_an_edit_that_our_write_overwrote_is_kept_by_name() -> None:
    base = Base("y", "y", unproven="b")
    seen = observed(read(revision(1, "z"), revision(2, "y", BOT), summary="y"), state(written(1, "y"), base=base))
    assert [(lost.value, lost.company) for lost in seen.lost] == [("z", 3)]
    assert seen.changes[0].lost


def test_an_edit_seen_while_the_write_was_under_way_is_kept_by_name_too() -> None:
    known = state(written(1, "y"), base=Base("y", "y", unproven="b", roots=(("7", 2),)))
    known.changes.append(KnownChange(50, 7, "summary", 4, MORNING, "z", open=True))
    seen = observed(read(revision(1, "y", BOT), summary="y"), known)
    assert [lost.value for lost in seen.lost] == ["z"]
    assert seen.overwritten == [50]


def test_an_edit_that_the_decision_knew_is_not_named_twice() -> None:
    known = state(written(1, "y"), base=Base("y", "y", unproven="b", roots=(("7", 4),)))
    known.changes.append(KnownChange(50, 7, "summary", 4, MORNING, "z", open=True))
    assert observed(read(revision(1, "y", BOT), summary="y"), known).lost == []


def test_a_copy_of_ours_is_recognised_by_its_marker() -> None:
    known = state()
    known.parts[5] = KnownPart(5, PartKind.COMMENT, 1, 1, "r", MORNING, True, {1: Copy("r", "v")})
    key = MARKER.encode(Origin(1, "", "r", 3))
    seen = observed(read(parts=(replace(comment("9", "hello"), key=key),)), known)
    assert seen.copies == [(5, "9")]
    assert seen.new_parts == []


def test_an_edited_part_is_one_change_and_told_once() -> None:
    part = comment("9", "hello")
    known = state()
    known.parts[5] = KnownPart(5, PartKind.COMMENT, 3, 3, "9", MORNING, True, {3: Copy("9", version_of(part))})
    assert observed(read(parts=(part,)), known).changes == []
    edited = replace(part, body="hello again", edited_at=at(2))
    seen = observed(read(parts=(edited,)), known)
    assert [change.field for change in seen.changes] == ["comment"]
    assert seen.versions == [(5, version_of(edited))]
    known.parts[5].copies[3].shown = version_of(edited)
    assert observed(read(parts=(edited,)), known).changes == []


def test_a_private_part_is_marked_so() -> None:
    seen = observed(read(parts=(comment("9", "hush", public=False),)), state())
    assert [change.private for change in seen.changes] == [True]


def test_the_birth_of_our_twin_is_an_echo() -> None:
    known = state()
    known.items[0].seq = 0
    key = MARKER.encode(Origin(1, "1-1", "", 3))
    born = Revision("1", MORNING, BOT, "summary", None, "x")
    seen = observed(read(born, key=key), known)
    assert [(change.field, change.echo) for change in seen.changes] == [("summary", True), ("created", True)]
