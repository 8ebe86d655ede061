"""Every address of the site, from the resolver, and real objects to put into them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

from governance.models import AccessPass, Grant, Integration, Notice, Person, Rehearsal, Rulebook, Term
from portal.core import clock
from portal.history.models import Deed
from portal.history.services import record
from sync.models import Change, Conflict, Disclosed, Envelope, Intent, Item, Parked, Probe
from tests import factories, traffic
from tests.agreed import proposed
from tests.characters import Character
from tests.governance.raci.matrices import drafted, fill, key_of
from tests.lists import used
from tests.register import kept
from tests.story import Story

PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
#: what an address says → a value that is no object's
PLAIN = {"slug": "a", "str": "a", "int": "1", "path": "a", None: "a"}


@dataclass(frozen=True, slots=True)
class Address:
    """One address as the resolver has it, for example "api/v1/systems/<uuid:uid>/"."""

    route: str
    name: str

    def filled(self, uid: object) -> str:
        """The path with one uid in it."""
        return "/" + PARAMETER.sub(
            lambda found: str(uid) if found["kind"] == "uuid" else PLAIN[found["kind"]], self.route
        )

    @property
    def is_of_one_thing(self) -> bool:
        """Whether a uid belongs in it."""
        return "<uuid:" in self.route

    @property
    def noun(self) -> str:
        """The API's noun, or "" for a page."""
        return self.route.removeprefix("api/v1/").split("/")[0] if self.route.startswith("api/v1/") else ""


def addresses() -> list[Address]:
    """All of them, in the resolver's order."""
    return list(walked(get_resolver().url_patterns, ""))


def walked(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[Address]:
    """The addresses under one part of the tree."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walked(pattern.url_patterns, route)
        else:
            yield Address(route, pattern.name or "")


def things_of(owner: Character, story: Story) -> dict[str, object]:
    """One uid for each noun, all of the company of `owner`, from a story that was lived in."""
    case = traffic.run(story)
    view, plan = used(owner)
    factories.credential(story.desk)
    record(by=owner.subject, verb="tried", thing=story.desk, company=story.a.pk)
    factories.token(owner.user, owner.company)
    own: dict[str, type[Model]] = {
        "changes": Change,
        "conflicts": Conflict,
        "parked": Parked,
        "probes": Probe,
        "items": Item,
        "deeds": Deed,
    }
    first = {
        noun: model._default_manager.filter(company_id=story.a.pk).values_list("uid", flat=True)[0]
        for noun, model in own.items()
    }
    return {
        **first,
        "companies": story.a.uid,
        "people": owner.person.uid,
        "systems": story.desk.uid,
        "streams": story.desk.uid,
        "integrations": story.integration.uid,
        "connections": story.connection.uid,
        "dictionaries": story.dictionary.uid,
        "terms": Term.objects.filter(dictionary=story.dictionary)[0].uid,
        "grants": Grant.objects.filter(company=story.a)[0].uid,
        "access-matrices": Grant.objects.filter(company=story.a)[0].matrix.uid,
        "access-passes": access_pass(owner.person, story.integration).uid,
        "lent": AccessPass.objects.get(person=owner.person).uid,
        "overseen": traffic.overseen(story.connection).uid,
        "sights": story.integration.uid,
        "rulebooks": Rulebook.objects.get(company=story.a).uid,
        "rule-versions": story.rules_a.uid,
        "proposals": proposed(story, owner).uid,
        "cases": case.uid,
        "envelopes": Envelope.objects.filter(case=case)[0].uid,
        "rehearsals": Rehearsal.objects.filter(company=story.a)[0].uid,
        "disclosures": Disclosed.objects.filter(sender=story.a)[0].uid,
        "intents": Intent.objects.filter(company_id=story.a.pk)[0].uid,
        "tokens": owner.user.tokens.get().uid,
        **duties_of(owner, story),
        **kept(owner.person, story.desk),
        "views": view.uid,
        "imports": plan.uid,
    }


def access_pass(person: Person, integration: Integration) -> AccessPass:
    """A pass that somebody asks for in their own company."""
    now = clock.now()
    return AccessPass.objects.create(
        integration=integration,
        company=person.company,
        person=person,
        name=person.name,
        asker=person.company,
        reason="The description is needed today.",
        starts=now,
        ends=now + timedelta(hours=1),
        asked=now,
    )


def duties_of(owner: Character, story: Story) -> dict[str, object]:
    """A draft of the RACI of the owner's integration, and a notice to the owner."""
    draft = drafted(story.integration, owner)
    fill(draft, owner.subject, {("sign-raci", key_of(owner)): "RA"})
    told = Notice.objects.create(
        company=owner.company,
        person=owner.person,
        integration=story.integration,
        event="review-due",
        key="yearly",
        letter="A",
        what="Aster's review is due.",
        why="A for it",
        url="/",
        since=clock.now(),
    )
    return {
        "matrices": draft.uid,
        "activities": draft.activities.all()[0].uid,
        "holders": draft.columns.all()[0].uid,
        "duties": draft.duties.all()[0].uid,
        "notices": told.uid,
        "raci": draft.uid,
    }
