"""Two keys: nobody signs alone for both, nobody what they may not read, and an edit voids what was signed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.utils import ProgrammingError

from governance.accessmatrix.models import Grant
from governance.register.models import System
from governance.rulebook.models import GoLive, Nonce, Proposal, Rulebook, RuleVersion, Signature
from governance.rulebook.rules import Line, RuleSet
from governance.rulebook.services.drafts import save_draft, set_four_eyes
from governance.rulebook.services.signing import propose, refuse, schedule, sign, withdraw
from portal.access.subject import Role
from portal.core import clock
from portal.core.errors import BadInput, Denied, Stale
from portal.history.models import Deed
from tests import factories
from tests.characters import Character, as_subject
from tests.governance.rulebook.keys import accountable, proposed, signed, swept, went_live
from tests.story import RULES_A, Story

SOUND = replace(RULES_A, outgoing=(Line("title", "canary_field", (("canary_from", "x"),)),), where="1 == 1")
State = Proposal.State


@pytest.fixture
def book(story: Story, ada: Character, ben: Character) -> Rulebook:
    """Company A's rulebook, version 1 live; Ada and Ben are accountable."""
    accountable(story, ada, ben)
    return Rulebook.objects.get(connection=story.connection, side="a")


def state_of(proposal: Proposal) -> tuple[str, str]:
    """Of the proposal, and of its version."""
    proposal.refresh_from_db()
    return proposal.state, RuleVersion.objects.get(rulebook__side="a", no=proposal.no).state


def test_one_key_is_not_enough(book: Rulebook, ada: Character) -> None:
    made = proposed(book, ada, SOUND)
    signed(made, ada)
    swept(book)
    assert state_of(made) == ("proposed", "proposed")


@pytest.mark.parametrize("order", [("ada", "ben"), ("ben", "ada")])
def test_both_keys_put_it_live_whoever_turns_last(
    book: Rulebook, order: tuple[str, str], request: pytest.FixtureRequest, ada: Character
) -> None:
    made = proposed(book, ada, SOUND)
    signed(made, *(request.getfixturevalue(name) for name in order))
    swept(book)
    assert state_of(made) == ("live", "live")
    assert not GoLive.objects.exists()


def test_a_connection_within_one_company_needs_one_key(ada: Character, company_a: object) -> None:
    desk, board = factories.system(ada.company, "Desk"), factories.system(ada.company, "Board", kind="jira")
    care = factories.integration(ada.company)
    within = factories.connection(care, desk, board)
    factories.term(factories.dictionary(care), "title")
    care.parties.update(accountable=ada.person)
    book = Rulebook.objects.create(connection=within, company=ada.company, side="a")
    made = proposed(book, ada, RuleSet(outgoing=(Line("title", "subject"),)))
    signed(made, ada)
    swept(book)
    assert RuleVersion.objects.get(rulebook=book).state == "live"


def test_the_partner_signs_terms_and_reads_no_field(book: Rulebook, ada: Character, ben: Character) -> None:
    made = proposed(book, ada, SOUND, note="Only titles from now on.")
    with as_subject(ben.subject):
        row = Proposal.objects.get(pk=made.pk)
        assert "canary" not in str(row.terms)
        assert row.terms["after"]["sends"]["title"]["label"] == "Title"
        assert not RuleVersion.objects.filter(rulebook__side="a").exists()
        assert not Nonce.objects.exists()
        assert not any("canary" in f"{deed.before}{deed.after}" for deed in Deed.objects.all())
    own, theirs = signed(made, ada, ben)
    assert (own.digest, theirs.digest) == (made.seal, made.digest)
    assert theirs.shown == made.terms


def test_only_who_is_accountable_signs(book: Rulebook, ada: Character, cleo: Character, ben: Character) -> None:
    made = proposed(book, cleo, SOUND)
    with as_subject(cleo.subject) as by, pytest.raises(Denied, match="accountable may sign this: Ada"):
        sign(by=by, proposal=made, digest=made.seal)


def test_a_company_where_nobody_is_accountable_is_told_what_to_do(
    book: Rulebook, story: Story, ada: Character
) -> None:
    story.integration.parties.update(accountable=None)
    made = proposed(book, ada, SOUND)
    with as_subject(ada.subject) as by, pytest.raises(Denied, match="Name somebody in the RACI"):
        sign(by=by, proposal=made, digest=made.seal)


def test_a_stranger_signs_nothing(book: Rulebook, ada: Character, dan: Character) -> None:
    made = proposed(book, ada, SOUND)
    with as_subject(dan.subject) as by:
        assert not Proposal.objects.exists()
        with pytest.raises(Denied):
            sign(by=by, proposal=made, digest=made.digest)


def test_nobody_signs_for_both_companies(book: Rulebook, story: Story, ada: Character, ben: Character) -> None:
    twice = factories.person(ben.company, "Ada B", role=Role.ADMINISTRATOR, signs_in_as=ada.user)
    story.integration.parties.filter(company=ben.company).update(accountable=twice)
    both = replace(ada.subject, roles={**ada.subject.roles, ben.company.pk: Role.ADMINISTRATOR})
    made = proposed(book, ada, SOUND)
    with as_subject(both) as by:
        sign(by=by, proposal=made, digest=made.seal)
    with as_subject(replace(both, acting=ben.company.pk)) as by, pytest.raises(Denied, match="Nobody signs for both"):
        sign(by=by, proposal=made, digest=made.digest)


def test_the_database_keeps_one_user_from_two_signatures(book: Rulebook, ada: Character, ben: Character) -> None:
    made = proposed(book, ada, SOUND)
    [row] = signed(made, ada)
    row.pk, row.company, row.uid = None, ben.company, made.uid
    with pytest.raises(Exception, match="signature_one_a_user"):
        row.save(force_insert=True)


def test_a_signature_is_never_changed(book: Rulebook, ada: Character) -> None:
    signed(proposed(book, ada, SOUND), ada)
    with pytest.raises(ProgrammingError, match="permission denied"), as_subject(ada.subject):
        Signature.objects.update(agrees=False)


def test_the_partner_does_not_write_the_proposal(book: Rulebook, ada: Character, ben: Character) -> None:
    proposed(book, ada, SOUND)
    with pytest.raises(ProgrammingError, match="row-level security"), as_subject(ben.subject):
        Proposal.objects.update(state="agreed")


def test_four_eyes_keep_the_author_from_signing(book: Rulebook, ada: Character, cleo: Character) -> None:
    System.objects.filter(name="Desk").update(environment="production")
    made = proposed(book, ada, SOUND)
    assert made.four_eyes
    with as_subject(ada.subject) as by, pytest.raises(Denied, match="You wrote this version"):
        sign(by=by, proposal=made, digest=made.seal)
    other = proposed(book, cleo, SOUND)
    with as_subject(ada.subject) as by, pytest.raises(Denied, match="You wrote this version"):
        sign(by=by, proposal=other, digest=other.seal)


def test_who_did_not_write_it_signs_under_four_eyes(book: Rulebook, ada: Character, cleo: Character) -> None:
    with as_subject(ada.subject) as by:
        set_four_eyes(by=by, rulebook=book, four_eyes="always", version=book.version)
    made = proposed(book, cleo, SOUND)
    signed(made, ada)


def test_only_an_administrator_sets_four_eyes(book: Rulebook, cleo: Character) -> None:
    with as_subject(cleo.subject) as by, pytest.raises(Denied):
        set_four_eyes(by=by, rulebook=book, four_eyes="never", version=book.version)


def test_an_edit_takes_the_proposal_back_and_voids_what_was_signed(
    book: Rulebook, ada: Character, ben: Character
) -> None:
    made = proposed(book, ada, SOUND)
    signed(made, ada)
    again = proposed(book, ada, replace(SOUND, offer=False))
    assert state_of(made)[0] == "withdrawn"
    signed(again, ben)
    swept(book)
    assert state_of(again) == ("proposed", "proposed")
    with as_subject(ben.subject) as by, pytest.raises(BadInput, match="withdrawn"):
        sign(by=by, proposal=made, digest=made.digest)


def test_a_page_that_is_out_of_date_signs_nothing(book: Rulebook, ada: Character, ben: Character) -> None:
    made = proposed(book, ada, SOUND)
    with as_subject(ben.subject) as by, pytest.raises(Stale):
        sign(by=by, proposal=made, digest="0" * 64)


def test_a_no_makes_it_a_draft_again_with_the_reason(book: Rulebook, ada: Character, ben: Character) -> None:
    made = proposed(book, ada, SOUND)
    signed(made, ada)
    with as_subject(ben.subject) as by:
        refuse(by=by, proposal=made, reason="Not before the audit.")
    with as_subject(ada.subject) as by, pytest.raises(BadInput):
        sign(by=by, proposal=made, digest=made.seal)
    swept(book)
    assert state_of(made) == ("refused", "draft")
    assert RuleVersion.objects.get(rulebook=book, state="draft").reason == "Ben refused it: Not before the audit."


def test_a_no_needs_a_reason(book: Rulebook, ada: Character, ben: Character) -> None:
    made = proposed(book, ada, SOUND)
    with as_subject(ben.subject) as by, pytest.raises(BadInput) as caught:
        refuse(by=by, proposal=made, reason=" ")
    assert set(caught.value.fields) == {"reason"}


def test_the_own_company_takes_it_back(book: Rulebook, ada: Character, ben: Character) -> None:
    made = proposed(book, ada, SOUND)
    with as_subject(ada.subject) as by:
        withdraw(by=by, rulebook=book, reason="Too early.", version=book.version)
    assert state_of(made) == ("withdrawn", "draft")
    with as_subject(ben.subject):
        assert Proposal.objects.get().reason == "Too early."


def test_what_is_scheduled_waits_for_its_time(book: Rulebook, ada: Character, ben: Character) -> None:
    made = proposed(book, ada, SOUND, live_at=clock.now() + timedelta(days=2))
    signed(made, ada, ben)
    swept(book)
    assert state_of(made) == ("agreed", "agreed")
    with as_subject(ada.subject) as by:
        schedule(by=by, proposal=made, live_at=None)
    swept(book)
    assert state_of(made) == ("live", "live")


def test_a_due_version_goes_live_once(
    book: Rulebook, ada: Character, ben: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = proposed(book, ada, SOUND, live_at=clock.now() + timedelta(days=2))
    signed(made, ada, ben)
    swept(book)
    GoLive.objects.update(at=clock.now())
    Proposal.objects.update(live_at=clock.now())
    swept(book)
    swept(book)
    assert state_of(made) == ("live", "live")
    assert Deed.objects.filter(verb="put live").count() == 1


def test_a_window_that_is_over_is_told(book: Rulebook, ada: Character, ben: Character) -> None:
    made = proposed(book, ada, SOUND)
    signed(made, ada, ben)
    now = clock.now()
    Proposal.objects.update(live_at=now - timedelta(hours=2), live_until=now - timedelta(hours=1))
    swept(book)
    made.refresh_from_db()
    assert (made.state, made.reason) == ("agreed", "The window is over and nothing went live. Choose another time.")


def test_what_no_longer_holds_stays_agreed_with_a_sentence(
    book: Rulebook, story: Story, ada: Character, ben: Character
) -> None:
    made = proposed(book, ada, SOUND)
    signed(made, ada, ben)
    Grant.objects.filter(company=story.a, term="title").delete()
    swept(book)
    assert state_of(made) == ("agreed", "agreed")
    assert "does not let Birch read Title" in RuleVersion.objects.get(rulebook=book, state="agreed").reason
    assert "Title" not in made.reason and "canary" not in made.reason
    factories.grant(story.integration, story.a, story.b, term="title")
    with as_subject(ada.subject) as by:
        schedule(by=by, proposal=made, live_at=None)
    swept(book)
    assert state_of(made) == ("live", "live")


def test_a_body_that_is_not_the_signed_one_does_not_go_live(book: Rulebook, ada: Character, ben: Character) -> None:
    made = proposed(book, ada, SOUND)
    signed(made, ada, ben)
    RuleVersion.objects.filter(no=made.no, rulebook=book).update(body={"offer": True})
    swept(book)
    assert state_of(made) == ("agreed", "agreed")


@pytest.mark.parametrize(
    ("start", "end", "name"),
    [(-5, None, "live_at"), (400, None, "live_at"), (2, 1, "live_until"), (None, 1, "live_at")],
)
def test_an_impossible_time_is_refused(
    book: Rulebook, ada: Character, start: int | None, end: int | None, name: str
) -> None:
    with as_subject(ada.subject) as by:
        save_draft(by=by, rulebook=book, rules=SOUND, version=book.version)
        book.refresh_from_db()
        at = [None if days is None else clock.now() + timedelta(days=days) for days in (start, end)]
        with pytest.raises(BadInput) as caught:
            propose(by=by, rulebook=book, version=book.version, live_at=at[0], live_until=at[1])
    assert set(caught.value.fields) == {name}


def test_what_does_not_hold_cannot_be_proposed(book: Rulebook, ada: Character) -> None:
    with pytest.raises(BadInput, match="tags → Labels") as caught:
        proposed(book, ada, RULES_A)
    assert set(caught.value.fields) == {"outgoing_labels"}


def test_the_signed_version_is_what_both_digests_pin(book: Rulebook, ada: Character, ben: Character) -> None:
    made = went_live(book, SOUND, ada, ben)
    assert made.to_sign(ada.company.pk) != made.to_sign(ben.company.pk)
    assert {row.digest for row in made.signatures.all()} == {made.seal, made.digest}
