"""Something of every kind that a page can show, in every state that it shows differently."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.functional import cached_property

from governance.dictionary.models import Dictionary, Term
from governance.models import AccessPass, Rulebook
from governance.raci.models import Notice
from governance.raci.services.matrices import draft_matrix
from governance.register.models import Company, Connection, Integration, Invitation, Party, System, Team
from governance.register.services.invitations import invite_company
from governance.rulebook.models import Proposal, RuleVersion
from governance.rulebook.rules import Condition, Line, RuleSet, dumped
from portal.access import rls
from portal.api.tokens import digest_of
from portal.core import clock
from portal.history.services import record
from portal.ui.listing.models import ImportPlan
from sync.flow.models.streams import Probe, Stream
from sync.oversight.counting import count
from tests import factories
from tests.addresses import access_pass
from tests.characters import Character, as_subject
from tests.governance.raci.matrices import signed
from tests.governance.rulebook.keys import accountable, proposed
from tests.portal.ui.places import Things, sign_up_of
from tests.story import RULES_B, Story
from tests.sync.flow.tracks import Track, stream, track
from tests.traffic import rehearsed, surveyed

CHECKED: dict[str, object] = {
    "product": "Zendesk Support",
    "version": "",
    "account": {"name": "Concord"},
    "kinds": ["ticket"],
    "problems": ["The account lacks the right to see users."],
    "notes": ["Times are UTC."],
}
DESCRIBED: dict[str, object] = {
    "kind": "ticket",
    "fields": [
        {"key": "subject", "label": "Subject", "options": []},
        {"key": "priority", "label": "Priority", "options": [{"value": "urgent"}, {"value": "low"}]},
    ],
}
TRIED: dict[str, object] = {
    "source": "#4711",
    "target": "Birch",
    "offered": True,
    "writes": [
        {"target": "Birch", "field": "title", "term": "title", "before": None, "after": "Checkout fails"},
        {"target": "#4711", "field": "priority", "term": "priority", "before": "low", "after": "urgent"},
    ],
    "withheld": [{"term": "labels", "reason": "Your access matrix gives the partner no read on it."}],
    "gaps": ["The value 'Severity 0' has no entry in the value map of priority."],
}


class World:
    """The live story of two companies, and beside it all that is still being made."""

    def __init__(self, story: Story, ada: Character, ben: Character) -> None:
        self.story, self.ada, self.ben = story, ada, ben
        self.track = lived(story)
        self.guest = factories.person(ada.company, "Gil", signs_in_as=factories.user("Gil"))
        self.invite()
        self.probes = [
            *(self.probe(state, "check", CHECKED) for state in (Probe.State.WAITING, Probe.State.FAILED)),
            self.probe(Probe.State.DONE, "check", CHECKED),
            self.probe(Probe.State.DONE, "describe", DESCRIBED),
            self.probe(Probe.State.DONE, "dry-run", TRIED),
            self.probe(Probe.State.DONE, "subscribe", {}),
        ]
        factories.credential(story.desk)
        factories.token(ada.user, ada.company)
        for thing in (story.desk, ada.person, ada.company, story.integration, story.connection):
            record(by=ada.subject, verb="tried", thing=thing, company=story.a.pk, before={"n": 1}, after={"n": 2})
        self.write_a_draft()
        self.rehearsal = rehearsed(story.connection, "a")
        self.survey = surveyed(story.connection, "a", self.track.desk)
        self.share_duties()
        self.team = Team.objects.create(company=ada.company, name="Desk", lead=ada.person)
        self.team.members.add(ada.person, self.guest)
        self.passes = [self.ask(), self.borrow()]
        self.oversee()

    def ask(self) -> AccessPass:
        """What a colleague asks for."""
        return access_pass(self.guest, self.story.integration)

    def borrow(self) -> AccessPass:
        """A pass to the partner's content, open now."""
        made = access_pass(self.ada.person, self.story.integration)
        made.company, made.state, made.answered_by = self.story.b, AccessPass.State.APPROVED, "Ben"
        made.save()
        return made

    def oversee(self) -> None:
        """A connection of others in an integration that Aster integrates."""
        cedar = factories.company("Cedar")
        made = factories.integration(self.story.a, self.story.b, cedar, name="Network care")
        factories.connection(made, factories.system(self.story.b, "Line"), factories.system(cedar, "Depot"))
        Party.objects.filter(integration=made, company=self.story.a).update(
            siam_role=Company.SiamRole.INTERNAL_INTEGRATOR
        )
        count()
        rls.leave()

    def share_duties(self) -> None:
        """A RACI in force, the next one drafted, and a notice out of it."""
        signed(self.story.integration, self.ada, self.ben)
        with as_subject(self.ada.subject) as by:
            self.matrix = draft_matrix(by=by, integration=self.story.integration)
        self.notice = Notice.objects.create(
            company=self.ada.company, person=self.ada.person, integration=self.story.integration, letter="A",
            event="review-due", key="yearly", what="The review is due.", why="A for it", url="/", since=clock.now(),
        )  # fmt: skip

    def invite(self) -> None:
        """Somebody who has no password yet."""
        user = self.guest.user
        assert user is not None
        user.set_unusable_password()
        user.save()

    def probe(self, state: Probe.State, kind: str, answer: dict[str, object]) -> Probe:
        """What a worker was asked, in one of its states."""
        now = clock.now()
        return Probe.objects.create(
            company_id=self.story.a.pk,
            kind=kind,
            system=self.story.desk,
            connection=self.story.connection if kind == "dry-run" else None,
            asked_by="Ada",
            asked_at=now,
            state=state,
            answer=answer if state == Probe.State.DONE else {},
            sentence="Zendesk refused the credential." if state == Probe.State.FAILED else "",
            answered_at=None if state == Probe.State.WAITING else now,
        )

    def write_a_draft(self) -> None:
        """A rulebook draft with a line that cannot go live, a condition and a fixed value."""
        rules = RuleSet(
            outgoing=(Line("labels", "tags", (("vip", "VIP"),), "park"), Line("nonsense", "subject")),
            incoming=(Line("title", "subject", max_length=80),),
            scope=(Condition("priority", "is", "urgent"),),
            fixed=(("group", "7"),),
        )
        RuleVersion.objects.create(
            rulebook=Rulebook.objects.get(company=self.story.a),
            company=self.story.a,
            no=2,
            state=RuleVersion.State.DRAFT,
            body=dumped(rules),
            author="Ada",
            sha256="0" * 64,
            saved=clock.now(),
        )

    @cached_property
    def proposal(self) -> Proposal:
        """Rules of the partner that wait for a yes of both."""
        accountable(self.story, self.ada, self.ben)
        rules = RuleSet(outgoing=RULES_B.outgoing, incoming=RULES_B.incoming[:1])
        return proposed(Rulebook.objects.get(company=self.story.b), self.ben, rules)

    @cached_property
    def letter(self) -> str:
        """The secret of an invitation to a company that is not here yet."""
        with as_subject(self.ada.subject) as by:
            sent = invite_company(by=by, email="new@cedar.example", integration=self.story.integration)
        Invitation.objects.filter(pk=sent.invitation.pk).update(digest=digest_of("open-sesame"))
        return "open-sesame"

    @cached_property
    def plan(self) -> ImportPlan:
        """A file of people whose second row is refused."""
        file = SimpleUploadedFile(
            "people.csv", b"Name;E-mail address;Role\nZo;zo@aster.example;operator\nBad;bad;none\n"
        )
        self.ada.client.post(reverse("listing-import", args=["people"]), {"file": file})
        return ImportPlan.objects.get()

    @cached_property
    def mute(self) -> System:
        """A system without a credential that does not answer."""
        made = factories.system(self.story.a, "Old desk")
        stream(made, state=Stream.State.UNREACHABLE, reason="The name old.example does not resolve.")
        return made

    @cached_property
    def integrations(self) -> list[Integration]:
        """Live; empty; and one that the own company is invited to."""
        bare = factories.integration(self.story.a, self.story.b, name="Field service")
        waiting = factories.integration(self.story.b, self.story.a, name="Invoices", owner=self.ben.person)
        Party.objects.filter(integration=waiting, company=self.story.a).update(joined=None)
        return [self.story.integration, bare, waiting]

    @cached_property
    def connections(self) -> list[Connection]:
        """Live; proposed by us; proposed to us; paused by us."""
        of = self.integrations[1]
        ours, theirs, still = (
            factories.connection(of, self.story.desk, self.story.board, name=name)
            for name in ("Ours to them", "Theirs to us", "Still")
        )
        for row, letter in ((ours, "b"), (theirs, "a")):
            row.sides.filter(side=letter).delete()
            row.state = Connection.State.PENDING
            row.save()
        still.state = Connection.State.PAUSED
        still.save()
        record(
            by=self.ada.subject,
            verb="pause",
            thing=still,
            company=self.story.a.pk,
            readers=still.companies,
            after={"reason": "We move to a new release."},
        )
        return [self.story.connection, ours, theirs, still]

    @cached_property
    def draft(self) -> Dictionary:
        """A dictionary that is still being written."""
        made = factories.dictionary(self.story.integration, no=2, agreed=False)
        factories.term(made, "title", max_length=150)
        factories.term(made, "priority", type=Term.Type.CHOICE, allowed=("P1", "P2"))
        return made

    def things(self) -> Things:
        """The head of an address that is of a thing → what stands in it."""
        assert self.guest.user is not None
        systems, companies = [self.story.desk, self.mute], Company.objects.order_by("pk")
        return {
            "register/companies/": [{"uid": one.uid} for one in companies],
            "register/people/": [{"uid": one.uid} for one in (self.ada.person, self.guest)],
            "register/systems/": [{"uid": one.uid} for one in systems],
            "register/probes/": [{"uid": one.uid} for one in self.probes],
            "integrations/": [{"uid": one.uid, "name": "status"} for one in self.integrations],
            "quality/": [{"uid": self.survey.uid, "kind": "equal", "term": "status"}],
            "connections/": [{"uid": one.uid} for one in self.connections],
            "dictionaries/": [{"uid": self.draft.uid}],
            "terms/": [{"uid": term.uid} for term in self.draft.terms.all()[:1]],
            "register/teams/": [{"uid": self.team.uid}],
            "proposals/": [{"uid": self.proposal.uid}],
            "rehearsals/": [{"uid": self.rehearsal.uid}],
            "invitation/": [{"secret": self.letter}],
            "lists/": [{"key": "people", "kind": "csv"}, {"key": "terms", "uid": self.draft.uid}],
            "imports/": [{"uid": self.plan.uid}],
            "raci/": [{"uid": self.matrix.uid}],
            "notices/": [{"uid": self.notice.uid}],
            "access-passes/": [{"uid": one.uid} for one in self.passes],
            "cases/": [{"uid": self.track.case.uid}],
            "triage/": [{"uid": self.track.case.parked.get().uid}],
            "account/tokens/": [{"uid": self.ada.user.tokens.get().uid}],
            "sign-up/": [sign_up_of(self.guest.user), {"uidb64": "MQ", "token": "used-up"}],
        }


def lived(story: Story) -> Track:
    """A case with everything that its page can show, and a second one that waits."""
    stream(story.desk)
    made = track(story)
    made.agree("title", "Checkout fails")
    made.agree("status", "in progress")
    made.change("priority", "urgent", old="normal", ago=60)
    made.write(made.envelope("a", {"title": "Checkout fails", "priority": "P1"}, ago=58))
    made.envelope("b", {"status": "solved"}, ago=30)
    made.change("comment", "Flight risk.", private=True, disposition="filtered", ago=20)
    made.withhold("labels", "Your access matrix gives the partner no read on it.")
    made.hold(story.board)
    made.park()
    track(story, number=2, dirty=True).park()
    return made
