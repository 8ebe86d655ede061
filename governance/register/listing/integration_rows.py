"""The import of integrations: a row is known by its name; it starts an integration or changes a known one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from governance.register.acting import acting_for
from governance.register.listing.own import hold, place
from governance.register.models import Integration, Person
from governance.register.selectors import people_of
from governance.register.services.integrations import IntegrationDraft, goals_of
from governance.register.services.many_integrations import Known, known_of, put_integrations
from governance.register.timing import INTERVALS
from portal.access.subject import Subject
from portal.core.errors import BadInput
from portal.ui.listing.imports import Field, Importer, Typed, Verdict, compared, refused, verdicts_of

FIELDS = (
    Field(
        "name",
        "Name",
        required=True,
        help="2 to 120 characters. A row with a name that is known changes that integration.",
        sample="Mercuri service desk",
    ),
    Field("purpose", "Purpose", help="What it is for. A new one needs it.", sample="Customers get one answer."),
    Field("stage", "Step", help="Of the guide: 1 to 8, or the step's name. New ones stand at 1.", sample="1"),
    Field("mode", "Mode", help="Real time, batch or on demand. New ones are in real time.", sample="real time"),
    Field(
        "batch_minutes",
        "Minutes between exchanges",
        help=f"In batch: one of {', '.join(str(one) for one in INTERVALS)}.",
        sample="60",
    ),
    Field("owner", "Owner", help="The e-mail address of somebody of your company.", sample="asha@mercuri.example"),
    Field("stand_in", "Stand-in", help="The e-mail address of somebody else of your company.", sample=""),
    Field("goals", "Goals", help="Separated by semicolons, at most 20.", sample="No ticket is typed twice"),
    Field("rhythm", "Review", help="Weekly, monthly, quarterly, every half year or yearly.", sample="quarterly"),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the rows of a file are held against: the company's integrations by name, its people by address."""

    company: int
    known: Known
    people: Mapping[str, Person]

    @classmethod
    def of(cls, by: Subject) -> "Sheet":
        """As it stands now. Three queries."""
        company = acting_for(by, "change", by.companies)
        return cls(company, known_of(company), {one.email: one for one in people_of(by)})

    def judge(self, row: Typed) -> Verdict:
        """The verdict on one row."""
        label = row.cells.get("name", "").strip()
        now = self.known.rows.get(label.lower())
        try:
            draft = self.draft(row, now)
            self.known.check(draft, company=self.company)
        except BadInput as fault:
            return refused(label, fault)
        return compared(label, words_of(draft_now(now)) if now else None, words_of(draft))

    def draft(self, row: Typed, now: Integration | None) -> IntegrationDraft:
        """An integration as the row wants it; raises BadInput for what cannot be read. An empty cell of a choice
        leaves it as it is."""
        start = draft_now(now) if now else IntegrationDraft(row.cells.get("name", "").strip(), "")
        new: dict[str, Any] = {}
        for key, read in READ.items():
            if row.cells.get(key, "").strip():
                new[key] = read(row.cells[key].strip())
        if "purpose" in row.cells:
            new["purpose"] = row.cells["purpose"].strip()
        if "goals" in row.cells:
            new["goals"] = tuple(row.cells["goals"].replace("\n", ";").split(";"))
        for key in ("owner", "stand_in"):
            if key in row.cells:
                new[key] = self.person(key, row.cells[key], getattr(start, key))
        return replace(start, **new)

    def person(self, key: str, text: str, now: Person | None) -> Person | None:
        """Who has this address: somebody of the own company, or who has that part already. Raises BadInput."""
        address = text.strip().lower()
        if now is not None and now.email == address:
            return now
        if address and address not in self.people:
            raise BadInput("", fields={key: f"Nobody of your company has the address {address}."})
        return self.people.get(address)


def stage_of(text: str) -> int:
    """A step by number or name; raises BadInput."""
    named = {label.casefold(): no for no, label in Integration.Stage.choices}
    number = named.get(text.casefold()) or (int(text) if text.isdecimal() and len(text) == 1 else 0)
    if not 1 <= number <= len(named):
        raise BadInput("", fields={"stage": f"“{text[:40]}” is no step. Write 1 to 8, or the step's name."})
    return number


def minutes_of(text: str) -> int:
    """Minutes between exchanges; raises BadInput."""
    if not text.isdecimal() or int(text) not in INTERVALS:
        raise BadInput("", fields={"batch_minutes": f"Choose one of {', '.join(str(one) for one in INTERVALS)}."})
    return int(text)


def choice_of(key: str, choices: Sequence[tuple[str, str]]) -> Any:
    """What reads a choice by its key or label; raises BadInput."""
    known = {name.casefold(): value for value, label in choices for name in (value, label)}

    def read(text: str) -> str:
        value = known.get(text.casefold())
        if value is None:
            words = ", ".join(label for _, label in choices)
            raise BadInput("", fields={key: f"“{text[:40]}” is none of: {words}."})
        return value

    return read


READ = {
    "stage": stage_of,
    "batch_minutes": minutes_of,
    "mode": choice_of("mode", Integration.Mode.choices),
    "rhythm": choice_of("rhythm", Integration.Rhythm.choices),
}


def draft_now(row: Integration) -> IntegrationDraft:
    """An integration as a form would hold it."""
    now = {one.name: getattr(row, one.name) for one in fields(IntegrationDraft)}
    return IntegrationDraft(**{**now, "goals": tuple(row.goals)})


def words_of(draft: IntegrationDraft) -> dict[str, str]:
    """An integration as a file would say it."""
    return {
        "name": draft.name.strip(),
        "purpose": draft.purpose.strip(),
        "stage": str(draft.stage),
        "mode": str(draft.mode),
        "batch_minutes": str(draft.batch_minutes),
        "owner": draft.owner.email if draft.owner else "",
        "stand_in": draft.stand_in.email if draft.stand_in else "",
        "goals": "; ".join(goals_of(draft)),
        "rhythm": str(draft.rhythm),
    }


def judged(by: Subject, found: Sequence[Typed]) -> list[Verdict]:
    """The verdict on each row."""
    return verdicts_of(found, "name", Sheet.of(by).judge)


def written(by: Subject, found: Sequence[Typed]) -> None:
    """Store the rows that are new or changed, all or none."""
    sheet = Sheet.of(by)
    rows = [(row, sheet.known.rows.get(row.cells.get("name", "").strip().lower())) for row in found]
    put_integrations(by=by, drafts=[sheet.draft(row, now) for row, now in rows])


def held(by: Subject, into: object) -> None:
    """Lock the company and its integrations until the import is over."""
    hold("change")(by, into)
    company = acting_for(by, "change", by.companies)
    rows = Integration.objects.select_for_update().filter(companies__contains=[company])
    list(rows.order_by("pk").values_list("pk"))


IMPORTER = Importer(
    fields=FIELDS,
    key="name",
    opened=place("change"),
    lock=held,
    judge=lambda by, into, found: judged(by, found),
    write=lambda by, into, found: written(by, found),
)
