"""People at work in all trackers at once; what they did is remembered for the judge."""

from dataclasses import dataclass, replace
from random import Random

from sync.engine.types import Actor, Part, PartKind, Value
from tests.simulation.tracker import Record, Tracker
from tests.simulation.treaty import ODD, PRIORITY, STATUS, SUMMARY, Treaty


@dataclass(frozen=True, slots=True)
class Edit:
    """One person's new summary, and what stood in the field before it: what the person could see."""

    system: int
    record: str
    value: str
    seen: frozenset[Value]


class People:
    """Everybody who works in the trackers."""

    def __init__(self, trackers: dict[int, Tracker], treaty: Treaty, random: Random) -> None:
        self.trackers, self.treaty, self.random = trackers, treaty, random
        self.numbers, self.deeds = 0, 0
        self.edits: list[Edit] = []
        #: token → (system, record, newest version) of public comments
        self.comments: dict[str, tuple[int, str, int]] = {}
        self.files: dict[str, tuple[int, str, bytes]] = {}
        #: parts that went private again: nothing is asked of them
        self.withdrawn: set[str] = set()
        self.movers: dict[str, set[int]] = {}

    def act(self) -> None:
        """One deed by somebody, somewhere."""
        alive = [(s, r) for s, t in self.trackers.items() for r in t.records.values() if not r.deleted]
        if not alive:
            self.open_item(self.random.choice(sorted(self.trackers)))
            return
        system, record = self.random.choice(alive)
        deed = self.random.choices(
            (self.summarise, self.move, self.prioritise, self.comment, self.edit_comment, self.attach, self.whisper,
             self.keep_secret, self.withdraw, self.share, self.delete),
            (24, 20, 14, 20, 6, 6, 4, 4, 2, 2, 0.7),
        )[0]  # fmt: skip
        self.deeds += 1
        deed(self.trackers[system], record)

    def token(self, letter: str) -> str:
        """A text that occurs nowhere else."""
        self.numbers += 1
        return f"{letter}{self.numbers}"

    def who(self, tracker: Tracker) -> Actor:
        """Somebody of that company; now and then by hand under Concord's own account."""
        if tracker.habits.keyed_history and self.random.random() < 0.03:
            return Actor("bot", "Concord")
        return Actor(f"u{tracker.system}", self.random.choice(("Ann", "Bob", "Cyd")) + str(tracker.system))

    def open_item(self, system: int, *, shared: bool | None = None) -> Record:
        """A new item, in scope or not."""
        inside = self.random.random() < 0.85 if shared is None else shared
        token = self.token("s")
        fields: dict[str, Value] = {
            SUMMARY[system]: token,
            "status": STATUS[system][0],
            "priority": self.random.choice(PRIORITY[system]),
            "shared": "yes" if inside else "no",
            "secret": f"canary-{system}-secret",
            "budget": f"canary-{system}-budget",
        }
        if system == 1:
            fields["cost"] = "canary-1-cost"
        self.deeds += 1
        record = self.trackers[system].create(fields, Actor(f"u{system}", f"Ann{system}"))
        self.edits.append(Edit(system, record.id, token, frozenset()))
        return record

    def summarise(self, tracker: Tracker, record: Record) -> None:
        """A new summary."""
        name, token = SUMMARY[tracker.system], self.token("s")
        seen = frozenset(tracker.history.get((record.id, name), ()))
        tracker.edit(record, {name: token}, self.who(tracker))
        self.edits.append(Edit(tracker.system, record.id, token, seen))

    def move(self, tracker: Tracker, record: Record) -> None:
        """A new status."""
        choices = list(STATUS[tracker.system])
        if self.treaty.odd and tracker.system == 1:
            choices.append(ODD)
        value = self.random.choice(choices)
        self.movers.setdefault(record.id, set()).add(tracker.system)
        tracker.edit(record, {"status": value}, self.who(tracker))

    def prioritise(self, tracker: Tracker, record: Record) -> None:
        """A new priority."""
        tracker.edit(record, {"priority": self.random.choice(PRIORITY[tracker.system])}, self.who(tracker))

    def comment(self, tracker: Tracker, record: Record) -> None:
        """A public comment."""
        token = self.token("c")
        who = Actor(f"u{tracker.system}", f"Ann{tracker.system}")
        tracker.add(record, tracker.part(who, f"{token}:v1"))
        self.comments[token] = (tracker.system, record.id, 1)

    def _own(self, record: Record) -> list[tuple[str, Part]]:
        parts = {part.body.split(":", 1)[0]: part for part in record.parts}
        return [
            (t, parts[t]) for t, (_, home, _) in sorted(self.comments.items()) if home == record.id and t in parts
        ]

    def edit_comment(self, tracker: Tracker, record: Record) -> None:
        """A comment of somebody here gets a new body."""
        own = self._own(record)
        if own:
            token, part = self.random.choice(own)
            version = self.comments[token][2] + 1
            self.comments[token] = (tracker.system, record.id, version)
            tracker.replace(record, replace(part, body=f"{token}:v{version}", edited_at=tracker.now()))

    def withdraw(self, tracker: Tracker, record: Record) -> None:
        """A public comment turns private, with something private in it."""
        own = self._own(record)
        if own:
            token, part = self.random.choice(own)
            body = f"canary-{tracker.system}-withdrawn"
            tracker.replace(record, replace(part, body=body, public=False, edited_at=tracker.now()))
            self.withdrawn.add(token)

    def attach(self, tracker: Tracker, record: Record) -> None:
        """A file."""
        name = f"{self.token('f')}.txt"
        who = Actor(f"u{tracker.system}", f"Ann{tracker.system}")
        content = f"bytes of {name}".encode()
        tracker.add(record, tracker.file(who, name, content), content)
        self.files[name] = (tracker.system, record.id, content)

    def whisper(self, tracker: Tracker, record: Record) -> None:
        """A private comment, or a private file."""
        canary = f"canary-{tracker.system}-note"
        who = Actor(f"u{tracker.system}", f"Ann{tracker.system}")
        if self.random.random() < 0.5:
            tracker.add(record, tracker.part(who, canary, public=False))
        else:
            tracker.add(record, tracker.file(who, canary, canary.encode(), public=False), canary.encode())

    def keep_secret(self, tracker: Tracker, record: Record) -> None:
        """A field that nobody else may read."""
        name = self.random.choice(("secret", "budget"))
        tracker.edit(record, {name: f"canary-{tracker.system}-{self.token(name)}"}, self.who(tracker))

    def share(self, tracker: Tracker, record: Record) -> None:
        """An item comes into scope."""
        tracker.edit(record, {"shared": "yes"}, self.who(tracker))

    def delete(self, tracker: Tracker, record: Record) -> None:
        """An item is deleted."""
        tracker.delete(record)


def is_file(part: Part) -> bool:
    """Whether a part is a file."""
    return part.kind is PartKind.ATTACHMENT
