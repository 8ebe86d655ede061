"""The envelope: what one side lets the other read of an item, in terms; immutable once sealed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sync.engine.agreement import Link, SideName
from sync.engine.parts import PartView
from sync.engine.path import Pass
from sync.engine.plan import View
from sync.engine.types import Value


@dataclass(frozen=True, slots=True)
class Envelope:
    """Terms, ways of path terms and parts that leave `side`; the receiver's side reads nothing else."""

    link: int
    side: SideName
    rule_version: int
    values: Mapping[str, Value]
    ways: Mapping[str, tuple[Pass, ...]]
    parts: tuple[PartView, ...]

    def body(self) -> dict[str, object]:
        """As JSON, for storage and for the receiver's pages."""
        return {
            "terms": {name: plain(value) for name, value in sorted(self.values.items())},
            "ways": {
                name: [[one.seq, stamp(one.at), plain(one.value)] for one in passes]
                for name, passes in sorted(self.ways.items())
                if passes
            },
            "parts": [
                {
                    "id": part.id,
                    "kind": part.kind.value,
                    "at": stamp(part.at),
                    "author": part.author,
                    "body": part.body,
                    "name": part.name,
                    "media_type": part.media_type,
                    "size": part.size,
                }
                for part in self.parts
            ],
        }

    def digest(self) -> str:
        """SHA-256 of the canonical body: equal content is sealed once."""
        text = json.dumps([self.rule_version, self.body()], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def newest(self) -> datetime | None:
        """Source time of the newest change inside, if any is new."""
        times = [one.at for passes in self.ways.values() for one in passes if one.at]
        return max([*times, *(part.at for part in self.parts)], default=None)


def drawn(link: Link, side: SideName, view: View, parts: list[PartView]) -> Envelope:
    """The envelope of one side as it stands."""
    end = link.end(side)
    return Envelope(link.id, side, end.rule_version, view.draft.values, view.ways, tuple(parts))


def opened(envelope: Envelope, view: View) -> View:
    """The sender's view as the receiver may know it: terms and ways out of the envelope, no field of theirs."""
    draft = type(view.draft)(dict(envelope.values))
    return View({}, draft, dict(envelope.ways), view.key, view.last)


def plain(value: Value) -> object:
    """A value as JSON."""
    return list(value) if isinstance(value, tuple) else value


def portable(value: object) -> Value:
    """A value back from JSON."""
    return tuple(value) if isinstance(value, list) else value  # type: ignore[return-value]


def stamp(at: datetime | None) -> str | None:
    """A time as ISO 8601, or nothing."""
    return at.isoformat() if at else None
