"""The account page: who one is here, the time zone, and API tokens."""

from datetime import timedelta
from typing import cast
from uuid import UUID
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from portal.access.models import ApiToken, User
from portal.access.services import create_token, revoke_token, set_time_zone
from portal.core import clock
from portal.core.errors import BadInput
from portal.ui.faces import faces
from portal.ui.pages import page, refuse, render_page, see_other, subject_of

LIFETIMES = [("30", "30 days"), ("90", "90 days"), ("365", "1 year")]


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(max_length=80, help_text="What will use it, for example: nightly export.", label="Name")
    company = forms.ChoiceField(help_text="The token sees what you see in this company, and nothing of any other.")
    days = forms.ChoiceField(choices=LIFETIMES, initial="90", label="Valid for")
    write = forms.BooleanField(
        required=False, label="May write", help_text="Without this it only reads, whatever your role is."
    )


class ZoneForm(forms.Form):
    """The time zone that times are shown in."""

    time_zone = forms.ChoiceField(
        choices=[(name, name.replace("_", " ")) for name in sorted(available_timezones())],
        help_text="Times on hover and in print show this zone and UTC. With UTC here, your company's zone is shown.",
    )


@require_GET
@page
def account(request: HttpRequest) -> HttpResponse:
    """The page."""
    return account_page(request)


@require_POST
@page
def create(request: HttpRequest) -> HttpResponse:
    """Make a token; its secret is shown once, on the page that answers."""
    form = token_form(request, request.POST)
    if form.is_valid():
        try:
            made = create_token(
                by=subject_of(request),
                company=int(form.cleaned_data["company"]),
                name=form.cleaned_data["name"],
                lifetime=timedelta(days=int(form.cleaned_data["days"])),
                write=form.cleaned_data["write"],
            )
        except BadInput as fault:
            refuse(form, fault)
        else:
            return account_page(request, secret=made.secret)
    return account_page(request, form=form, status=422)


@require_POST
@page
def revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End a token at once."""
    token = ApiToken.objects.filter(uid=uid, user_id=subject_of(request).user_id or 0).first()
    if token is None:
        raise Http404
    revoke_token(by=subject_of(request), token=token)
    messages.success(request, f"The token {token.name} is revoked. Nothing can use it any more.")
    return see_other(reverse("account"))


@require_POST
@page
def change_zone(request: HttpRequest) -> HttpResponse:
    """Choose the time zone."""
    form = ZoneForm(request.POST)
    if not form.is_valid():
        return account_page(request, status=422)
    set_time_zone(by=subject_of(request), name=form.cleaned_data["time_zone"])
    messages.success(request, f"Times are shown in {form.cleaned_data['time_zone']} and UTC.")
    return see_other(reverse("account"))


def account_page(
    request: HttpRequest, *, form: TokenForm | None = None, secret: str = "", status: int = 200
) -> HttpResponse:
    """The page with a form as typed, or with the secret of a token just made."""
    user = cast(User, request.user)
    tokens = ApiToken.objects.filter(user=user, revoked=None).order_by("-created")
    context = {
        "form": form or token_form(request),
        "zone_form": ZoneForm(initial={"time_zone": user.time_zone}),
        "tokens": tokens,
        "secret": secret,
        "now": clock.now(),
    }
    return render_page(request, "portal/account.html", context, status=status)


def token_form(request: HttpRequest, data: object = None) -> TokenForm:
    """The form with the person's companies to choose from."""
    form = TokenForm(data, initial={"company": subject_of(request).company})  # type: ignore[arg-type]
    known = faces(request)
    own = [(str(key), known[key].name) for key in sorted(subject_of(request).companies) if key in known]
    cast(forms.ChoiceField, form.fields["company"]).choices = own
    return form
