"""The list of this floor's models, nothing else."""

from sync.flow.models.cases import Case, Hold, Item, Lane, Part, PartCopy
from sync.flow.models.disclosed import Count, Disclosed
from sync.flow.models.facts import Change, ChangeContent, Envelope, EnvelopeContent, Snapshot, Withheld
from sync.flow.models.pulse import Pulse
from sync.flow.models.quality import Surveyed
from sync.flow.models.streams import Delivery, Probe, Seen, Stream
from sync.flow.models.writes import Agreed, Conflict, Intent, IntentContent, Journal
from sync.oversight.models import Overseen
from sync.triage.models import Parked

__all__ = [
    "Agreed",
    "Case",
    "Change",
    "ChangeContent",
    "Conflict",
    "Count",
    "Delivery",
    "Disclosed",
    "Envelope",
    "EnvelopeContent",
    "Hold",
    "Intent",
    "IntentContent",
    "Item",
    "Journal",
    "Lane",
    "Overseen",
    "Parked",
    "Part",
    "PartCopy",
    "Probe",
    "Pulse",
    "Seen",
    "Snapshot",
    "Stream",
    "Surveyed",
    "Withheld",
]
