"""Markers on what we write: opaque authenticated tokens that only Concord resolves to their origin."""

import json
from dataclasses import dataclass

from portal.core.secrets import token, untoken
from sync.flow.ports import Origin


@dataclass(frozen=True, slots=True)
class SealedMarker:
    """Markers under CONCORD_MARKER_KEY; deterministic, so a repeated write carries the same one."""

    key: str

    def encode(self, origin: Origin) -> str:
        """An opaque url-safe text of at most 200 characters."""
        return token(json.dumps(origin, separators=(",", ":"), ensure_ascii=False).encode(), key=self.key)

    def decode(self, text: str) -> Origin | None:
        """The origin, or None for a text that we did not make."""
        plain = untoken(text, key=self.key)
        return None if plain is None else Origin(*json.loads(plain))
