"""The agreement of two companies made by programs alone, each with its own token."""

from typing import Any

import pytest

from governance.models import Credential, Grant, Party
from governance.rulebook.rules import dumped
from portal.history.models import Deed
from portal.history.services import broken_at
from tests import factories
from tests.characters import Character, WalledClient
from tests.governance.rulebook.keys import swept
from tests.story import RULES_A, Story


class Program:
    """One company's program: JSON in, JSON out."""

    def __init__(self, client: WalledClient) -> None:
        self.client = client

    def send(self, method: str, path: str, body: object = None, *, tag: str = "", code: int = 200) -> Any:
        """One request; the answer must have the status `code`."""
        extra = {"headers": {"if-match": tag}} if tag else {}
        answer = getattr(self.client, method)(f"/api/v1/{path}", body or {}, content_type="application/json", **extra)
        assert answer.status_code == code, answer.content
        return answer.json() if answer.content else None

    def read(self, path: str) -> Any:
        """The JSON of a GET."""
        answer = self.client.get(f"/api/v1/{path}")
        assert answer.status_code == 200, answer.content
        return answer.json()

    def tag(self, path: str) -> str:
        """The ETag of a thing."""
        return str(self.client.get(f"/api/v1/{path}")["ETag"])


@pytest.fixture
def a(ada: Character) -> Program:
    """Company A's program."""
    return Program(ada.api())


@pytest.fixture
def b(ben: Character) -> Program:
    """Company B's program."""
    return Program(ben.api())


def system(of: Program, name: str, kind: str) -> str:
    """A registered system's uid."""
    body: dict[str, object] = {"name": name, "kind": kind, "base_url": f"https://{kind}.example"}
    if kind == "jira":
        body["settings"] = {"project": "INF", "type": "Task"}
    return str(of.send("post", "systems/", body, code=201)["uid"])


def test_two_programs_make_a_live_agreement(ada: Character, ben: Character, a: Program, b: Program) -> None:
    desk, board = system(a, "Desk", "zendesk"), system(b, "Board", "jira")
    made = a.send("post", "integrations/", {"name": "Customer care", "purpose": "One answer."}, code=201)
    a.send("post", "parties/", {"integration": made["uid"], "code": str(ben.company.uid)}, code=201)
    b.send("post", f"integrations/{made['uid']}/join/")
    body = {"integration": made["uid"], "name": "Desk to Board", "partner": str(ben.company.uid)}
    proposed = a.send("post", "connections/", {**body, "system": desk, "kind": "ticket"}, code=201)
    assert proposed["state"] == "pending"
    path = f"connections/{proposed['uid']}/"
    assert b.send("post", f"{path}accept/", {"system": board, "kind": "Task"})["state"] == "live"
    words = a.send("post", "dictionaries/", {"integration": made["uid"]}, code=201)
    here = f"dictionaries/{words['uid']}/"
    for name in ("title", "priority"):
        term = {"dictionary": words["uid"], "name": name, "label": name.title()}
        a.send("post", "terms/", term, tag=a.tag(here), code=201)
    accountable_are(ada, ben)
    a.send("post", f"{here}propose/", tag=a.tag(here))
    a.send("post", f"{here}agree/", tag=a.tag(here))
    assert b.send("post", f"{here}agree/", tag=b.tag(here))["state"] == "agreed"
    matrix = a.send("post", "access-matrices/", {"integration": made["uid"]}, code=201)
    here = f"access-matrices/{matrix['uid']}/"
    grant = {"grantee": str(ben.company.uid), "term": "title", "level": "write"}
    assert a.send("post", f"{here}cells/", {"cells": [grant]}, tag=a.tag(here)) == {"changed": 1}
    a.send("post", f"{here}propose/", tag=a.tag(here))
    assert a.send("post", f"{here}sign/", tag=a.tag(here))["state"] == "live"
    more = {**grant, "integration": made["uid"], "term": "priority", "level": "read"}
    assert a.send("post", "grants/withdraw/", more, code=422)["code"] == "needs-signature"
    assert b.read("grants/")["results"] == []
    book = a.read(f"rulebooks/?connection={proposed['uid']}")["results"][0]["uid"]
    rules = {"rules": {"offer": True, "outgoing": [{"term": "title", "field": "subject"}]}}
    a.send("put", f"rulebooks/{book}/four-eyes/", {"four_eyes": "never"}, tag=a.tag(f"rulebooks/{book}/"))
    tag = a.tag(f"rulebooks/{book}/")
    assert a.send("put", f"rulebooks/{book}/draft/", rules, tag=tag)["state"] == "draft"
    made = a.send("post", f"rulebooks/{book}/propose/", {"note": "Go."}, tag=a.tag(f"rulebooks/{book}/"), code=201)
    for who in (a, b):
        seen = who.read(f"proposals/{made['uid']}/")
        assert "subject" not in str(seen)
        who.send("post", f"proposals/{made['uid']}/sign/", {"to_sign": seen["to_sign"]})
    swept()
    assert b.read(f"proposals/{made['uid']}/")["state"] == "live"
    assert [broken_at(company.pk) for company in (ada.company, ben.company)] == [None, None]
    verbs = {row["verb"] for row in b.read("deeds/?page_size=100")["results"]}
    assert {"propose", "accept"} <= verbs
    assert not any("subject" in str(row["after"]) for row in b.read("deeds/?page_size=100")["results"])


def accountable_are(*characters: Character) -> None:
    """Each holds the key of the own company, wherever it is a party."""
    for one in characters:
        Party.objects.filter(company=one.company).update(accountable=one.person)


def test_a_program_refuses_schedules_and_takes_back(
    ada: Character, ben: Character, a: Program, b: Program, story: Story
) -> None:
    accountable_are(ada, ben)
    path = f"rulebooks/{story.rules_a.rulebook.uid}/"
    a.send("put", f"{path}four-eyes/", {"four_eyes": "never"}, tag=a.tag(path))
    rules = {"rules": {"outgoing": [{"term": "title", "field": "canary"}]}}
    for act in ("refuse", "withdraw"):
        a.send("put", f"{path}draft/", rules, tag=a.tag(path))
        made = a.send("post", f"{path}propose/", {}, tag=a.tag(path), code=201)
        here = f"proposals/{made['uid']}/"
        assert a.send("post", f"{here}schedule/", {"live_at": None})["state"] == "proposed"
        b.send("post", f"{here}schedule/", {"live_at": None}, code=403)
        if act == "refuse":
            assert b.send("post", f"{here}refuse/", {"reason": "Not now."})["signatures"][0]["agrees"] is False
        else:
            a.send("post", f"{path}withdraw/", {"reason": "Too early."}, tag=a.tag(path))
        swept()
        assert b.read(here)["reason"] in {"Not now.", "Too early."}
    assert "canary" not in str(b.read("proposals/")) + str(b.read("deeds/?page_size=100"))


def test_a_strangers_program_finds_no_proposal(dan: Character, a: Program, story: Story) -> None:
    path = f"rulebooks/{story.rules_a.rulebook.uid}/"
    a.send("put", f"{path}draft/", {"rules": {"offer": True}}, tag=a.tag(path))
    made = a.send("post", f"{path}propose/", {}, tag=a.tag(path), code=201)
    d = Program(dan.api())
    assert d.read("proposals/")["results"] == []
    for act in ("", "sign/", "refuse/", "schedule/"):
        d.send("get" if not act else "post", f"proposals/{made['uid']}/{act}", {}, code=404)


def test_a_credential_goes_in_and_never_comes_out(a: Program) -> None:
    uid = system(a, "Desk", "zendesk")
    secret = {"kind": "token", "user": "concord@aster.example", "secret": "canary-4711"}
    a.send("put", f"systems/{uid}/credential/", secret, code=204)
    row = a.read(f"systems/{uid}/")
    assert (row["credential_kind"], row["credential_hint"]) == ("token", "concord@aster.example")
    assert "canary" not in str(row)
    assert b"canary" not in bytes(Credential.objects.get().sealed)
    assert not any("canary" in str(deed.after) for deed in Deed.objects.all())


def test_a_made_webhook_secret_is_told_once(a: Program) -> None:
    uid = system(a, "Desk", "zendesk")
    a.send("put", f"systems/{uid}/credential/", {"kind": "token", "user": "u", "secret": "s"}, code=204)
    assert len(a.send("post", f"systems/{uid}/webhook-secret/")["secret"]) >= 32


def test_two_programs_cannot_overwrite_each_other_unseen(a: Program, story: Story) -> None:
    path = f"rulebooks/{story.rules_a.rulebook.uid}/"
    tag = a.tag(path)
    a.send("put", f"{path}draft/", {"rules": dumped(RULES_A)}, tag=tag)
    assert a.send("put", f"{path}draft/", {"rules": {}}, tag=tag, code=412)["code"] == "if-match-stale"
    a.send("delete", f"{path}draft/", tag=a.tag(path), code=204)


def test_rules_that_cannot_be_read_are_named(a: Program, story: Story) -> None:
    path = f"rulebooks/{story.rules_a.rulebook.uid}/"
    wrong = {"rules": {"outgoing": [{"term": "title", "field": "subject", "colour": "red"}]}}
    answer = a.send("put", f"{path}draft/", wrong, tag=a.tag(path), code=422)
    assert answer["code"] == "rules-unreadable"
    assert "colour" in answer["detail"]


def test_a_partners_rules_and_grants_cannot_be_found(b: Program, story: Story) -> None:
    b.send("put", f"rulebooks/{story.rules_a.rulebook.uid}/draft/", code=404)
    grant = Grant.objects.filter(company=story.a)[0]
    b.send("get", f"grants/{grant.uid}/", code=404)
    assert str(story.rules_a.uid) not in str(b.read("rule-versions/"))


def test_a_viewer_is_told_whom_to_ask(vic: Character, story: Story) -> None:
    program = Program(vic.api())
    path = f"systems/{story.desk.uid}/"
    answer = program.send("patch", path, {"name": "Mine"}, tag=program.tag(path), code=403)
    assert answer["detail"] == "Your role does not allow this. Ask an operator or administrator of your company."


def test_a_grant_on_one_system_lets_a_viewer_change_that_one(vic: Character, story: Story) -> None:
    factories.let(vic.user, "change", story.desk)
    other = factories.system(vic.company, "Other")
    program = Program(vic.api())
    for thing, code in ((story.desk, 200), (other, 403)):
        path = f"systems/{thing.uid}/"
        program.send("patch", path, {"support_access": "Ask Vic."}, tag=program.tag(path), code=code)


def test_a_connection_is_paused_with_a_reason_and_resumed(a: Program, story: Story) -> None:
    path = f"connections/{story.connection.uid}/"
    assert "reason" in a.send("post", f"{path}pause/", code=400)["errors"]
    assert a.send("post", f"{path}pause/", {"reason": "Maintenance."})["state"] == "paused"
    assert a.send("post", f"{path}resume/")["state"] == "live"


def test_people_are_added_changed_and_suspended(ada: Character, a: Program) -> None:
    person = a.send("post", "people/", {"name": "Eve", "email": "Eve@aster.example"}, code=201)
    path = f"people/{person['uid']}/"
    assert a.send("patch", path, {"role": "operator"})["role"] == "operator"
    assert a.send("post", f"{path}suspend/")["suspended"] is not None
    assert a.send("post", f"{path}readmit/")["suspended"] is None
    own = f"people/{ada.person.uid}/"
    assert a.send("post", f"{own}suspend/", code=422)["code"]


def test_a_token_cannot_register_a_company_but_a_person_can(ada: Character, a: Program) -> None:
    body = {"name": "Fir", "siam_role": "provider"}
    a.send("post", "companies/", body, code=403)
    session = Program(ada.client)
    assert session.send("post", "companies/", body, code=201)["name"] == "Fir"
    names = [row["name"] for row in session.read("companies/")["results"]]
    assert names == ["Fir", "Aster"]
    assert session.send("patch", f"companies/{ada.company.uid}/", {"time_zone": "Moon"}, code=400)["errors"]


def test_a_thing_of_others_in_a_body_does_not_exist(ben: Character, a: Program, story: Story) -> None:
    other = factories.system(factories.company("Global"), "Hidden")
    body = {"integration": str(story.integration.uid), "name": "Leak", "partner": str(ben.company.uid)}
    answer = a.send("post", "connections/", {**body, "system": str(other.uid), "kind": "ticket"}, code=422)
    assert answer["errors"] == {"system": "There is no such object, or it is not yours to see."}
