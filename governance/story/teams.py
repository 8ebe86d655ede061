"""Both houses' teams with who is reached out of hours, a stand-in on each side, and a holiday ahead."""

from datetime import timedelta

from governance.register.models import Person, Team
from governance.register.services.people import change_person, set_absence
from governance.register.services.teams import TeamDraft, add_team
from governance.story import words
from governance.story.acting import acting
from portal.access.subject import Role
from portal.core import clock

#: house, its team, and how it is reached out of hours; the house's second member leads it
TEAMS = (
    (words.MERCURI, "Service desk", "+91 80 5550 0100, day and night; the shift lead answers within ten minutes."),
    (words.INFINITY, "Integration team", "Priority 1 only: +49 30 5550 0170, weekdays 18 to 22, weekends 9 to 18."),
)


def found_teams() -> None:
    """Each house's team, its lead's stand-in and next leave, as its administrator enters them; once."""
    for house, name, on_call in TEAMS:
        first, second, *_ = house.members
        with acting(first.email) as by:
            if Team.objects.filter(company_id=by.company, name=name).exists():
                continue
            people = {one.email: one for one in Person.objects.filter(company_id=by.company)}
            chief, lead = people[first.email], people[second.email]
            members = [people[one.email] for one in house.members]
            add_team(by=by, draft=TeamDraft(name, lead, members, on_call))
            change_person(by=by, person=lead, name=lead.name, role=Role(lead.role), job=lead.job, stand_in=chief)
            leave = clock.now().date() + timedelta(days=30)
            set_absence(by=by, person=lead, starts=leave, ends=leave + timedelta(days=9), note="Annual leave")
