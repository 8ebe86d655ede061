"""The OpenAPI document: valid, reviewed when it changes, and true under generated requests."""

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from django.core.signals import request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from rest_framework.renderers import JSONRenderer
from schemathesis.checks import not_a_server_error

from portal.access import rls
from tests import factories, traffic
from tests.characters import Character, WalledClient
from tests.story import Story

if TYPE_CHECKING:
    from wsgiref.types import StartResponse

PINNED = Path(__file__).parents[2] / "openapi.json"


def document() -> dict[str, Any]:
    """The document as the API serves it."""
    made = SchemaGenerator().get_schema(request=None, public=True)
    return dict(json.loads(JSONRenderer().render(made)))


def test_the_document_is_valid_openapi_31() -> None:
    made = document()
    assert made["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(made).validate()


def test_the_document_changes_only_on_purpose() -> None:
    made = json.dumps(document(), indent=1, sort_keys=True) + "\n"
    if os.environ.get("CONCORD_REFRESH_OPENAPI") == "1":
        PINNED.write_text(made)
    assert PINNED.read_text() == made, "The API changed. Look at it, then run with CONCORD_REFRESH_OPENAPI=1."


def test_the_document_is_served_to_everybody(db: None) -> None:
    answer = WalledClient().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["info"]["title"] == "Concord"


def test_every_operation_says_which_problems_it_answers_and_how_to_sign_in() -> None:
    made = document()
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            assert {"401", "404"} <= set(operation["responses"]), (method, path)
            assert {"token": []} in operation["security"], (method, path)


def test_no_answer_of_the_document_has_a_secret() -> None:
    schemas = document()["components"]["schemas"]
    shown = {name: set(schema.get("properties", {})) for name, schema in schemas.items()}
    secrets = {"sealed", "boxed", "digest", "password", "client_secret", "id"}
    # the digest of a record, and the time at which an envelope was sealed, are no secrets
    known = {"Deed": {"digest"}, "Envelope": {"sealed"}, "Lent": {"sealed"}, "Rehearsal": {"digest"}}
    found = {name: fields & secrets for name, fields in shown.items() if fields & secrets}
    assert {name: fields for name, fields in found.items() if not name.endswith("Request")} == known


site = cache(get_wsgi_application)


def walled(environ: dict[str, Any], start_response: "StartResponse") -> list[bytes]:
    """The site on this test's own connection, which is the owner's again after each answer."""
    request_started.disconnect(close_old_connections)
    try:
        return list(site()(environ, start_response))
    finally:
        request_started.connect(close_old_connections)
        rls.leave()


schema = schemathesis.openapi.from_dict(document())
schema.app = walled
schema.config.phases.coverage.enabled = False


@pytest.fixture
def headers(ada: Character, story: Story) -> dict[str, str]:
    """What signs in an administrator of a company that has something."""
    traffic.run(story)
    return {"Authorization": f"Bearer {factories.token(ada.user, ada.company, write=True)}"}


@schema.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_no_generated_request_breaks_the_server(case: schemathesis.Case[Any], headers: dict[str, str]) -> None:
    case.validate_response(case.call(headers=headers), checks=[not_a_server_error])
