"""One row of everything that the register keeps beside the story: absence, team, downtime, invitation, letter."""

from datetime import timedelta

from governance.register.models import Absence, AbsenceNote, Downtime, Invitation, Person, System, Team
from portal.core import clock
from portal.mail.models import Mail


def kept(person: Person, system: System) -> dict[str, object]:
    """The rows of one company, by noun of the API."""
    now, company = clock.now(), person.company
    absence = Absence.objects.create(company=company, person=person, starts=now.date(), ends=now.date())
    AbsenceNote.objects.create(absence=absence, company=company, text="Dentist")
    team = Team.objects.create(company=company, name=f"{company.name} desk", lead=person)
    team.members.add(person)
    window = Downtime.objects.create(
        company=company,
        companies=[company.pk],
        system=system,
        system_name=system.name,
        starts=now + timedelta(days=1),
        ends=now + timedelta(days=1, hours=2),
        reason="Upgrade",
        announced_by=person.name,
    )
    letter = Mail.objects.create(company_id=company.pk, to="guest@nord.example", subject="Hello", at=now)
    invitation = Invitation.objects.create(
        company=company,
        email="guest@nord.example",
        role="administrator",
        digest=f"{company.pk:064d}",
        invited_by=person.name,
        sent=now,
        expires=now + timedelta(days=1),
        mail=letter,
    )
    return {
        "absences": absence.uid,
        "teams": team.uid,
        "downtimes": window.uid,
        "invitations": invitation.uid,
    }
