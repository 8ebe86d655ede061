"""The one tree of errors; each carries a stable code and a sentence that says what to do.

Fault
├── BadInput        what was entered cannot be taken; names the fields
├── Denied          the subject may not do this; carries the reason
├── Stale           somebody else saved in between; nothing was written
├── Misconfigured   a setting is missing or wrong; the process does not start
└── TrackerFault    another company's tracker did not do what was asked
    ├── Unavailable   no answer, 5xx, half an answer   → reaction retry
    ├── RateLimited   429 or a budget used up          → reaction retry, not before `retry_at`
    ├── Unauthorized  the credential was refused       → reaction stop the system
    ├── Rejected      the tracker refused the values   → reaction park the lane
    ├── Missing       the item is gone or hidden       → reaction park the lane
    └── Conflict      somebody wrote at the same time  → reaction re-read and try again
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum


class Reaction(StrEnum):
    """What the engine does after an error."""

    RETRY = "retry"
    STOP = "stop"
    PARK = "park"
    REREAD = "re-read"


class Fault(Exception):
    """Root of all expected errors. `code` is stable and machine-readable, `str()` is for a person."""

    code = "fault"

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if code is not None:
            self.code = code


class BadInput(Fault):
    """What was entered cannot be taken. `fields` maps a field's name to its own sentence."""

    code = "bad-input"

    def __init__(self, sentence: str, *, code: str | None = None, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence, code=code)
        self.fields = dict(fields or {})


class Denied(Fault):
    """The subject may not do this; the sentence is the reason a page may show."""

    code = "denied"


class Stale(Fault):
    """The row changed since it was read; nothing was written."""

    code = "stale"


class Misconfigured(Fault):
    """A setting is missing or wrong; the process must not start."""

    code = "misconfigured"


class TrackerFault(Fault):
    """A tracker did not do what was asked. `status` is its HTTP status, `field` the field it named."""

    code = "tracker"
    reaction = Reaction.PARK

    def __init__(
        self, sentence: str, *, code: str | None = None, status: int | None = None, field: str | None = None
    ) -> None:
        super().__init__(sentence, code=code)
        self.status = status
        self.field = field


class Unavailable(TrackerFault):
    """No answer, a server error or half an answer. `sent` says whether a write may have been applied."""

    code = "tracker-unavailable"
    reaction = Reaction.RETRY

    def __init__(
        self, sentence: str, *, status: int | None = None, sent: bool = True, retry_at: datetime | None = None
    ) -> None:
        super().__init__(sentence, status=status)
        self.sent = sent
        self.retry_at = retry_at


class RateLimited(TrackerFault):
    """The tracker asks for patience; nothing was applied. `retry_at` is UTC."""

    code = "tracker-rate-limited"
    reaction = Reaction.RETRY

    def __init__(self, sentence: str, *, retry_at: datetime, status: int | None = 429) -> None:
        super().__init__(sentence, status=status)
        self.retry_at = retry_at


class Unauthorized(TrackerFault):
    """The credential was refused; nothing was applied; every further call would be refused too."""

    code = "tracker-unauthorized"
    reaction = Reaction.STOP


class Rejected(TrackerFault):
    """The tracker refused these values for good; nothing was applied."""

    code = "tracker-rejected"
    reaction = Reaction.PARK


class Missing(TrackerFault):
    """The item or part is gone, or hidden from our account."""

    code = "tracker-missing"
    reaction = Reaction.PARK


class Conflict(TrackerFault):
    """Somebody wrote at the same moment; nothing was applied; re-read and try again."""

    code = "tracker-conflict"
    reaction = Reaction.REREAD
