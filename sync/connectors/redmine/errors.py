"""What Redmine's error bodies say: a list of sentences, each beginning with a field's label."""

from sync.connectors.answers import record, text
from sync.connectors.wire import Explained

#: labels as an English Redmine writes them; other languages name no field
LABELS = {
    "Subject": "subject",
    "Description": "description",
    "Status": "status",
    "Priority": "priority",
    "Assignee": "assigned_to",
    "Category": "category",
    "Target version": "fixed_version",
    "Start date": "start_date",
    "Due date": "due_date",
    "% Done": "done_ratio",
    "Estimated time": "estimated_hours",
}


def explain(body: object) -> Explained:
    """Redmine's own sentences, and the first field that they name."""
    said = record(body).get("errors")
    sentences = [text(one) for one in said] if isinstance(said, list) else []
    named = (key for one in sentences for label, key in LABELS.items() if one.startswith(label + " "))
    return Explained("; ".join(sentences[:4]), next(named, None))
