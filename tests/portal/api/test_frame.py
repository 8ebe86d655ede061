"""What every noun of the API shares: signing in, pages, sparse fields, versions, problems."""

from datetime import timedelta

import pytest
from django.urls import reverse

from governance.models import Company, System
from portal.access.models import ApiToken
from portal.api.tokens import digest_of
from portal.core import clock
from portal.history.services import record
from tests import factories
from tests.characters import Character, WalledClient
from tests.story import Story

SYSTEMS = "/api/v1/systems/"


def bearer(secret: str) -> WalledClient:
    """A client with a token."""
    return WalledClient(headers={"authorization": f"Bearer {secret}"})


def test_a_token_acts_in_its_one_company_alone(ada: Character, ben: Character) -> None:
    factories.person(ben.company, "Ada", signs_in_as=ada.user)
    for company in (ada.company, ben.company):
        factories.system(company, f"Of {company.name}")
    secret = factories.token(ada.user, ben.company)
    answer = bearer(secret).get(SYSTEMS)
    assert [row["name"] for row in answer.json()["results"]] == ["Of Birch"]


def test_a_session_acts_in_all_companies_of_the_user(ada: Character, ben: Character) -> None:
    factories.person(ben.company, "Ada", signs_in_as=ada.user)
    for company in (ada.company, ben.company):
        factories.system(company)
    assert len(ada.client.get(SYSTEMS).json()["results"]) == 2


def test_a_token_of_a_company_that_one_left_sees_nothing(ada: Character) -> None:
    factories.system(ada.company)
    client = ada.api()
    assert len(client.get(SYSTEMS).json()["results"]) == 1
    ada.person.suspended = clock.now()
    ada.person.save()
    assert client.get(SYSTEMS).json()["results"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"revoked": clock.now()},
        {"expires": clock.now() - timedelta(seconds=1)},
        {"digest": digest_of("concord_another")},
    ],
)
def test_a_token_that_ended_signs_nobody_in(ada: Character, change: dict[str, object]) -> None:
    client = ada.api()
    ApiToken.objects.update(**change)
    answer = client.get(SYSTEMS)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "authentication-failed"


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer a b", "Basic x", "bearer \xff", "Bearer concord_no"])
def test_a_malformed_header_signs_nobody_in(db: None, header: str) -> None:
    assert WalledClient(headers={"authorization": header}).get(SYSTEMS).status_code == 401


def test_a_read_only_token_reads_and_does_not_write(ada: Character) -> None:
    client = ada.api(write=False)
    assert client.get(SYSTEMS).status_code == 200
    answer = client.post(SYSTEMS, {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "denied")
    assert answer.json()["detail"] == "This token may only read. Make one with write scope."


def test_a_session_without_its_csrf_token_does_not_write(ada: Character) -> None:
    ada.client.handler.enforce_csrf_checks = True
    answer = ada.client.post(SYSTEMS, {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission-denied")


def test_last_used_is_noted_and_not_at_every_request(ada: Character) -> None:
    client = ada.api()
    client.get(SYSTEMS)
    first = ApiToken.objects.get().last_used
    client.get(SYSTEMS)
    assert first is not None
    assert ApiToken.objects.get().last_used == first


def test_pages_follow_each_other_and_stay_put_when_rows_arrive(ada: Character) -> None:
    for number in range(5):
        factories.system(ada.company, f"Tracker {number}")
    first = ada.client.get(SYSTEMS, {"page_size": 2}).json()
    factories.system(ada.company, "Tracker new")
    second = ada.client.get(first["next"]).json()
    third = ada.client.get(second["next"]).json()
    names = [row["name"] for page in (first, second, third) for row in page["results"]]
    assert names == [f"Tracker {number}" for number in (4, 3, 2, 1, 0)]
    assert third["next"] is None


@pytest.mark.parametrize("cursor", ["x", "%00", "cD0x", "=" * 400])
def test_a_cursor_that_we_did_not_make_is_a_problem_and_no_crash(ada: Character, cursor: str) -> None:
    assert ada.client.get(f"{SYSTEMS}?cursor={cursor}").status_code in {200, 404}


def test_sparse_fields_keep_the_uid_and_what_is_named(ada: Character) -> None:
    system = factories.system(ada.company, "Desk")
    row = ada.client.get(SYSTEMS, {"fields": "name"}).json()["results"][0]
    assert row == {"uid": str(system.uid), "name": "Desk"}


def test_an_unknown_field_is_named(ada: Character) -> None:
    answer = ada.client.get(SYSTEMS, {"fields": "name,secret"})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"fields": ["There is no field secret here."]}


def test_a_list_is_narrowed_by_filters(ada: Character, story: Story) -> None:
    factories.system(ada.company, "Board too", kind="jira")
    names = [row["name"] for row in ada.client.get(SYSTEMS, {"kind": "jira"}).json()["results"]]
    assert names == ["Board too"]
    sides = ada.client.get("/api/v1/sides/", {"connection": str(story.connection.uid)}).json()["results"]
    assert [side["side"] for side in sides] == ["b", "a"]


def test_a_filter_that_cannot_be_read_is_named(ada: Character) -> None:
    answer = ada.client.get("/api/v1/sides/", {"connection": "no uid"})
    assert answer.status_code == 400
    assert "connection" in answer.json()["errors"]


def test_related_things_have_uid_name_and_address(ada: Character, story: Story) -> None:
    row = ada.client.get(f"/api/v1/connections/{story.connection.uid}/").json()
    link = row["integration"]
    assert (link["uid"], link["name"]) == (str(story.integration.uid), "Customer care")
    assert ada.client.get(link["url"]).json()["name"] == "Customer care"
    assert {company["name"] for company in row["companies"]} == {"Aster", "Birch"}


def test_a_partners_system_is_named_and_not_linked(ada: Character, story: Story) -> None:
    rows = ada.client.get("/api/v1/sides/").json()["results"]
    links = {row["side"]: (row["system_name"], row["system"] and row["system"]["name"]) for row in rows}
    assert links == {"a": ("Desk", "Desk"), "b": ("Board", None)}


def test_an_answer_holds_no_inner_ids(ada: Character, story: Story) -> None:
    row = ada.client.get(f"{SYSTEMS}{story.desk.uid}/").json()
    assert "id" not in row
    assert story.desk.pk not in row.values()


def test_what_is_read_has_an_etag_that_a_write_must_name(ada: Character) -> None:
    system = factories.system(ada.company, "Desk")
    path = f"{SYSTEMS}{system.uid}/"
    tag = ada.client.get(path)["ETag"]
    body = {"name": "Service desk"}
    missing = ada.client.patch(path, body, content_type="application/json")
    assert (missing.status_code, missing.json()["code"]) == (428, "if-match-missing")
    saved = ada.client.patch(path, body, content_type="application/json", headers={"if-match": tag})
    assert saved.status_code == 200
    assert saved["ETag"] != tag
    stale = ada.client.patch(path, body, content_type="application/json", headers={"if-match": tag})
    assert (stale.status_code, stale.json()["code"]) == (412, "if-match-stale")


def test_a_refused_write_leaves_nothing(ada: Character) -> None:
    answer = ada.client.post(SYSTEMS, {"name": "x", "kind": "fax"}, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert not System.objects.exists()


def test_wrong_values_are_named_one_by_one(ada: Character) -> None:
    body = {"name": "x", "kind": "zendesk", "base_url": "http://acme.example"}
    answer = ada.client.post(SYSTEMS, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-input")
    assert {"name", "base_url"} <= set(answer.json()["errors"])


@pytest.mark.parametrize("body", ["{", "[]", "null", '"x"', '{"name": {"a": 1}}', '{"name": "\\u0000"}'])
def test_a_body_that_is_no_object_is_a_problem(ada: Character, body: str) -> None:
    answer = ada.client.post(SYSTEMS, body, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert answer["Content-Type"] == "application/problem+json"


def test_another_media_type_is_a_problem(ada: Character) -> None:
    assert ada.client.post(SYSTEMS, "x", content_type="text/csv").status_code == 415


def test_a_missing_address_of_the_api_is_a_problem(ada: Character) -> None:
    answer = ada.client.get("/api/v1/nothing/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_the_root_lists_every_noun(ada: Character) -> None:
    nouns = ada.client.get(reverse("api-root")).json()["nouns"]
    assert {"company", "case", "rule-version", "token", "deed", "me"} <= set(nouns)
    for address in nouns.values():
        assert ada.client.get(address).status_code == 200, address


def test_me_says_who_asks_and_what_they_may(ada: Character) -> None:
    me = ada.api(write=False).get("/api/v1/me/").json()
    assert (me["name"], me["may_write"], me["company"]["name"]) == ("Ada", False, "Aster")
    assert [row["verbs"] for row in me["memberships"]] == [["view"]]


def test_tokens_are_ones_own_and_can_be_revoked(ada: Character, cleo: Character) -> None:
    factories.token(cleo.user, cleo.company)
    client = ada.api()
    rows = client.get("/api/v1/tokens/").json()["results"]
    assert [row["name"] for row in rows] == ["automation"]
    assert "digest" not in rows[0]
    assert client.delete(f"/api/v1/tokens/{rows[0]['uid']}/").status_code == 204
    assert client.get("/api/v1/tokens/").status_code == 401


def test_deeds_are_ones_companys_and_those_it_is_named_in(ada: Character, ben: Character) -> None:
    record(by=ada.subject, verb="hid", thing=ada.company, company=ada.company.pk)
    record(by=ada.subject, verb="told", thing=ada.company, company=ada.company.pk, readers=[ben.company.pk])
    rows = ben.client.get("/api/v1/deeds/").json()["results"]
    assert [row["verb"] for row in rows] == ["told"]


def test_a_company_is_only_named_to_those_who_may_know_it(ada: Character, ben: Character, story: Story) -> None:
    third = factories.company("Global")
    factories.integration(ben.company, third)
    assert Company.objects.count() == 3
    body = ada.client.get("/api/v1/companies/").content
    assert b"Birch" in body
    assert b"Global" not in body
