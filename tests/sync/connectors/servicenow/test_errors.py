"""Error bodies as one sentence."""

from sync.connectors.servicenow.errors import explain


def test_both_shapes_are_told() -> None:
    body = {"error": {"message": "Operation Failed", "detail": "Data Policy Exception"}, "status": "failure"}
    assert explain(body).sentence == "Operation Failed: Data Policy Exception"
    assert explain({"error": "access_denied", "error_description": "access_denied"}).sentence == "access_denied"
    assert explain([]).sentence == explain({"error": {"message": None}}).sentence == ""
