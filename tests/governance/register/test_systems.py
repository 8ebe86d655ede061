"""Systems and their credentials."""

import json

import pytest
from django.test import override_settings

from governance.register.models import Credential, System
from governance.register.places import credential_place, webhook_place
from governance.register.services.systems import (
    Secret,
    SystemDraft,
    ask_system,
    change_system,
    register_system,
    set_credential,
    set_webhook_secret,
)
from portal.core.errors import BadInput, Denied, Misconfigured, Stale
from portal.core.secrets import new_key, new_seal_pair, unbox, unseal
from sync.flow.models.streams import Probe, Stream
from tests import factories
from tests.characters import Character, as_subject
from tests.governance.deeds import last, verbs

PRIVATE, PUBLIC = new_seal_pair()
HOOK = new_key()
KEYS = override_settings(SEAL_PUBLIC_KEY=PUBLIC, HOOK_KEYS=[HOOK], EGRESS_ALLOW="127.0.0.1:8101")
DESK = SystemDraft("Aster Desk", "https://aster.zendesk.com/")
TOKEN = Secret("token", "concord@aster.example", "canary-4711")


@pytest.fixture
def desk(ada: Character) -> System:
    """A registered system of company A."""
    with as_subject(ada.subject) as by:
        return register_system(by=by, kind="zendesk", draft=DESK)


def test_a_registered_system_has_its_stream(desk: System, ada: Character) -> None:
    assert desk.base_url == "https://aster.zendesk.com"
    assert Stream.objects.get(system=desk).company_id == ada.company.pk
    assert verbs(ada.company) == ["register"]


def test_an_operator_registers_a_system_and_a_viewer_does_not(cleo: Character, vic: Character) -> None:
    with as_subject(cleo.subject) as by:
        register_system(by=by, kind="zendesk", draft=DESK)
    with as_subject(vic.subject) as by, pytest.raises(Denied):
        register_system(by=by, kind="zendesk", draft=SystemDraft("Other", "https://o.example"))


@pytest.mark.parametrize(
    ("kind", "draft", "field"),
    [
        ("abacus", DESK, "kind"),
        ("zendesk", SystemDraft(" ", "https://a.example"), "name"),
        ("zendesk", SystemDraft("Desk", "intranet"), "base_url"),
        ("zendesk", SystemDraft("Desk", "http://intranet.example"), "base_url"),
        ("zendesk", SystemDraft("Desk", "https://me:secret@a.example"), "base_url"),
        ("zendesk", SystemDraft("Desk", "http://127.0.0.1:8102"), "base_url"),
        ("zendesk", SystemDraft("Desk", "https://a.example", "moon"), "environment"),
        ("zendesk", SystemDraft("Desk", "https://a.example", settings={"nonsense": "1"}), "setting_nonsense"),
        ("jira", SystemDraft("Board", "https://a.example"), "setting_project"),
    ],
)
@KEYS
def test_what_cannot_be_a_system_names_the_field(kind: str, draft: SystemDraft, field: str, ada: Character) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput) as caught:
        register_system(by=by, kind=kind, draft=draft)
    assert field in caught.value.fields


@KEYS
def test_plain_http_is_taken_where_the_installation_allows_it_by_name(ada: Character) -> None:
    with as_subject(ada.subject) as by:
        system = register_system(by=by, kind="zendesk", draft=SystemDraft("Desk", "http://127.0.0.1:8101"))
    assert system.pk


def test_two_systems_of_one_company_do_not_share_a_name(desk: System, ada: Character) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput) as caught:
        register_system(by=by, kind="zendesk", draft=DESK)
    assert "name" in caught.value.fields


def test_a_second_editor_hears_who_saved_first(desk: System, ada: Character, cleo: Character) -> None:
    seen = desk.version
    with as_subject(cleo.subject) as by:
        change_system(by=by, system=desk, draft=SystemDraft("Cleo's", DESK.base_url), version=seen)
    with as_subject(ada.subject) as by, pytest.raises(Stale, match="Cleo saved it at"):
        change_system(by=by, system=desk, draft=SystemDraft("Ada's", DESK.base_url), version=seen)
    assert System.objects.get(pk=desk.pk).name == "Cleo's"


@KEYS
def test_a_credential_opens_only_at_its_own_place(desk: System, ada: Character, ben: Character) -> None:
    with as_subject(ada.subject) as by:
        set_credential(by=by, system=desk, secret=TOKEN)
    row = Credential.objects.get(system=desk)
    place = credential_place(company=desk.company_id, system=desk.uid, version=1)
    opened = json.loads(unseal(bytes(row.sealed), private_keys=[PRIVATE], place=place))
    assert (opened["user"], opened["secret"]) == ("concord@aster.example", "canary-4711")
    elsewhere = credential_place(company=ben.company.pk, system=desk.uid, version=1)
    with pytest.raises(Misconfigured):
        unseal(bytes(row.sealed), private_keys=[PRIVATE], place=elsewhere)


@KEYS
def test_history_tells_of_a_credential_and_never_its_secret(desk: System, ada: Character) -> None:
    with as_subject(ada.subject) as by:
        set_credential(by=by, system=desk, secret=TOKEN)
        set_credential(by=by, system=desk, secret=TOKEN)
    deed = last(ada.company)
    assert deed.verb == "set the credential of"
    assert deed.after == {"kind": "token", "as": "concord@aster.example", "version": 2}
    assert "canary" not in json.dumps([deed.before, deed.after, repr(TOKEN)])


@KEYS
def test_a_new_credential_wakes_a_stopped_system(desk: System, ada: Character) -> None:
    Stream.objects.filter(system=desk).update(state=Stream.State.NEEDS_AUTH, failures=3)
    with as_subject(ada.subject) as by:
        set_credential(by=by, system=desk, secret=TOKEN)
    stream = Stream.objects.get(system=desk)
    assert (stream.state, stream.failures) == (Stream.State.NEW, 0)


@pytest.mark.parametrize("who", ["cleo", "vic", "ben", "dan"])
@KEYS
def test_only_an_administrator_of_the_own_company_sets_a_credential(
    who: str, desk: System, request: pytest.FixtureRequest
) -> None:
    other: Character = request.getfixturevalue(who)
    with as_subject(other.subject) as by, pytest.raises(Denied):
        set_credential(by=by, system=desk, secret=TOKEN)


@pytest.mark.parametrize(
    ("secret", "field"),
    [
        (Secret("token"), "secret"),
        (Secret("token", "a@x.example", "two\nlines"), "secret"),
        (Secret("password", "a", "b"), "kind"),
        (Secret("oauth", client_id="c"), "client_secret"),
    ],
)
@KEYS
def test_a_credential_that_lacks_something_names_it(secret: Secret, field: str, desk: System, ada: Character) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput) as caught:
        set_credential(by=by, system=desk, secret=secret)
    assert field in caught.value.fields


@KEYS
def test_the_webhook_secret_before_stays_valid_beside_the_new_one(desk: System, ada: Character) -> None:
    place = webhook_place(company=desk.company_id, system=desk.uid)
    with as_subject(ada.subject) as by:
        set_credential(by=by, system=desk, secret=TOKEN)
        first = set_webhook_secret(by=by, system=desk)
        second = set_webhook_secret(by=by, system=desk)
    row = Credential.objects.get(system=desk)
    assert unbox(bytes(row.boxed), keys=[HOOK], place=place).decode() == second
    assert unbox(bytes(row.boxed_previous), keys=[HOOK], place=place).decode() == first
    assert verbs(ada.company)[-1] == "set the webhook secret of"


def test_a_check_is_asked_of_a_worker(desk: System, ada: Character) -> None:
    factories.credential(desk)
    with as_subject(ada.subject) as by:
        answer = ask_system(by=by, system=desk)
    probe = Probe.objects.get(uid=answer.uid)
    assert (probe.kind, probe.state, probe.asked_by) == ("check", "waiting", "Ada")
    assert Stream.objects.get(system=desk).asked


def test_nothing_is_asked_of_a_system_without_a_credential(desk: System, ada: Character) -> None:
    with as_subject(ada.subject) as by, pytest.raises(BadInput, match="credential first"):
        ask_system(by=by, system=desk)
