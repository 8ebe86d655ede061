"""Signing in and out, and choosing the company one acts for."""

from typing import cast

from django import forms
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portal.ui.pages import back_to, page, see_other, subject_of


class SignInForm(AuthenticationForm):
    """E-mail address and password."""

    username = forms.EmailField(
        label="E-mail address",
        widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username", "maxlength": 254}),
    )
    error_messages = {
        "invalid_login": "This e-mail address and password do not belong together. Check both; "
        "after five wrong tries the sign-in rests for 15 minutes.",
        "inactive": "This sign-in is switched off. Ask the administrator of your company.",
    }

    def clean_username(self) -> str:
        """Addresses are compared without regard to case."""
        return cast(str, self.cleaned_data["username"]).strip().lower()


class SignIn(LoginView):
    """The sign-in page; somebody who is signed in already goes on."""

    form_class = SignInForm
    template_name = "portal/sign_in.html"
    redirect_authenticated_user = True


sign_in = SignIn.as_view()


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return see_other(reverse("sign-in"))


@require_POST
@page
def act_for(request: HttpRequest) -> HttpResponse:
    """Choose the company that one acts for from now on; another's id changes nothing."""
    chosen = request.POST.get("company", "")
    if chosen.isdigit() and int(chosen) in subject_of(request).companies:
        request.session["company"] = int(chosen)
    return see_other(back_to(request, reverse("home")))
