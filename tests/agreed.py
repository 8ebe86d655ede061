"""One row of everything that two companies sign: RACI, a term taken over, proposal with its nonce, access pass."""

from datetime import timedelta

from governance.accessmatrix.models import AccessPass
from governance.dictionary.models import Origin
from governance.raci.models import MatrixSignature, Notice
from governance.rulebook.models import GoLive, Nonce, Proposal, Signature
from portal.core import clock
from tests.characters import Character
from tests.governance.raci.matrices import filled
from tests.story import Story


def agreed(story: Story, who: Character, partner: Character) -> None:
    """A filled RACI with a signature and a notice, an open proposal of side a, and a pass that it was asked for."""
    now, company = clock.now(), who.company
    paper = filled(story.integration, who, partner)
    MatrixSignature.objects.create(
        matrix=paper, company=company, person=who.person, name=who.person.name, at=now, sha256="0" * 64
    )
    Notice.objects.create(
        company=company, integration=story.integration, event="sign", key="1", what="Sign", why="You are A", since=now
    )
    taken_over(story, who)
    proposal = proposed(story, who)
    Nonce.objects.create(proposal=proposal, company=company, value="2" * 64)
    GoLive.objects.create(proposal=proposal, companies=proposal.companies, at=now)
    Signature.objects.create(
        proposal=proposal,
        company=company,
        companies=proposal.companies,
        person=who.person,
        user=who.user,
        name=who.person.name,
        agrees=True,
        at=now,
        digest=proposal.seal,
    )
    AccessPass.objects.create(
        integration=story.integration,
        company=company,
        person=who.person,
        name=who.person.name,
        asker=company,
        reason="Month end",
        starts=now,
        ends=now + timedelta(days=1),
        asked=now,
    )


def taken_over(story: Story, who: Character) -> Origin:
    """A term that was taken from a field of one's own system."""
    return Origin.objects.create(
        integration=story.integration,
        company=who.company,
        name="title",
        system=story.desk,
        kind="ticket",
        field="subject",
        told={"label": "Subject", "type": "text"},
        at=clock.now(),
        person=who.person.name,
    )


def proposed(story: Story, who: Character) -> Proposal:
    """An open proposal of side a."""
    return Proposal.objects.create(
        connection=story.connection,
        side="a",
        company=who.company,
        companies=story.integration.companies,
        no=2,
        terms={"before": {}, "after": {}},
        digest="0" * 64,
        seal="1" * 64,
        proposed_by=who.person.name,
        proposed=clock.now(),
    )
