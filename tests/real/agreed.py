"""The agreement between a Redmine and a Request Tracker: both offer, both accept, all of it both ways."""

from dataclasses import dataclass

from django.conf import settings

from governance.dictionary.models import Term
from governance.register.models import Company, Connection, Credential, System
from governance.register.places import credential_place
from governance.rulebook.rules import Line, RuleSet
from portal.core.secrets import seal
from tests import factories
from tests.real.serving import Real
from tests.story import Pairs, back
from tests.sync.flow import tracks

REDMINE_STATUS: Pairs = (
    ("New", "new"),
    ("In Progress", "in progress"),
    ("Feedback", "waiting"),
    ("Resolved", "solved"),
)
RT_STATUS: Pairs = (("new", "new"), ("open", "in progress"), ("stalled", "waiting"), ("resolved", "solved"))
REDMINE_PRIORITY: Pairs = (("Urgent", "P1"), ("High", "P2"), ("Normal", "P3"), ("Low", "P4"))
RT_PRIORITY: Pairs = (("90", "P1"), ("60", "P2"), ("30", "P3"), ("0", "P4"))


@dataclass(frozen=True, slots=True)
class Agreed:
    """The two systems and what binds them."""

    redmine: System
    rt: System
    connection: Connection


def rules(status: Pairs, priority: Pairs) -> RuleSet:
    """One side's rules; both sides call their fields alike."""
    return RuleSet(
        outgoing=(
            Line("title", "subject"),
            Line("description", "description"),
            Line("status", "status", status, "park"),
            Line("priority", "priority", priority, "park"),
        ),
        incoming=(
            Line("title", "subject", max_length=150),
            Line("description", "description", when="create"),
            Line("status", "status", back(status), "park"),
            Line("priority", "priority", back(priority), "park"),
        ),
        offer=True,
        accept=True,
    )


def agree(redmine: Real, rt: Real) -> Agreed:
    """Two companies with a tracker each, who share everything but private notes."""
    a, b = factories.company("Aster"), factories.company("Birch")
    ours = system(a, "redmine", redmine.url, {"project": "sync", "marker": redmine.facts["MARK"], "file_limit": "40"})
    theirs = system(b, "requesttracker", rt.url, {"queue": "Sync", "marker": "Concord"})
    sign_in(ours, "sync", redmine.facts["SYNC"])
    sign_in(theirs, "sync", rt.facts["SYNC"])
    integration = factories.integration(a, b, name="Between trackers")
    connection = factories.connection(integration, ours, theirs, kinds=("Bug", "ticket"))
    made = factories.dictionary(integration)
    factories.term(made, "title", max_length=150)
    factories.term(made, "description", type=Term.Type.RICH)
    words = ("new", "in progress", "waiting", "solved")
    factories.term(made, "status", type=Term.Type.CHOICE, allowed=words, path=True)
    factories.term(made, "priority", type=Term.Type.CHOICE, allowed=("P1", "P2", "P3", "P4"))
    for giver, grantee in ((a, b), (b, a)):
        for name in ("title", "description", "status", "priority", "comment", "attachment"):
            factories.grant(integration, giver, grantee, term=name)
    factories.live_rules(connection, "a", rules(REDMINE_STATUS, REDMINE_PRIORITY))
    factories.live_rules(connection, "b", rules(RT_STATUS, RT_PRIORITY))
    for one in (ours, theirs):
        tracks.stream(one)
    return Agreed(ours, theirs, connection)


def system(of: Company, kind: str, url: str, chosen: dict[str, str]) -> System:
    """A registered tracker."""
    made = factories.SystemFactory.create(company=of, kind=kind, base_url=url)
    made.settings = chosen
    made.save()
    return made


def sign_in(of: System, user: str, secret: str) -> None:
    """Its credential, sealed as the web does it."""
    place = credential_place(company=of.company_id, system=of.uid, version=1)
    plain = f'{{"user": "{user}", "secret": "{secret}"}}'.encode()
    sealed = seal(plain, public_key=settings.SEAL_PUBLIC_KEY, place=place)
    Credential.objects.create(system=of, company=of.company, kind="token", hint=user, sealed=sealed, version=1)
