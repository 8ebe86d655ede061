"""What Jira's error bodies say: field errors, error messages, gateway errors."""

from sync.connectors.jira.answers import record, text
from sync.connectors.wire import Explained


def explain(body: object) -> Explained:
    """Jira's own sentence and the first field it names.

    Shapes (apis/jira.md 12): {"errorMessages": [...], "errors": {field: sentence}}, the gateway's
    {"code": 401, "message": "Unauthorized"}, OAuth's {"error": "...", "error_description": "..."}.
    """
    answer = record(body)
    fields = record(answer.get("errors"))
    said = answer.get("errorMessages")
    sentences = [text(one) for one in said] if isinstance(said, list) else []
    sentences += [f"{name}: {text(sentence)}" for name, sentence in fields.items()]
    if not sentences:
        sentences = [text(answer.get(key)) for key in ("error_description", "message", "error", "errorMessage")]
    sentence = " ".join(one for one in sentences[:4] if one)
    return Explained(sentence, next(iter(fields), None))
