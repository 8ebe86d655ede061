"""Writes of teams."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from governance.register.acting import acting_for, require, stale
from governance.register.models import Person, Team
from portal.access.subject import Subject
from portal.core.errors import BadInput
from portal.history.services import record


@dataclass(frozen=True, slots=True)
class TeamDraft:
    """What is entered of a team; who leads it is a member of it."""

    name: str
    lead: Person | None = None
    members: Collection[Person] = ()
    on_call: str = ""


@transaction.atomic
def add_team(*, by: Subject, draft: TeamDraft) -> Team:
    """A new team of the acting company."""
    company = acting_for(by, "change", by.companies)
    check_team(draft, company=company)
    team = Team.objects.create(
        company_id=company, name=draft.name.strip(), lead=draft.lead, on_call=draft.on_call.strip()
    )
    team.members.set(everybody(draft))
    record(by=by, verb="add", thing=team, company=company, after=team_facts(team, draft))
    return team


@transaction.atomic
def change_team(*, by: Subject, team: Team, draft: TeamDraft, version: int) -> Team:
    """New name, lead, members or on-call note; `version` is the one the editor began with, else Stale."""
    require(by, "change", team)
    check_team(draft, company=team.company_id, besides=team.pk)
    team = Team.objects.select_for_update().get(pk=team.pk)
    if team.version != version:
        raise stale(team)
    before = team_facts(team, TeamDraft(team.name, team.lead, list(team.members.all()), team.on_call))
    team.name, team.lead, team.on_call = draft.name.strip(), draft.lead, draft.on_call.strip()
    team.version += 1
    team.save()
    team.members.set(everybody(draft))
    record(
        by=by,
        verb="change",
        thing=team,
        company=team.company_id,
        before=before,
        after=team_facts(team, draft),
    )
    return team


@transaction.atomic
def dissolve_team(*, by: Subject, team: Team) -> None:
    """The team is no more; its people stay."""
    require(by, "change", team)
    key, company = team.pk, team.company_id
    before = team_facts(team, TeamDraft(team.name, team.lead, list(team.members.all()), team.on_call))
    team.delete()
    team.pk = key
    record(by=by, verb="dissolve", thing=team, company=company, before=before)


def everybody(draft: TeamDraft) -> list[Person]:
    """The members with the lead among them, each once."""
    found = {person.pk: person for person in draft.members}
    if draft.lead is not None:
        found[draft.lead.pk] = draft.lead
    return list(found.values())


def check_team(draft: TeamDraft, *, company: int, besides: int = 0) -> None:
    """Raises BadInput naming every field of a team that cannot be taken."""
    wrong = {}
    if not 2 <= len(draft.name.strip()) <= 120:
        wrong["name"] = "Enter a name, 2 to 120 characters."
    elif Team.objects.filter(company_id=company, name=draft.name.strip()).exclude(pk=besides).exists():
        wrong["name"] = "Another team of your company has this name."
    if any(person.company_id != company or person.left for person in draft.members):
        wrong["members"] = "Choose people who are with your company."
    if draft.lead is not None and (draft.lead.company_id != company or draft.lead.left):
        wrong["lead"] = "Choose somebody who is with your company."
    if len(draft.on_call.strip()) > 2000:
        wrong["on_call"] = "2000 characters at most."
    if wrong:
        raise BadInput("The team was not saved.", fields=wrong)


def team_facts(team: Team, draft: TeamDraft) -> dict[str, object]:
    """A team as history keeps it."""
    return {
        "name": team.name,
        "lead": str(team.lead or ""),
        "members": ", ".join(sorted(person.name for person in everybody(draft))),
        "on_call": team.on_call,
    }
