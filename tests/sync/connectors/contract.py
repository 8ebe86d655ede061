"""What every tracker's connector must do, held against that tracker's practice system over real HTTP.

A tracker's own test module subclasses `Contract` as `Test…` and gives the fixture `stage` (stage.py).
"""

import hashlib
from datetime import timedelta

import pytest

from portal.core import clock
from portal.core.errors import (
    Missing,
    RateLimited,
    Reaction,
    Rejected,
    TrackerFault,
    Unauthorized,
    Unavailable,
)
from sync.connectors.base import Basic
from sync.engine.types import AddComment, Attach, EditComment, Listed, Move, SetFields
from tests.sync.connectors.stage import Stage, awaited, comments, content, fetched, files, new_key

#: astral planes, right-to-left, combining characters: what a naive cut or encoding breaks
WORLD = "Grüße 😀 𝔘𝔫𝔦 中文 שלום é"
FILES = {
    "empty": ("empty.txt", b""),
    "one byte": ("one.bin", b"\x00"),
    "unicode name": ("Zeichnung – Ömer 😀 (2).bin", bytes(range(256)) * 16),
    "one megabyte": ("large.bin", hashlib.sha256(b"large").digest() * 32_768),
}
FAULTS = {
    "500": ({"status": 500}, Unavailable, Reaction.RETRY),
    "503": ({"status": 503}, Unavailable, Reaction.RETRY),
    "503 with a time": ({"status": 503, "retry_after": 7}, RateLimited, Reaction.RETRY),
    "429": ({"status": 429, "retry_after": 30}, RateLimited, Reaction.RETRY),
    "401": ({"status": 401, "times": 2}, Unauthorized, Reaction.STOP),
    "403": ({"status": 403}, Rejected, Reaction.PARK),
    "404": ({"status": 404}, Missing, Reaction.PARK),
    "409": ({"status": 409}, TrackerFault, Reaction.REREAD),
    "a web page": ({"html": True}, Unavailable, Reaction.RETRY),
    "half an answer": ({"half": True}, Unavailable, Reaction.RETRY),
    "no answer": ({"drop": "after"}, Unavailable, Reaction.RETRY),
    "no connection": ({"drop": "before"}, Unavailable, Reaction.RETRY),
}


class Contract:
    """The shared contract. One test per promise."""

    def test_check_says_who_we_are_and_that_nothing_is_missing(self, stage: Stage) -> None:
        """Account, kinds, no problems, a small skew."""
        found = stage.connector.check()
        assert found.account.id
        assert found.account.name
        assert stage.words.kind in found.kinds
        assert found.problems == ()
        assert abs(found.skew) < 5

    def test_a_wrong_credential_stops_the_system(self, stage: Stage) -> None:
        """Even where the tracker answers 200 to nobody."""
        with pytest.raises(Unauthorized) as caught:
            stage.again(Basic("nobody@example.org", "wrong")).check()
        assert caught.value.reaction is Reaction.STOP

    def test_describe_knows_the_fields_that_rules_need(self, stage: Stage) -> None:
        """Title with its length, status with its options."""
        schema = stage.connector.describe(stage.words.kind)
        known = {info.key: info for info in schema.fields}
        assert known[stage.words.title].max_length
        assert stage.words.description in known
        assert set(stage.words.steps) <= {option.value for option in known[stage.words.status].options}

    def test_an_unknown_kind_is_missing(self, stage: Stage) -> None:
        """With a sentence, not with a crash."""
        with pytest.raises(Missing):
            stage.connector.describe("no such kind")

    def test_what_is_created_is_read_back(self, stage: Stage) -> None:
        """Fields, marker, address; 4-byte text as it was."""
        key = new_key()
        record = stage.create(f"Title {WORLD}", f"Body {WORLD}", key)
        item = stage.connector.read(record)
        assert item.record == record
        assert item.kind == stage.words.kind
        assert item.key == key
        assert item.label
        assert item.url.startswith("http")
        assert item.fields[stage.words.title] == f"Title {WORLD}"
        assert item.fields[stage.words.description] == f"Body {WORLD}"
        assert item.created_at <= item.updated_at
        assert not item.locked
        assert comments(item) == []

    def test_an_item_is_found_by_its_key_alone(self, stage: Stage) -> None:
        """Each by its own, none by an unknown one."""
        one, two = new_key(), new_key()
        first, second = stage.create(key=one), stage.create(key=two)
        assert awaited(lambda: stage.connector.find(stage.words.kind, one)) == (first,)
        assert awaited(lambda: stage.connector.find(stage.words.kind, two)) == (second,)
        assert stage.connector.find(stage.words.kind, new_key()) == ()

    def test_a_create_whose_answer_is_lost_is_found_and_not_made_twice(self, stage: Stage) -> None:
        """Unavailable says that it may have been applied; a repeat of a repeatable create changes nothing."""
        key = new_key()
        stage.fault(drop="after", match=stage.words.creates)
        with pytest.raises(Unavailable) as caught:
            stage.create(key=key)
        assert caught.value.sent
        found = awaited(lambda: stage.connector.find(stage.words.kind, key))
        assert len(found) == 1
        if stage.connector.capabilities.idempotent_create:
            assert stage.create(key=key) == found[0]
            assert stage.connector.find(stage.words.kind, key) == found

    def test_a_create_that_never_arrived_is_not_there(self, stage: Stage) -> None:
        """And the next try with the same key makes it."""
        key = new_key()
        stage.fault(status=500, match=stage.words.creates)
        with pytest.raises(Unavailable):
            stage.create(key=key)
        assert stage.connector.find(stage.words.kind, key) == ()
        assert stage.create(key=key)

    def test_fields_are_set_and_told_in_the_history(self, stage: Stage) -> None:
        """One revision with old, new, actor and time."""
        record = stage.create("Before")
        before = stage.connector.read(record)
        stage.connector.apply(record, SetFields({stage.words.title: "After"}), new_key())
        item = stage.connector.read(record)
        told = [one for one in item.revisions if one.field == stage.words.title]
        assert [(one.old, one.new) for one in told] == [("Before", "After")]
        assert told[0].actor.id == stage.connector.check().account.id
        assert item.version != before.version
        assert item.fields[stage.words.title] == "After"

    def test_status_moves_step_by_step(self, stage: Stage) -> None:
        """Every stop is in the history, in order."""
        record = stage.create()
        for step in stage.words.steps:
            stage.connector.apply(record, Move(stage.words.status, step), new_key())
        item = stage.connector.read(record)
        assert item.fields[stage.words.status] == stage.words.steps[-1]
        assert [one.new for one in item.revisions if one.field == stage.words.status] == [*stage.words.steps]

    def test_a_long_history_is_complete_and_in_order(self, stage: Stage) -> None:
        """Over more than one page and with many changes in one second; `since` gives exactly the rest."""
        record = stage.hands.open("Title 0", "Body")
        for number in range(1, 121):
            stage.hands.retitle(record, f"Title {number}")
        told = [one for one in stage.connector.read(record).revisions if one.field == stage.words.title]
        assert [one.new for one in told] == [f"Title {number}" for number in range(1, 121)]
        assert len({one.id for one in told}) == 120
        assert [one.at for one in told] == sorted(one.at for one in told)
        rest = stage.connector.read(record, since=told[99].id).revisions
        assert [one.id for one in rest] == [one.id for one in told[100:]]
        assert stage.connector.read(record, since=told[-1].id).revisions == ()

    def test_comments_come_in_order_with_author_and_key(self, stage: Stage) -> None:
        """A person's without a key, ours with its own."""
        record, key = stage.create(), new_key()
        stage.hands.comment(record, "By hand", public=True)
        written = stage.connector.apply(record, AddComment(f"From us {WORLD}"), key)
        first, second = comments(stage.connector.read(record))
        assert (first.body, first.key, first.public) == ("By hand", None, True)
        assert (second.body, second.key, second.public) == (f"From us {WORLD}", key, True)
        assert second.id == written.part
        assert first.author.id != second.author.id
        assert first.author.name

    def test_a_comment_whose_answer_is_lost_is_found_by_its_key(self, stage: Stage) -> None:
        """So that nobody needs to write it twice."""
        record, key = stage.create(), new_key()
        stage.fault(drop="after", match=stage.words.comments)
        with pytest.raises(Unavailable):
            stage.connector.apply(record, AddComment("Once"), key)
        assert [one.key for one in comments(stage.connector.read(record))] == [key]

    def test_a_private_note_is_never_read_as_public(self, stage: Stage) -> None:
        """Neither its text nor its file, and never inside a field."""
        record = stage.create()
        stage.hands.comment(record, "canary-note", public=False)
        stage.hands.attach(record, "canary-file.txt", b"canary", public=False)
        item = stage.connector.read(record)
        open_parts = [part for part in item.parts if part.public]
        assert "canary" not in repr(open_parts)
        assert "canary" not in repr(item.fields)
        assert "canary" not in repr(item.revisions)

    def test_a_note_of_ours_stays_private(self, stage: Stage) -> None:
        """What was asked to be private is read as private."""
        record = stage.create()
        stage.connector.apply(record, AddComment("canary-ours", public=False), new_key())
        item = stage.connector.read(record)
        assert "canary" not in repr([part for part in item.parts if part.public])

    @pytest.mark.parametrize("name, data", FILES.values(), ids=FILES)
    def test_a_file_of_ours_arrives_byte_for_byte(self, stage: Stage, name: str, data: bytes) -> None:
        """Name, size, key and hash with it."""
        record, key = stage.create(), new_key()
        step = Attach(name, "application/octet-stream", len(data), note="A file from next door")
        written = stage.connector.apply(record, step, key, content(data))
        (part,) = files(stage.connector.read(record))
        assert (part.id, part.name, part.size, part.key) == (written.part, name, len(data), key)
        assert written.sha256 == hashlib.sha256(data).hexdigest()
        assert fetched(stage.connector.attachment(record, part.id)) == data

    @pytest.mark.parametrize("name, data", FILES.values(), ids=FILES)
    def test_a_persons_file_is_read_byte_for_byte(self, stage: Stage, name: str, data: bytes) -> None:
        """It carries no key."""
        record = stage.create()
        stage.hands.attach(record, name, data, public=True)
        (part,) = files(stage.connector.read(record))
        assert (part.name, part.size, part.key, part.public) == (name, len(data), None, True)
        assert fetched(stage.connector.attachment(record, part.id)) == data

    def test_a_broken_upload_leaves_nothing_behind(self, stage: Stage) -> None:
        """No part, and a new try works."""
        record = stage.create()
        step = Attach("half.bin", "application/octet-stream", 200_000)
        with pytest.raises(Unavailable):
            stage.connector.apply(record, step, new_key(), content(b"x" * 100_000))
        assert files(stage.connector.read(record)) == []
        stage.connector.apply(record, step, new_key(), content(b"x" * 200_000))
        assert [part.size for part in files(stage.connector.read(record))] == [200_000]

    @pytest.mark.parametrize("spec, kind, reaction", FAULTS.values(), ids=FAULTS)
    def test_each_error_has_its_reaction(
        self, stage: Stage, spec: dict[str, object], kind: type[TrackerFault], reaction: Reaction
    ) -> None:
        """And the next read is as good as ever."""
        record = stage.create()
        stage.fault(**spec)
        with pytest.raises(kind) as caught:
            stage.connector.read(record)
        assert caught.value.reaction is reaction
        assert caught.value.sentence.endswith(".")
        stage.heal()
        assert stage.connector.read(record).record == record

    def test_a_limit_says_when_to_come_back(self, stage: Stage) -> None:
        """429 with Retry-After 30 is half a minute from now."""
        record = stage.create()
        stage.fault(status=429, retry_after=30)
        with pytest.raises(RateLimited) as caught:
            stage.connector.read(record)
        wait = caught.value.retry_at - clock.now()
        assert timedelta(seconds=25) < wait <= timedelta(seconds=30)

    def test_a_refused_value_names_its_field(self, stage: Stage) -> None:
        """Rejected parks the lane with the field's name."""
        record, (name, value) = stage.create(), stage.words.wrong
        with pytest.raises(Rejected) as caught:
            stage.connector.apply(record, SetFields({name: value}), new_key())
        assert caught.value.field == name

    def test_a_deleted_item_is_missing(self, stage: Stage) -> None:
        """Also for a write."""
        record = stage.create()
        stage.hands.delete(record)
        with pytest.raises(Missing):
            stage.connector.read(record)
        with pytest.raises(Missing):
            stage.connector.apply(record, AddComment("Too late"), new_key())

    def test_a_record_that_is_none_is_missing(self, stage: Stage) -> None:
        """Whatever it is made of."""
        for record in ("999999999", "../users/me", "none"):
            with pytest.raises(Missing):
                stage.connector.read(record)

    def test_changes_lists_what_changed_once_and_again(self, stage: Stage) -> None:
        """From an empty cursor on, over polls, without an end."""
        first = stage.connector.changes("", now=clock.now())
        record = stage.create()
        cursor, rows = follow(stage, first.cursor, record)
        assert record in rows
        stage.hands.retitle(record, "Changed again")
        version = rows[record].version
        cursor, rows = follow(stage, cursor, record, other_than=version)
        assert rows[record].version != version
        assert cursor

    def test_an_edited_comment_keeps_its_id(self, stage: Stage) -> None:
        """Where the tracker can; else the connector says that it cannot."""
        record, key = stage.create(), new_key()
        written = stage.connector.apply(record, AddComment("Frist"), key)
        assert written.part
        edit = EditComment(written.part, "First")
        if not stage.connector.capabilities.edit_comment:
            with pytest.raises(Rejected):
                stage.connector.apply(record, edit, key)
            return
        stage.connector.apply(record, edit, key)
        assert [(one.id, one.body) for one in comments(stage.connector.read(record))] == [(written.part, "First")]

    def test_an_old_access_token_is_renewed_once(self, stage: Stage) -> None:
        """One exchange, then the new token."""
        if stage.stale is None:
            pytest.skip("This tracker's practice system plays no OAuth.")
        connector = stage.again(stage.stale)
        assert connector.check().account.id
        assert connector.check().account.id

    def test_an_unsigned_webhook_is_refused(self, stage: Stage) -> None:
        """A guess at the address is not enough."""
        with pytest.raises(Unauthorized):
            stage.connector.parse_webhook({}, b'{"ticket_id": 1}', ("secret",), now=clock.now())


def follow(stage: Stage, cursor: str, record: str, *, other_than: str = "") -> tuple[str, dict[str, Listed]]:
    """Poll until the record is listed (with another version): the cursor then, the last row of each."""
    seen: dict[str, Listed] = {}

    def listed() -> bool:
        nonlocal cursor
        more = True
        while more:
            page = stage.connector.changes(cursor, now=clock.now())
            seen.update({row.record: row for row in page.rows})
            cursor, more = page.cursor, page.more
        return record in seen and seen[record].version != other_than

    awaited(listed)
    return cursor, seen
