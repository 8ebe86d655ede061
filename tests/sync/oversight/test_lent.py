"""Content of another company for a time: its accountable person lends it, the clock ends it, both read each use."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from governance.accessmatrix.models import AccessPass
from governance.accessmatrix.services.passes import PassDraft, answer_pass, ask_pass, revoke_pass
from governance.register.models import Company, Integration, Party, Person
from portal.access.standing import subject_of
from portal.access.subject import Role
from portal.core import clock
from portal.core.errors import BadInput, Denied
from portal.history.models import Deed
from sync.models import EnvelopeContent
from tests import factories, traffic
from tests.characters import Character, as_subject, character
from tests.story import Story

CANARY, OTHER = "canary-91aa", "plain-22cd"
WHY = "The escalation of ticket 4711 needs it."


@pytest.fixture
def ivo(story: Story, ada: Character) -> Character:
    """An administrator of the external integrator; Ada is accountable for Aster, whose envelopes hold the canary."""
    elm = factories.company("Elm", siam_role=Company.SiamRole.EXTERNAL_INTEGRATOR)
    factories.takes_part(story.integration, elm)
    Party.objects.filter(company=story.a).update(accountable=ada.person)
    case = traffic.run(story)
    parts = [{"id": "1", "kind": "comment", "author": "Sam", "at": "x", "body": OTHER}]
    body = {"terms": {"title": CANARY, "priority": OTHER}, "ways": {}, "parts": parts}
    EnvelopeContent.objects.filter(envelope__case=case).update(body=body)
    return character("Ivo", elm, Role.ADMINISTRATOR)


def asked(who: Character, story: Story, *, term: str = "title", hours: int = 2) -> AccessPass:
    """What somebody of another company asks of Aster."""
    draft = PassDraft(story.a.pk, clock.now() + timedelta(hours=hours), WHY, term)
    integration = Integration.objects.get(pk=story.integration.pk)
    with as_subject(who.subject) as by:
        return ask_pass(by=by, integration=integration, draft=draft)


def lent(who: Character, story: Story, ada: Character, *, term: str = "title") -> AccessPass:
    """A pass that Aster's accountable person approved."""
    row = asked(who, story, term=term)
    with as_subject(ada.subject) as by:
        return answer_pass(by=by, access=row, approve=True)


def told(who: Character, row: AccessPass) -> str:
    """What the page and the API tell through a pass; "" where both say 404."""
    page = who.client.get(reverse("lent", args=[row.uid]))
    answer = who.api().get(f"/api/v1/lent/{row.uid}/")
    assert {page.status_code, answer.status_code} in ({200}, {404})
    return page.content.decode() + answer.content.decode() if page.status_code == 200 else ""


def test_what_is_asked_for_opens_nothing(ivo: Character, story: Story) -> None:
    assert told(ivo, asked(ivo, story)) == ""


def test_through_an_approved_pass_the_one_term_is_read(ivo: Character, story: Story, ada: Character) -> None:
    html = told(ivo, lent(ivo, story, ada))
    assert CANARY in html
    assert OTHER not in html


def test_a_pass_to_every_term_opens_comments_too(ivo: Character, story: Story, ada: Character) -> None:
    assert told(ivo, lent(ivo, story, ada, term="")).count(OTHER) >= 2


def test_of_what_the_other_partner_sent_nothing_is_lent(ivo: Character, story: Story, ada: Character) -> None:
    EnvelopeContent.objects.filter(envelope__from_company=story.a.pk).delete()
    assert CANARY not in told(ivo, lent(ivo, story, ada))


def test_a_pass_opens_no_other_page(ivo: Character, story: Story, ada: Character) -> None:
    lent(ivo, story, ada, term="")
    assert CANARY not in ivo.api().get("/api/v1/envelopes/").content.decode()
    assert ivo.api().get("/api/v1/cases/").json()["results"] == []
    with as_subject(ivo.subject):
        assert not EnvelopeContent.objects.exists()


def test_only_who_is_accountable_lends_to_another_company(ivo: Character, story: Story, ada: Character) -> None:
    amy = character("Amy", story.a, Role.ADMINISTRATOR)
    row = asked(ivo, story)
    with as_subject(amy.subject) as by, pytest.raises(Denied, match="Who is accountable for your company"):
        answer_pass(by=by, access=row, approve=True)
    assert told(ivo, row) == ""


def test_nobody_of_a_third_company_answers(ivo: Character, story: Story, ben: Character) -> None:
    row = asked(ivo, story)
    assert ben.client.post(reverse("access-pass-answer", args=[row.uid]), {"do": "approve"}).status_code == 404
    assert ben.client.get(reverse("access-pass", args=[row.uid])).status_code == 404


def test_another_companys_content_is_only_read(ivo: Character, story: Story) -> None:
    draft = PassDraft(story.a.pk, clock.now() + timedelta(hours=2), WHY, "title", "write")
    with as_subject(ivo.subject) as by, pytest.raises(BadInput) as caught:
        ask_pass(by=by, integration=Integration.objects.get(pk=story.integration.pk), draft=draft)
    assert set(caught.value.fields) == {"level"}


@pytest.mark.parametrize("seconds", [-1, 0])
def test_a_pass_is_over_to_the_second(seconds: int, ivo: Character, story: Story, ada: Character) -> None:
    row = lent(ivo, story, ada)
    now = clock.now()
    AccessPass.objects.filter(pk=row.pk).update(
        starts=now - timedelta(hours=1), ends=now + timedelta(seconds=seconds)
    )
    assert told(ivo, row) == ""


def test_a_pass_that_has_not_begun_opens_nothing(ivo: Character, story: Story, ada: Character) -> None:
    row = lent(ivo, story, ada)
    AccessPass.objects.filter(pk=row.pk).update(starts=clock.now() + timedelta(minutes=5))
    assert told(ivo, row) == ""


def test_the_lending_company_ends_it_at_once(ivo: Character, story: Story, ada: Character) -> None:
    row = lent(ivo, story, ada)
    with as_subject(ada.subject) as by:
        revoke_pass(by=by, access=row)
    assert told(ivo, row) == ""


def test_a_colleague_of_who_has_the_pass_reads_nothing_through_it(
    ivo: Character, story: Story, ada: Character
) -> None:
    row = lent(ivo, story, ada)
    assert told(character("Iris", ivo.company, Role.ADMINISTRATOR), row) == ""


@pytest.mark.parametrize("change", [{"suspended": clock.now()}, {"left": clock.now()}, {"user": None}])
def test_who_is_suspended_or_gone_reads_nothing(
    change: dict[str, object], ivo: Character, story: Story, ada: Character
) -> None:
    row = lent(ivo, story, ada)
    Person.objects.filter(pk=ivo.person.pk).update(**change)
    assert told(ivo, row) == ""


def test_a_company_that_is_no_party_any_more_reads_nothing(ivo: Character, story: Story, ada: Character) -> None:
    row = lent(ivo, story, ada)
    Integration.objects.filter(pk=story.integration.pk).update(companies=[story.a.pk, story.b.pk])
    assert CANARY not in told(ivo, row)


def test_a_token_of_another_company_does_not_carry_the_pass(ivo: Character, story: Story, ada: Character) -> None:
    row = lent(ivo, story, ada)
    oak = factories.company("Oak")
    factories.person(oak, "Ivo too", role=Role.ADMINISTRATOR, signs_in_as=ivo.user)
    secret = factories.token(ivo.user, oak)
    answer = ada.client.__class__(headers={"authorization": f"Bearer {secret}"}).get(f"/api/v1/lent/{row.uid}/")
    assert answer.status_code == 404


def test_the_database_lends_to_nobody_but_the_one_who_has_the_pass(
    ivo: Character, story: Story, ada: Character, ben: Character
) -> None:
    row = lent(ivo, story, ada)
    for who, expected in ((ivo, True), (ada, False), (ben, False)):
        with as_subject(who.subject), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM concord_lent(%s, 10)", [row.uid])
            assert (cursor.fetchone()[0] > 0) is expected, who.user.name
    with as_subject(ivo.subject), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM concord_lent(%s, 10)", [uuid4()])
        assert cursor.fetchone() == (0,)


def test_each_use_is_read_by_both_companies(ivo: Character, story: Story, ada: Character) -> None:
    row = lent(ivo, story, ada)
    told(ivo, row)
    told(ivo, row)
    used = Deed.objects.get(verb="read through a pass")
    assert (used.actor, sorted(used.readers)) == ("Ivo", sorted([story.a.pk, ivo.company.pk]))
    html = ada.client.get(reverse("access-pass", args=[row.uid])).content.decode()
    assert "read through a pass" in html.lower()
    assert "Ivo" in html


def test_the_pages_offer_and_list_it(ivo: Character, story: Story, ada: Character) -> None:
    html = ivo.client.get(reverse("access-pass-ask", args=[story.integration.uid])).content.decode()
    assert f'value="{story.a.pk}"' in html
    row = asked(ivo, story)
    waiting = ada.client.get(reverse("access-passes")).content.decode()
    assert "Ivo" in waiting
    assert "Approve" in waiting
    ada.client.post(reverse("access-pass-answer", args=[row.uid]), {"do": "approve"})
    assert reverse("lent", args=[row.uid]) in ivo.client.get(reverse("access-pass", args=[row.uid])).content.decode()


def test_who_has_a_pass_stands_where_it_says(ivo: Character, story: Story, ada: Character) -> None:
    row = lent(ivo, story, ada)
    assert [one.id for one in subject_of(ivo.user).openings] == [row.pk]
