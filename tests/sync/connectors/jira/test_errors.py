"""Jira's error bodies: its own sentence and the field it names."""

import pytest

from sync.connectors.jira.errors import explain

BODIES: dict[str, tuple[object, str, str | None]] = {
    "messages": ({"errorMessages": ["Issue does not exist."], "errors": {}}, "Issue does not exist.", None),
    "fields": ({"errorMessages": [], "errors": {"summary": "Too long."}}, "summary: Too long.", "summary"),
    "gateway": ({"code": 401, "message": "Unauthorized; scope does not match"}, "Unauthorized; scope", None),
    "sign-in": ({"error": "invalid_grant", "error_description": "Unknown refresh token."}, "Unknown refresh", None),
    "none": ([], "", None),
    "odd": ({"errorMessages": "x", "errors": []}, "", None),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_explained(name: str) -> None:
    body, sentence, field = BODIES[name]
    said = explain(body)
    assert said.sentence.startswith(sentence)
    assert said.field == field
