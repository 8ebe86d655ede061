"""Zendesk's error bodies in all their shapes."""

import pytest

from sync.connectors.zendesk.errors import explain


@pytest.mark.parametrize(
    "body, sentence, field",
    [
        ({"error": "RecordNotFound", "description": "Not found"}, "RecordNotFound: Not found", None),
        (
            {
                "error": "RecordInvalid",
                "description": "Record validation errors",
                "details": {"requester": [{"description": "Name: is too short", "error": "BlankValue"}]},
            },
            "Name: is too short",
            "requester",
        ),
        (
            {
                "error": "RecordInvalid",
                "details": {"base": [{"description": "Product: is required", "ticket_field_id": 360001}]},
            },
            "Product: is required",
            "field_360001",
        ),
        ({"details": {"assignee_id": [{"description": "is invalid"}]}}, "is invalid", "assignee"),
        (
            {"error": {"title": "Invalid attribute", "message": "You passed a wrong value."}},
            "Invalid attribute: You passed a wrong value.",
            None,
        ),
        ({"errors": [{"code": "InvalidUrl", "title": "Bad", "detail": "Not a URL"}]}, "Not a URL", None),
        ({"error": "invalid_token", "error_description": "expired"}, "invalid_token: expired", None),
        ({"error": "Couldn't authenticate you"}, "Couldn't authenticate you", None),
        ([], "", None),
        ("Rate limit", "", None),
        ({"details": "odd"}, "", None),
    ],
)
def test_an_error_body_says(body: object, sentence: str, field: str | None) -> None:
    said = explain(body)
    assert (said.sentence, said.field) == (sentence, field)
