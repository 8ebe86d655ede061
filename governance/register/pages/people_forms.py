"""Forms of people, teams and invitations."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from governance.register.models import Company, Person
from governance.register.pages.forms import ROLES, ZONES
from portal.access.subject import Role


class PersonForm(forms.Form):
    """Somebody new of the company."""

    name = forms.CharField(max_length=120)
    email = forms.EmailField(label="E-mail address", help_text="With it the person signs in.")
    role = forms.ChoiceField(choices=ROLES, initial=Role.VIEWER.value)
    job = forms.CharField(max_length=120, required=False, help_text="For example: service desk lead.")
    invite = forms.BooleanField(
        required=False,
        initial=True,
        label="Invite to sign in",
        help_text="A letter with a link goes to the address; it works once, for two weeks.",
    )


class PersonChangeForm(forms.Form):
    """Somebody who is there."""

    name = forms.CharField(max_length=120)
    role = forms.ChoiceField(choices=ROLES)
    job = forms.CharField(max_length=120, required=False)
    stand_in = forms.ModelChoiceField(
        Person.objects.none(),
        required=False,
        label="Stand-in",
        empty_label="nobody",
        help_text="Who signs, and is told, while this person is away.",
    )

    def offer(self, people: QuerySet[Person]) -> None:
        """The people to choose the stand-in from."""
        self.fields["stand_in"].queryset = people  # type: ignore[attr-defined]


class AddressForm(forms.Form):
    """Another e-mail address."""

    email = forms.EmailField(label="New e-mail address")


class AbsenceForm(forms.Form):
    """Days on which somebody is not there."""

    starts = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    ends = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(
        max_length=200, required=False, help_text="Only your company reads it; partners see the days."
    )


class HandOverForm(forms.Form):
    """To whom everything goes."""

    to = forms.ModelChoiceField(Person.objects.none(), label="Hand over to", empty_label="choose…")
    leave = forms.BooleanField(
        required=False,
        initial=True,
        label="The person leaves the company",
        help_text="Ends the role, every open session and every API token at once.",
    )

    def offer(self, people: QuerySet[Person]) -> None:
        """The people to choose from."""
        self.fields["to"].queryset = people  # type: ignore[attr-defined]


class TeamForm(forms.Form):
    """A team."""

    name = forms.CharField(max_length=120, help_text="For example: Service desk.")
    lead = forms.ModelChoiceField(Person.objects.none(), required=False, empty_label="nobody")
    members = forms.ModelMultipleChoiceField(
        Person.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    on_call = forms.CharField(
        required=False,
        max_length=2000,
        label="On call",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="How the team is reached out of hours: line, rota, times.",
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def offer(self, people: QuerySet[Person]) -> None:
        """The people to choose lead and members from."""
        for name in ("lead", "members"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]


class InviteCompanyForm(forms.Form):
    """An invitation by e-mail."""

    email = forms.EmailField(
        label="E-mail address", help_text="Of somebody there, who becomes the company's administrator."
    )


class PasswordForm(forms.Form):
    """The first password, for who is nobody here yet."""

    password = forms.CharField(
        strip=False,
        help_text="At least 12 characters. A sentence is easiest to keep.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        strip=False,
        label="The same password again",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both must be the same."""
        data = super().clean() or {}
        if "password" in data and data.get("again") != data["password"]:
            self.add_error("again", "The two are not the same.")
        return data


class NewHouseForm(PasswordForm):
    """Somebody and their company, both new here."""

    field_order = ("company_name", "siam_role", "time_zone", "name", "password", "again")
    company_name = forms.CharField(max_length=120, label="Your company", help_text="As your partners know it.")
    siam_role = forms.ChoiceField(
        label="Its role", choices=Company.SiamRole.choices, initial=Company.SiamRole.PROVIDER
    )
    time_zone = forms.ChoiceField(choices=ZONES, initial="UTC", help_text="For reports and business hours.")
    name = forms.CharField(max_length=120, label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))

    def without_password(self) -> None:
        """For somebody who signs in already."""
        for name in ("name", "password", "again"):
            del self.fields[name]

    def offer(self, companies: QuerySet[Company]) -> None:
        """Companies of one's own that could accept instead of a new one."""
        self.fields["company"] = forms.ModelChoiceField(
            companies,
            required=False,
            label="Accept for",
            empty_label="a new company",
            help_text="For one that is registered already, leave the rest as it is.",
        )
        self.fields["company_name"].required = False
        self.order_fields(["company", *self.field_order])
