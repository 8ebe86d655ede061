"""Forms of the register."""

from zoneinfo import available_timezones

from django import forms
from django.db.models import QuerySet

from governance.register.models import Company, Integration, Person, System
from governance.register.ports import SystemKind
from portal.access.subject import Role

ZONES = [(name, name.replace("_", " ")) for name in sorted(available_timezones())]
ROLES = [
    (Role.VIEWER.value, "Viewer: sees what the company sees"),
    (Role.OPERATOR.value, "Operator: also works on parked changes and edits"),
    (Role.ADMINISTRATOR.value, "Administrator: also signs, and manages people and credentials"),
]
STAGES = [
    (1, "1 Pain points"),
    (2, "2 Requirements"),
    (3, "3 People"),
    (4, "4 Design"),
    (5, "5 Solution choice"),
    (6, "6 Iterate"),
    (7, "7 Deploy"),
    (8, "8 Operate"),
]
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


class PersonForm(forms.Form):
    """Somebody of the company."""

    name = forms.CharField(max_length=120)
    email = forms.EmailField(label="E-mail address", help_text="With it the person signs in.")
    role = forms.ChoiceField(choices=ROLES, initial=Role.VIEWER.value)
    job = forms.CharField(max_length=120, required=False, help_text="For example: service desk lead.")


class PersonChangeForm(forms.Form):
    """Somebody who is there; the e-mail address is the sign-in and stays."""

    name = forms.CharField(max_length=120)
    role = forms.ChoiceField(choices=ROLES)
    job = forms.CharField(max_length=120, required=False)
    stand_in = forms.ModelChoiceField(Person.objects.none(), required=False, label="Stand-in")

    def offer(self, people: QuerySet[Person]) -> None:
        """The people to choose the stand-in from."""
        self.fields["stand_in"].queryset = people  # type: ignore[attr-defined]


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
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def shape(self, kind: SystemKind, people: QuerySet[Person]) -> None:
        """Add the settings of a kind, and the people to choose the owner from."""
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]
        self.fields["base_url"].help_text = kind.address_help
        for one in kind.settings:
            self.fields[f"setting_{one.key}"] = forms.CharField(
                label=one.label, help_text=one.help, required=one.required, max_length=120
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
    mode = forms.ChoiceField(choices=Integration.Mode.choices, label="How soon changes travel")
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


class ConnectionForm(forms.Form):
    """A proposal of a connection."""

    name = forms.CharField(max_length=120, help_text="For example: Zendesk to Jira.")
    system = forms.ModelChoiceField(System.objects.none(), label="Your system")
    kind = forms.CharField(
        max_length=60, label="Kind of item there", help_text="As the tracker calls it: ticket, Task, Incident."
    )
    partner = forms.ModelChoiceField(Company.objects.none(), label="With")
    partner_system = forms.ModelChoiceField(
        System.objects.none(),
        required=False,
        label="The other system",
        help_text="Only to connect two systems of your own company.",
    )
    partner_kind = forms.CharField(max_length=60, required=False, label="Kind of item in the other system")

    def offer(self, systems: QuerySet[System], partners: QuerySet[Company]) -> None:
        """One's own systems, and the parties that joined."""
        for name in ("system", "partner_system"):
            self.fields[name].queryset = systems  # type: ignore[attr-defined]
        self.fields["partner"].queryset = partners  # type: ignore[attr-defined]


class AcceptForm(forms.Form):
    """The own end of a connection that a partner proposed."""

    system = forms.ModelChoiceField(System.objects.none(), label="Your system")
    kind = forms.CharField(
        max_length=60, label="Kind of item there", help_text="As the tracker calls it: ticket, Task, Incident."
    )

    def offer(self, systems: QuerySet[System]) -> None:
        """One's own systems."""
        self.fields["system"].queryset = systems  # type: ignore[attr-defined]


class PauseForm(forms.Form):
    """Why a connection stands still."""

    reason = forms.CharField(max_length=200, help_text="Your partner reads it.")
