"""Forms of the register."""

from collections.abc import Collection, Iterable, Mapping
from typing import cast
from zoneinfo import available_timezones

from django import forms
from django.db.models import QuerySet

from governance.register.models import Company, Integration, Person, System
from governance.register.ports import SystemKind
from governance.register.services.connections import End
from governance.register.timing import INTERVALS
from portal.access.subject import Role

ZONES = [(name, name.replace("_", " ")) for name in sorted(available_timezones())]
ROLES = [
    (Role.VIEWER.value, "Viewer: sees what the company sees"),
    (Role.OPERATOR.value, "Operator: also works on parked changes and edits"),
    (Role.ADMINISTRATOR.value, "Administrator: also signs, and manages people and credentials"),
]
STAGES = [(value, f"{value} {label}") for value, label in Integration.Stage.choices]
HOURS = {15: "15 minutes", 30: "30 minutes", 60: "hour", 1440: "day, at midnight UTC"}
BATCHES = [(one, f"Every {HOURS.get(one, f'{one // 60} hours')}") for one in INTERVALS]
WORDS = {
    "token": "E-mail address and API token",
    "password": "User name and password",
    "oauth": "OAuth client",
}


class CompanyForm(forms.Form):
    """A company."""

    name = forms.CharField(max_length=120, help_text="As your partners know it.")
    siam_role = forms.ChoiceField(
        label="Role",
        choices=Company.SiamRole.choices,
        help_text="What the company is in most of its integrations; each integration can differ.",
    )
    time_zone = forms.ChoiceField(choices=ZONES, initial="UTC", help_text="For reports and business hours.")


class SystemForm(forms.Form):
    """A system; the settings of its kind are added as fields of their own."""

    name = forms.CharField(max_length=120, help_text="As your people call it, for example: Mercuri Zendesk.")
    base_url = forms.CharField(
        max_length=300,
        label="Address",
        widget=forms.URLInput(attrs={"spellcheck": "false", "autocapitalize": "off"}),
    )
    environment = forms.ChoiceField(choices=System.Environment.choices)
    owner = forms.ModelChoiceField(
        Person.objects.none(), required=False, help_text="Who is asked when it does not answer."
    )
    support_access = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="How to reach its support: line, times, contract number.",
    )
    product_version = forms.CharField(
        max_length=60, required=False, help_text="As its makers number it. A cloud product has none."
    )
    docs_url = forms.URLField(
        max_length=300,
        required=False,
        assume_scheme="https",
        label="Interface documentation",
        help_text="Where its makers describe the API.",
    )
    time_zone = forms.ChoiceField(
        required=False, choices=ZONES, initial="UTC", help_text="In which its downtimes are announced."
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def shape(self, kind: SystemKind, people: QuerySet[Person]) -> None:
        """Add the settings of a kind, and the people to choose the owner from."""
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]
        self.fields["base_url"].help_text = kind.address_help
        for one in kind.settings:
            shown = {"placeholder": one.example, "rows": 6, "class": "declaration", "spellcheck": "false"}
            self.fields[f"setting_{one.key}"] = forms.CharField(
                label=one.label,
                help_text=one.help,
                required=one.required,
                max_length=6000 if one.long else 120,
                widget=forms.Textarea(attrs=shown) if one.long else None,
            )

    def settings(self) -> dict[str, str]:
        """The settings as entered."""
        return {
            name.removeprefix("setting_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("setting_")
        }


class CredentialForm(forms.Form):
    """A credential, write only: nothing stored is ever put into it."""

    kind = forms.ChoiceField(label="Sign in with")
    user = forms.CharField(
        required=False,
        max_length=120,
        label="E-mail address or user name",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        required=False,
        max_length=4000,
        label="Token or password",
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    client_id = forms.CharField(required=False, max_length=120, label="OAuth client id")
    client_secret = forms.CharField(
        required=False,
        max_length=4000,
        label="OAuth client secret",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def shape(self, kind: SystemKind) -> None:
        """Offer the ways in that this kind of system has; tokens first where a person can paste one."""
        ways = sorted(kind.credentials, key=lambda way: way == "oauth")
        self.fields["kind"].choices = [(way, WORDS[way]) for way in ways]  # type: ignore[attr-defined]
        if "oauth" not in ways:
            del self.fields["client_id"], self.fields["client_secret"]


class IntegrationForm(forms.Form):
    """An integration."""

    name = forms.CharField(max_length=120, help_text="For example: Customer care.")
    purpose = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="In a paragraph: whose problem it solves, and what is different once it runs.",
    )
    goals = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A line each: what is to be measurably better.",
    )
    mode = forms.ChoiceField(
        choices=Integration.Mode.choices,
        label="How soon changes travel",
        help_text="Real time: as they happen. Batch: together, at each interval. On demand: when somebody asks. "
        "What waits keeps its order.",
    )
    batch_minutes = forms.TypedChoiceField(
        choices=BATCHES,
        coerce=int,
        required=False,
        empty_value=None,
        initial=60,
        label="Interval in batch",
        help_text="Counted from midnight UTC; only for batch.",
    )
    rhythm = forms.ChoiceField(
        required=False, choices=Integration.Rhythm.choices, initial=Integration.Rhythm.QUARTERLY, label="Reviewed"
    )
    stage = forms.TypedChoiceField(choices=STAGES, coerce=int, label="Step", help_text="Of the eight of the guide.")
    owner = forms.ModelChoiceField(
        Person.objects.none(), required=False, help_text="The one person who answers for it."
    )
    stand_in = forms.ModelChoiceField(Person.objects.none(), required=False, label="Stand-in")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def offer(self, people: QuerySet[Person]) -> None:
        """The people to choose owner and stand-in from."""
        for name in ("owner", "stand_in"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    """An invitation to an integration."""

    code = forms.CharField(
        max_length=40,
        label="The partner's company code",
        help_text="Your partner finds it on its own company page and tells you.",
        widget=forms.TextInput(attrs={"spellcheck": "false", "class": "mono"}),
    )
    siam_role = forms.ChoiceField(
        required=False,
        label="Role here",
        choices=[("", "As it says of itself"), *Company.SiamRole.choices],
    )


class EndField(forms.ChoiceField):
    """A system of one's own with a kind of item in it, as its tracker names it; cleans to an End, or to None."""

    def __init__(self, *, label: str, help_text: str, required: bool = True) -> None:
        errors = {
            "required": "Choose a system and the kind of item in it.",
            "invalid_choice": "Choose one of the kinds that your systems have now.",
        }
        super().__init__(label=label, help_text=help_text, required=required, error_messages=errors)
        self.ends: dict[str, End] = {}

    def offer(self, systems: Iterable[System], kinds: Mapping[int, Collection[str]]) -> None:
        """Each system with the kinds that it told of; one that told of none is named below the field."""
        groups, silent = [], []
        for system in systems:
            ends = {f"{system.pk}/{kind}": End(system, kind) for kind in kinds.get(system.pk, ())}
            self.ends |= ends
            if ends:
                groups.append((system.name, [(key, f"{system.name}: {end.kind}") for key, end in ends.items()]))
            else:
                silent.append(system.name)
        self.choices = [("", "choose…"), *groups]
        if silent:
            self.help_text = (
                f"{self.help_text} Not offered: {', '.join(silent)}. No check has told its kinds of item yet: enter "
                "its credential on its page, and check it there."
            )

    def clean(self, value: object) -> End | None:
        """The end that was chosen."""
        return self.ends.get(super().clean(value))


class ConnectionForm(forms.Form):
    """A proposal of a connection."""

    name = forms.CharField(max_length=120, help_text="For example: Zendesk to Jira.")
    system = EndField(label="Your system and kind of item", help_text="Items of this kind are exchanged.")
    partner = forms.ModelChoiceField(Company.objects.none(), label="With")
    partner_system = EndField(
        required=False,
        label="The other system and kind of item",
        help_text="Only to connect two systems of your own company.",
    )

    def offer(
        self, systems: Collection[System], kinds: Mapping[int, Collection[str]], partners: QuerySet[Company]
    ) -> None:
        """One's own systems with their kinds of item, and the parties that joined."""
        for name in ("system", "partner_system"):
            cast(EndField, self.fields[name]).offer(systems, kinds)
        self.fields["partner"].queryset = partners  # type: ignore[attr-defined]


class AcceptForm(forms.Form):
    """The own end of a connection that a partner proposed."""

    system = EndField(label="Your system and kind of item", help_text="Items of this kind are exchanged.")

    def offer(self, systems: Collection[System], kinds: Mapping[int, Collection[str]]) -> None:
        """One's own systems with their kinds of item."""
        cast(EndField, self.fields["system"]).offer(systems, kinds)


class PauseForm(forms.Form):
    """Why a connection stands still."""

    reason = forms.CharField(max_length=200, help_text="Your partner reads it.")
