"""Pages of this floor by browser form: what is typed is kept, what is refused is said."""

import re
from typing import Protocol

import pytest
from django.urls import reverse

from governance.dictionary.models import Dictionary, Term
from governance.register.models import Company, Connection, Integration, Person, System
from governance.register.ports import sync
from governance.rulebook.models import Rulebook, RuleVersion
from governance.rulebook.rules import Line, RuleSet, dumped, parsed
from portal.access.subject import Role
from portal.core import clock
from sync.flow.models.streams import Probe
from tests import factories
from tests.characters import Character
from tests.governance.dictionary.table import accountable_are
from tests.governance.register.test_systems import KEYS
from tests.governance.rulebook.keys import accountable, swept
from tests.story import Story

LINE = {"outgoing-0-field": "subject", "outgoing-0-term": "title"}


class Answer(Protocol):
    """What a browser gets."""

    @property
    def content(self) -> bytes:
        """The body."""
        ...


def html_of(answer: Answer) -> str:
    """An answer's HTML with every space and line break as one space."""
    return " ".join(answer.content.decode().split())


def page_of(who: Character, address: str) -> str:
    """A page's HTML; it must be there."""
    answer = who.client.get(address)
    assert answer.status_code == 200
    return html_of(answer)


def told(system: System, *kinds: str) -> None:
    """A check told the kinds of item of a system."""
    Probe.objects.create(
        company_id=system.company_id,
        kind="check",
        system=system,
        asked_by="Ada",
        asked_at=clock.now(),
        state=Probe.State.DONE,
        answer={"kinds": kinds},
    )


def signed_by_form(who: Character, address: str) -> None:
    """Read a proposal's page and sign exactly what it shows."""
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page_of(who, address))
    assert digest is not None
    assert who.client.post(f"{address}sign/", {"digest": digest[1]}).status_code == 303


def test_the_register_shows_ones_own_company_and_its_code(ada: Character) -> None:
    assert str(ada.company.uid) in page_of(ada, reverse("register"))


def test_a_company_is_registered_by_form_and_acted_for_at_once(ada: Character) -> None:
    form = {"name": "Nord AG", "siam_role": "customer", "time_zone": "UTC"}
    answer = ada.client.post(reverse("company-new"), form)
    assert (answer.status_code, answer["Location"]) == (303, reverse("register"))
    assert "<h1>Nord AG</h1>" in page_of(ada, reverse("register"))


def test_a_refused_form_keeps_what_was_typed_and_says_what_is_wrong(ada: Character) -> None:
    form = {"name": "Aster Desk", "base_url": "http://intranet.example", "environment": "test"}
    answer = ada.client.post(reverse("system-new") + "?kind=zendesk", form)
    html = html_of(answer)
    assert answer.status_code == 422
    assert 'value="http://intranet.example"' in html
    assert "Use https." in html


@KEYS
def test_a_credential_is_sealed_checked_and_never_shown(story: Story, ada: Character) -> None:
    address = reverse("system-credential", args=[story.desk.uid])
    form = {"kind": "token", "user": "concord@aster.example", "secret": "canary-4711"}
    assert ada.client.post(address, form).status_code == 303
    for tab in ("", "?tab=credential", "?tab=history"):
        assert "canary-4711" not in page_of(ada, reverse("system", args=[story.desk.uid]) + tab)
    assert set(Probe.objects.values_list("kind", flat=True)) == {"check", "describe"}


@KEYS
def test_a_refused_credential_does_not_come_back_in_the_form(story: Story, ada: Character) -> None:
    address = reverse("system-credential", args=[story.desk.uid])
    answer = ada.client.post(address, {"kind": "token", "user": "", "secret": "canary-4711"})
    assert answer.status_code == 422
    assert "canary-4711" not in html_of(answer)


def test_a_probes_answer_is_shown_to_its_own_company_alone(story: Story, ada: Character, ben: Character) -> None:
    factories.credential(story.desk)
    sync().open_stream(story.desk)
    ada.client.post(reverse("system-ask", args=[story.desk.uid, "check"]))
    probe = Probe.objects.get()
    Probe.objects.update(
        state="done", answer={"product": "Zendesk", "account": {"name": "Concord"}, "kinds": ["ticket"]}
    )
    assert "Works there as" in page_of(ada, reverse("probe", args=[probe.uid]))
    assert ben.client.get(reverse("probe", args=[probe.uid])).status_code == 404


def test_the_second_editor_of_a_system_keeps_the_form_and_can_save_again(
    story: Story, ada: Character, cleo: Character
) -> None:
    address = reverse("system-edit", args=[story.desk.uid])
    form = {"name": "Cleo's", "base_url": "https://a.example", "environment": "test", "version": "1"}
    assert cleo.client.post(address, form).status_code == 303
    late = ada.client.post(address, {**form, "name": "Ada's"})
    html = html_of(late)
    assert "Cleo saved it" in html
    assert 'value="Ada&#x27;s"' in html
    assert 'name="version" value="2"' in html
    assert ada.client.post(address, {**form, "name": "Ada's", "version": "2"}).status_code == 303


def test_an_integration_goes_from_start_to_joined_by_forms(ada: Character, ben: Character) -> None:
    form = {"name": "Care", "purpose": "One answer.", "mode": "real-time", "stage": "1"}
    ada.client.post(reverse("integration-new"), form)
    care = Integration.objects.get()
    wrong = ada.client.post(reverse("integration-invite", args=[care.uid]), {"code": "nonsense"})
    assert "Ask the partner for the code" in html_of(wrong)
    ada.client.post(reverse("integration-invite", args=[care.uid]), {"code": str(ben.company.uid)})
    assert "You are administrator of the invited company" in page_of(ben, reverse("home"))
    ben.client.post(reverse("integration-join", args=[care.uid]))
    assert "Birch" in page_of(ada, reverse("integration", args=[care.uid]))


def test_a_dictionary_is_written_and_agreed_by_forms(ada: Character, ben: Character) -> None:
    care = factories.integration(ada.company, ben.company)
    ada.client.post(reverse("dictionary-draft", args=[care.uid]))
    draft = Dictionary.objects.get()
    term = {"label": "Title", "name": "title", "type": "text", "classification": "internal", "version": "1"}
    assert ada.client.post(reverse("term-new", args=[draft.uid]), {**term, "name": "No Such"}).status_code == 422
    assert ada.client.post(reverse("term-new", args=[draft.uid]), term).status_code == 303
    accountable_are(ada, ben)
    ada.client.post(reverse("dictionary-propose", args=[draft.uid]), {"version": "2"})
    for who, version in ((ada, "3"), (ben, "4")):
        who.client.post(reverse("dictionary-agree", args=[draft.uid]), {"version": version})
    assert Dictionary.objects.get().state == "agreed"
    assert Term.objects.get().name == "title"


def test_a_late_yes_is_answered_with_who_changed_the_words(story: Story, ada: Character, ben: Character) -> None:
    ada.client.post(reverse("dictionary-draft", args=[story.integration.uid]))
    draft = Dictionary.objects.get(state="draft")
    term = {"label": "Site", "name": "site", "type": "text", "classification": "internal", "version": "1"}
    ada.client.post(reverse("term-new", args=[draft.uid]), term)
    answer = ben.client.post(reverse("dictionary-agree", args=[draft.uid]), {"version": "1"})
    assert answer.status_code == 409
    assert "Ada saved it" in html_of(answer)


def test_the_editor_adds_a_line_and_keeps_what_was_typed(story: Story, ada: Character) -> None:
    address = reverse("rulebook", args=[story.connection.uid, "a"])
    answer = ada.client.post(address, {**LINE, "version": "1", "do": "add-outgoing", "closed": "Closed"})
    html = html_of(answer)
    assert 'name="outgoing-0-field" value="subject"' in html
    assert 'name="outgoing-1-field"' in html
    assert ">Closed</textarea>" in html
    assert not RuleVersion.objects.filter(state="draft").exists()


def test_the_editor_saves_a_draft_and_two_keys_put_it_live(story: Story, ada: Character, ben: Character) -> None:
    accountable(story, ada, ben)
    address = reverse("rulebook", args=[story.connection.uid, "a"])
    assert ada.client.post(address, {**LINE, "version": "1", "do": "save"}).status_code == 303
    book = Rulebook.objects.get(side="a")
    answer = ada.client.post(address, {**LINE, "version": str(book.version), "do": "propose"})
    assert answer.status_code == 303
    for who in (ada, ben):
        signed_by_form(who, answer["Location"])
    swept()
    live = RuleVersion.objects.get(rulebook=book, state="live")
    assert parsed(live.body).outgoing == (Line("title", "subject"),)


def test_what_cannot_be_proposed_is_saved_as_a_draft_and_marked_at_its_line(story: Story, ada: Character) -> None:
    address = reverse("rulebook", args=[story.connection.uid, "a"])
    form = {"outgoing-0-field": "tags", "outgoing-0-term": "labels", "version": "1", "do": "propose"}
    answer = ada.client.post(address, form)
    html = html_of(answer)
    assert answer.status_code == 422
    assert "cannot be proposed yet" in html
    assert 'class="rule wrong" id="outgoing-0"' in html
    assert RuleVersion.objects.filter(state="draft").exists()


def test_two_people_in_one_rulebook_lose_nothing(story: Story, ada: Character, cleo: Character) -> None:
    address = reverse("rulebook", args=[story.connection.uid, "a"])
    cleo.client.post(address, {**LINE, "version": "1", "do": "save"})
    late = ada.client.post(address, {"outgoing-0-field": "raw_subject", "outgoing-0-term": "title", "version": "1"})
    html = html_of(late)
    assert late.status_code == 409
    assert "Cleo saved it" in html
    assert 'value="raw_subject"' in html
    assert f'name="version" value="{Rulebook.objects.get(side="a").version}"' in html


def test_the_partners_side_has_no_editor(story: Story, ben: Character) -> None:
    assert ben.client.get(reverse("rulebook", args=[story.connection.uid, "a"])).status_code == 404


def test_the_partners_fields_and_values_are_nowhere_on_the_connection(
    story: Story, ada: Character, ben: Character
) -> None:
    secret = dumped(RuleSet(outgoing=(Line("title", "canary_field", (("canary_value", "x"),)),)))
    RuleVersion.objects.filter(rulebook__side="a").update(body=secret)
    for tab in ("", "?tab=history", "?tab=access"):
        assert "canary" not in page_of(ben, reverse("connection", args=[story.connection.uid]) + tab)
    assert "canary_field" in page_of(ada, reverse("connection", args=[story.connection.uid]))


def test_known_fields_of_the_system_are_offered(story: Story, ada: Character) -> None:
    described = {"fields": [{"key": "subject", "label": "Subject", "options": []}]}
    when = Person.objects.get(pk=ada.person.pk).company.created
    Probe.objects.create(
        company_id=story.a.pk,
        kind="describe",
        system=story.desk,
        asked_by="Ada",
        asked_at=when,
        state="done",
        answer=described,
    )
    html = page_of(ada, reverse("rulebook", args=[story.connection.uid, "a"]))
    assert "Subject (subject)" in html
    assert "tags (not found there)" in html


def test_a_dry_run_is_asked_with_what_is_typed(story: Story, ada: Character) -> None:
    sync().open_stream(story.desk)
    address = reverse("rulebook-dry-run", args=[story.connection.uid, "a"])
    answer = ada.client.post(address, {**LINE, "version": "1", "record": "4711"})
    assert answer.status_code == 200
    assert 'name="outgoing-0-field" value="subject"' in html_of(answer)
    assert Probe.objects.get().asked["record"] == "4711"


def test_a_connection_is_proposed_accepted_paused_and_resumed_by_forms(ada: Character, ben: Character) -> None:
    care = factories.integration(ada.company, ben.company)
    desk, board = factories.system(ada.company, "Desk"), factories.system(ben.company, "Board", kind="jira")
    told(desk, "ticket")
    told(board, "Bug", "Task")
    form = {"name": "Ours", "system": f"{desk.pk}/ticket", "partner": ben.company.pk}
    ada.client.post(reverse("connection-new", args=[care.uid]), form)
    row = Connection.objects.get()
    assert "waits for your yes" in page_of(ben, reverse("home"))
    ben.client.post(reverse("connection-accept", args=[row.uid]), {"system": f"{board.pk}/Task"})
    empty = ada.client.post(reverse("connection-pause", args=[row.uid]), {"reason": ""})
    assert empty.status_code == 422
    ada.client.post(reverse("connection-pause", args=[row.uid]), {"reason": "Release"})
    assert "Release" in page_of(ben, reverse("connection", args=[row.uid]))
    assert ben.client.post(reverse("connection-resume", args=[row.uid])).status_code == 403
    ada.client.post(reverse("connection-resume", args=[row.uid]))
    assert Connection.objects.get().state == "live"


@pytest.mark.parametrize("who", ["vic", "ada"])
def test_a_viewer_sees_pages_without_the_buttons(who: str, story: Story, request: pytest.FixtureRequest) -> None:
    someone: Character = request.getfixturevalue(who)
    html = page_of(someone, reverse("rulebook", args=[story.connection.uid, "a"]))
    assert ("Save and propose" in html) is (someone.person.role == Role.ADMINISTRATOR.value)


def test_a_viewer_who_posts_is_refused_with_the_reason(story: Story, vic: Character) -> None:
    answer = vic.client.post(reverse("rulebook", args=[story.connection.uid, "a"]), {**LINE, "version": "1"})
    assert answer.status_code == 403
    assert "Your role does not allow this" in html_of(answer)


def test_the_admin_shows_only_ones_own_rows_and_changes_none(story: Story, ada: Character, ben: Character) -> None:
    ada.user.is_staff = ada.user.is_superuser = True
    ada.user.save()
    html = page_of(ada, reverse("admin:governance_system_changelist"))
    assert story.desk.name in html
    assert story.board.name not in html
    theirs = reverse("admin:governance_system_change", args=[story.board.pk])
    assert ada.client.get(theirs).status_code == 302
    own = reverse("admin:governance_system_change", args=[story.desk.pk])
    assert ada.client.post(own, {"name": "Changed"}).status_code == 403
    factories.credential(story.desk, sealed=b"canary-bytes")
    assert "canary" not in page_of(ada, reverse("admin:governance_credential_changelist"))
    assert Company.objects.count() == 2
