"""A person signs in to a tracker in the browser: consent there, a code here, tokens that only a worker sees."""

from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from governance.register.models import Credential, System
from governance.register.services.systems import Secret, SystemDraft, register_system, set_credential
from governance.register.visits import return_address
from governance.story.acting import acting
from portal.access.models import User
from portal.history.models import Deed
from sync.connectors.base import OAuth
from sync.flow import probing
from sync.flow.models.streams import Probe
from sync.flow.vault import SealedVault
from sync.sandbox.zendesk.seed import SYNC_EMAIL
from tests.sync.flow.practice import TOKEN
from tests.sync.flow.stage import ASHA, DAN, Stage


@pytest.fixture
def desk(stage: Stage) -> System:
    """Another Zendesk of Mercuri's, entered with an OAuth client that its administrator made there."""
    url, name = stage.desk.practice.url, f"desk-{uuid4().hex[:8]}"
    client = {"name": "Concord", "identifier": name, "kind": "confidential", "redirect_uri": [return_address()]}
    with httpx.Client(base_url=url, auth=(f"{SYNC_EMAIL}/token", TOKEN)) as admin:
        made = admin.post("/api/v2/oauth/clients", json={"client": client}).raise_for_status().json()["client"]
    with acting(ASHA) as by:
        system = register_system(by=by, kind="zendesk", draft=SystemDraft(name, url, System.Environment.TEST))
        secret = Secret("oauth", client_id=made["identifier"], client_secret=made["secret"])
        set_credential(by=by, system=system, secret=secret)
    return system


def person(email: str) -> Client:
    """Somebody signed in here."""
    client = Client()
    client.force_login(User.objects.get(email=email))
    return client


def left(client: Client, system: System) -> str:
    """Where the page before the consent page leads."""
    page = client.post(reverse("visit", args=[system.uid]))
    assert page.status_code == 200
    links = BeautifulSoup(page.content, "html.parser").select("main a.primary")
    return str(links[0]["href"])


def answered(address: str, answer: str = "allow") -> str:
    """What a person's browser gets from the tracker's consent page: the address here, with a code or an error."""
    with httpx.Client() as browser:
        page = BeautifulSoup(browser.get(address).raise_for_status().text, "html.parser")
        form = page.select_one("form")
        assert form is not None
        data = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[name]")}
        chosen = form.select_one("select option")
        assert chosen is not None
        data |= {"as": str(chosen["value"]), "answer": answer}
        place = str(httpx.URL(address).join(str(form.get("action") or "")).copy_with(query=None))
        return browser.post(place, data=data).headers["location"]


def came_back(client: Client, address: str) -> str:
    """What the site says when the browser follows."""
    way = urlsplit(address)
    return words_of(client, client.get(f"{way.path}?{way.query}")["Location"])


def words_of(client: Client, address: str) -> str:
    """What a page says."""
    page = client.get(address)
    return " ".join(BeautifulSoup(page.content, "html.parser").get_text(" ").split())


def test_a_sign_in_brings_tokens_that_work_and_are_renewed(stage: Stage, desk: System) -> None:
    asha = person(ASHA)
    said = came_back(asha, answered(left(asha, desk)))
    assert "You are back" in said
    assert stage.engine(probing.answer_all, desk.pk) == 1
    probe = Probe.objects.get(system=desk, kind="oauth")
    assert (probe.state, probe.sentence.startswith("Reached as")) == ("done", True)

    def kept() -> OAuth:
        found = SealedVault(desk.pk, desk.company_id).credential()
        assert isinstance(found, OAuth)
        return found

    tokens = stage.engine(kept)
    assert tokens.access
    assert tokens.refresh
    assert tokens.expires_at is not None
    shown = asha.get(reverse("system", args=[desk.uid]) + "?tab=credential").content.decode()
    assert tokens.access not in shown
    assert tokens.access not in repr(Probe.objects.filter(system=desk).values_list("asked", "answer"))
    assert Deed.objects.filter(noun="system", object_id=desk.pk, verb="sign in to").count() == 1


def test_a_no_at_the_tracker_changes_nothing_and_is_told(desk: System) -> None:
    asha = person(ASHA)
    before = bytes(Credential.objects.get(system=desk).sealed)
    assert "you or the tracker said no" in came_back(asha, answered(left(asha, desk), "deny"))
    assert bytes(Credential.objects.get(system=desk).sealed) == before
    assert not Probe.objects.filter(system=desk, kind="oauth").exists()


def test_a_code_that_was_not_asked_for_here_is_not_taken(desk: System) -> None:
    asha = person(ASHA)
    back = answered(left(asha, desk))
    forged = back.replace(parse_qs(urlsplit(back).query)["state"][0], "another")
    assert "not begun here" in came_back(asha, forged)
    assert "not begun here" in came_back(asha, back), "a state is taken once, also by a wrong try"
    assert not Probe.objects.filter(system=desk, kind="oauth").exists()


def test_a_code_is_of_no_use_in_another_persons_browser(desk: System) -> None:
    back = answered(left(person(ASHA), desk))
    assert "not begun here" in came_back(person("ben@mercuri.example"), back)


def test_a_wrong_code_is_told_by_the_worker(stage: Stage, desk: System) -> None:
    asha = person(ASHA)
    came_back(asha, answered(left(asha, desk)))
    stage.engine(probing.answer_all, desk.pk)
    came_back(asha, answered(left(asha, desk)).replace("code=", "code=x"))
    stage.engine(probing.answer_all, desk.pk)
    probe = Probe.objects.filter(system=desk, kind="oauth").latest("asked_at")
    assert (probe.state, "Sign in again" in probe.sentence) == ("failed", True)


def test_without_an_oauth_client_the_page_says_what_comes_first(stage: Stage) -> None:
    asha = person(ASHA)
    system = System.objects.get(pk=stage.zendesk)
    said = words_of(asha, asha.post(reverse("visit", args=[system.uid]))["Location"])
    assert "Enter the OAuth client" in said


@pytest.mark.parametrize("email, status", {DAN: 404, "ben@mercuri.example": 403}.items())
def test_only_the_companys_administrators_sign_in(desk: System, email: str, status: int) -> None:
    assert person(email).post(reverse("visit", args=[desk.uid])).status_code == status
