"""The reference scenario loads through the services, once."""

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from governance.accessmatrix.models import Grant
from governance.register.models import Company, Connection, Credential, Person
from governance.rulebook.models import RuleVersion
from portal.access import rls
from portal.access.models import User
from portal.core.secrets import new_key, new_seal_pair
from portal.history.models import Deed
from portal.history.services import broken_at
from sync.flow.models.streams import Stream

KEYS = override_settings(
    SEAL_PUBLIC_KEY=new_seal_pair()[1],
    HOOK_KEYS=[new_key()],
    EGRESS_ALLOW="127.0.0.1:8101,127.0.0.1:8102",
)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the demo hands over."""
    for name in ("ZENDESK_TOKEN", "JIRA_TOKEN"):
        monkeypatch.setenv(name, "practice-token")
    monkeypatch.setenv("DEMO_PASSWORD", "open sesame 2026")
    monkeypatch.setenv("SIGNIN_PROVIDER_EMAIL", "asha@mercuri.example")
    monkeypatch.setenv("SIGNIN_PROVIDER_PASSWORD", "a word of her own")


@KEYS
def test_the_whole_story_stands_and_a_second_load_adds_nothing(db: None, environment: None) -> None:
    call_command("load_story")
    rls.leave()
    deeds = Deed.objects.count()
    call_command("load_story")
    rls.leave()
    assert Deed.objects.count() == deeds
    assert set(Company.objects.values_list("name", flat=True)) == {
        "Mercuri Inc.",
        "Infinity Solutions",
        "Global Pvt Ltd",
        "Dune Ltd",
    }
    assert Connection.objects.get().state == Connection.State.LIVE
    assert RuleVersion.objects.filter(state="live").count() == 2
    assert Credential.objects.count() == Stream.objects.count() == 2
    labels = Grant.objects.get(term="labels")
    assert (labels.level, labels.lowered) == ("read", "none")
    assert all(broken_at(company) is None for company in Company.objects.values_list("pk", flat=True))


@KEYS
def test_everybody_signs_in_with_the_password_that_was_handed_over(db: None, environment: None) -> None:
    call_command("load_story")
    rls.leave()
    assert User.objects.get(email="asha@mercuri.example").check_password("a word of her own")
    assert User.objects.get(email="dan@dune.example").check_password("open sesame 2026")
    assert User.objects.get(email="admin@concord.example").is_superuser
    assert Person.objects.filter(user=None).count() == 0


def test_a_missing_token_is_named(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZENDESK_TOKEN", raising=False)
    monkeypatch.setenv("JIRA_TOKEN", "practice-token")
    with pytest.raises(CommandError, match="Set ZENDESK_TOKEN"):
        call_command("load_story")
