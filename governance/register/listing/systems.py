"""The list of systems of the acting company, and their import."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from governance.register import ports
from governance.register.acting import acting_for
from governance.register.listing.own import hold, may, person_column, person_edit, place
from governance.register.models import Credential, Person, System
from governance.register.selectors import people_of, systems_of
from governance.register.services.systems import SystemDraft, change_system, checked_system, register_system
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core.errors import BadInput
from portal.ui.listing.declare import Choices, Column, Edit, Filter, Listing, Row, Show, Teaching
from portal.ui.listing.imports import Field, Importer, Typed, Verdict, compared, refused, verdicts_of

FIELDS = (
    Field(
        "name",
        "Name",
        required=True,
        help="2 to 120 characters. A row with a name that is known changes that system.",
        sample="Mercuri Zendesk",
    ),
    Field("kind", "Product", help="As in the list of products, for example zendesk or jira.", sample="zendesk"),
    Field(
        "base_url",
        "Address",
        required=True,
        help="https and the host of the system.",
        sample="https://mercuri.example",
    ),
    Field("environment", "Environment", help="Production or test. New systems are production.", sample="production"),
    Field("owner", "Owner", help="The e-mail address of somebody of your company.", sample="asha@mercuri.example"),
    Field("support_access", "Support access", help="How its support is reached.", sample="+44 20 7946 0000"),
    Field("settings", "Settings", help="As key=value, separated by semicolons.", sample="project=INF; type=Task"),
)


def rows(by: Subject) -> QuerySet[Any]:
    """The systems of the acting company; each tells whether it has a credential."""
    sealed = visible_to(Credential.objects.filter(system=OuterRef("pk")), by)
    return systems_of(by).order_by().annotate(has_credential=Exists(sealed))


def with_runs(found: Sequence[Row], by: Subject) -> None:
    """Put the run and the product's name onto a page of systems."""
    runs = ports.sync().runs([row.pk for row in found], by=by)
    labels = dict(products())
    for row in found:
        row.run, row.product = runs.get(row.pk), labels.get(row.kind, row.kind)


def products() -> Choices:
    """The products that there are connectors for."""
    return [(kind.key, kind.label) for kind in ports.sync().kinds()]


def environment_field(by: Subject) -> forms.ChoiceField:
    """Production or test."""
    return forms.ChoiceField(choices=System.Environment.choices, label="Environment")


def support_field(by: Subject) -> forms.CharField:
    """How support is reached."""
    return forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}), label="Support access")


def draft_now(row: System) -> SystemDraft:
    """A system as a form would hold it."""
    return SystemDraft(**{one.name: getattr(row, one.name) for one in fields(SystemDraft)})


def give(by: Subject, row: System, **new: Any) -> object:
    """One field of a system through the service, the others as they stand."""
    return change_system(by=by, system=row, draft=replace(draft_now(row), **new), version=row.version)


def of_run(key: str, otherwise: str | None = None) -> Callable[[Row], Any]:
    """What gives one fact of a system's run."""
    return lambda row: getattr(row.run, key) if row.run else otherwise


SYSTEMS = Listing(
    key="systems",
    word="system",
    words="systems",
    address="systems",
    lead="The trackers of your company. A partner sees a system's name on a connection, never its address or fields.",
    above=("Register", "register"),
    rows=rows,
    prepare=with_runs,
    find=("name", "base_url"),
    order=(("name", False),),
    link=lambda system: reverse("system", args=[system.uid]),
    changes=may("change"),
    empty=Teaching(
        "system",
        "No system yet",
        "A system is a tracker of your company that exchanges items with a partner's. Add the first one with its "
        "address and a credential.",
        "Add a system",
        "system-new",
    ),
    columns=(
        Column("name", "Name", lambda row: row.name, Show.LINK, sort=Lower("name"), filter=Filter.TEXT),
        Column(
            "kind",
            "Product",
            lambda row: row.product,
            sort="kind",
            filter=Filter.CHOICE,
            choices=products,
        ),
        Column(
            "state",
            "State",
            of_run("state", "new"),
            Show.STATE,
            word=of_run("label", ""),
            plain=of_run("label", "Not checked"),
        ),
        Column("last_ok", "Last answered", of_run("last_ok"), Show.WHEN),
        Column(
            "environment",
            "Environment",
            lambda row: row.get_environment_display(),
            sort="environment",
            filter=Filter.CHOICE,
            choices=System.Environment.choices,
        ),
        person_column("owner", "Owner"),
        Column(
            "credential",
            "Has a credential",
            lambda row: row.has_credential,
            Show.YES_NO,
            filter=Filter.YES_NO,
            lookup="has_credential",
            shown=False,
        ),
        Column("base_url", "Address", lambda row: row.base_url, Show.MONO, filter=Filter.TEXT, shown=False),
        Column("support_access", "Support access", lambda row: row.support_access, shown=False),
        Column(
            "created",
            "Registered",
            lambda row: row.created,
            Show.WHEN,
            sort="created",
            filter=Filter.DAYS,
            shown=False,
        ),
    ),
    edits=(
        person_edit("owner", "Owner", give),
        Edit(
            "environment",
            "Environment",
            environment_field,
            lambda row: row.get_environment_display(),
            lambda value: str(System.Environment(value).label),
            lambda by, row, value: give(by, row, environment=value),
        ),
        Edit(
            "support_access",
            "Support access",
            support_field,
            lambda row: row.support_access,
            str,
            lambda by, row, value: give(by, row, support_access=value),
        ),
    ),
    importer=Importer(
        fields=FIELDS,
        key="name",
        rows=1_000,
        opened=place("change"),
        lock=hold("change"),
        judge=lambda by, into, found: Sheet.of(by, found).judged(found),
        write=lambda by, into, found: Sheet.of(by, found).written(by, found),
    ),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the rows of a file are held against: the company's systems by name, its people by address."""

    company: int
    systems: Mapping[str, System]
    people: Mapping[str, Person]

    @classmethod
    def of(cls, by: Subject, found: Sequence[Typed]) -> "Sheet":
        """As it stands now. Two queries."""
        company = acting_for(by, "change", by.companies)
        systems = {row.name: row for row in systems_of(by)}
        return cls(company, systems, {one.email: one for one in people_of(by)})

    def judged(self, found: Sequence[Typed]) -> list[Verdict]:
        """The verdict on each row."""
        return verdicts_of(found, "name", self.judge)

    def judge(self, row: Typed) -> Verdict:
        """The verdict on one row."""
        label = row.cells.get("name", "").strip()
        now = self.systems.get(label)
        try:
            kind, draft = self.draft(row, now)
            checked_system(kind, draft, company=self.company, besides=now.pk if now else 0)
        except BadInput as fault:
            return refused(label, fault)
        return compared(label, words_of(draft_now(now), now.kind) if now else None, words_of(draft, kind))

    def draft(self, row: Typed, now: System | None) -> tuple[str, SystemDraft]:
        """(kind, system) as the row wants it; raises BadInput for an owner or product that cannot be read."""
        start = draft_now(now) if now else SystemDraft(row.cells.get("name", "").strip(), "")
        kind = kind_named(row.cells.get("kind", "")) or (now.kind if now else "")
        if now and kind != now.kind:
            raise BadInput("", fields={"kind": "A system does not change its product. Register another system."})
        new: dict[str, Any] = {}
        for key in ("base_url", "support_access"):
            if key in row.cells:
                new[key] = row.cells[key]
        if row.cells.get("environment"):
            new["environment"] = row.cells["environment"].strip().casefold()
        if "owner" in row.cells:
            new["owner"] = self.owner(row.cells["owner"])
        if "settings" in row.cells:
            long = {key: value for key, value in start.settings.items() if "\n" in value}
            new["settings"] = {**long, **settings_of(row.cells["settings"])}
        return kind, replace(start, **new)

    def owner(self, text: str) -> Person | None:
        """The person with this address; raises BadInput."""
        address = text.strip().lower()
        if address and address not in self.people:
            raise BadInput("", fields={"owner": f"Nobody of your company has the address {address}."})
        return self.people.get(address)

    def written(self, by: Subject, found: Sequence[Typed]) -> None:
        """Store each row through the service."""
        for row in found:
            now = self.systems.get(row.cells.get("name", "").strip())
            kind, draft = self.draft(row, now)
            if now:
                change_system(by=by, system=now, draft=draft, version=now.version)
            else:
                register_system(by=by, kind=kind, draft=draft)


def kind_named(text: str) -> str:
    """The key of a product named by key or label, or the text as it is."""
    wanted = text.strip().casefold()
    return next((key for key, label in products() if wanted in {key.casefold(), label.casefold()}), wanted)


def settings_of(text: str) -> dict[str, str]:
    """Settings out of "project=INF; type=Task"; raises BadInput."""
    found = {}
    for part in filter(None, (part.strip() for part in text.replace("\n", ";").split(";"))):
        key, sign, value = part.partition("=")
        if not sign:
            raise BadInput("", fields={"settings": f"Write “{part}” as key=value."})
        found[key.strip()] = value.strip()
    return found


def words_of(draft: SystemDraft, kind: str) -> dict[str, str]:
    """A system as a file would say it; settings of several lines are for the form alone."""
    short = {key: value for key, value in draft.settings.items() if value and "\n" not in value}
    return {
        "name": draft.name.strip(),
        "kind": kind,
        "base_url": draft.base_url.strip().rstrip("/"),
        "environment": str(draft.environment),
        "owner": draft.owner.email if draft.owner else "",
        "support_access": draft.support_access.strip(),
        "settings": "; ".join(f"{key}={value}" for key, value in sorted(short.items())),
    }
