"""Pages of invitations: sent, sent again and taken back by a company; taken up by who holds the link."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from governance.register.doors import Door, door_of, opened
from governance.register.models import Company, Integration, Invitation
from governance.register.pages.people_forms import InviteCompanyForm, NewHouseForm, PasswordForm
from governance.register.services.accepting import (
    House,
    Newcomer,
    accept_as_company,
    accept_as_person,
)
from governance.register.services.invitations import (
    Sent,
    invite_company,
    resend_invitation,
    revoke_invitation,
)
from portal.access.models import User
from portal.access.subject import Role, Subject
from portal.api.throttle import DoorThrottle
from portal.core.errors import BadInput, Denied
from portal.ui.pages import page, refuse, render_page, see_other, subject_of, visible_or_404

BACKEND = "portal.access.backend.Backend"


@page
def company_invite(request: HttpRequest, uid: UUID | None = None) -> HttpResponse:
    """Invite a company by e-mail, to an integration when one is named."""
    by = subject_of(request)
    integration = visible_or_404(Integration.objects.all(), by, uid) if uid else None
    form = InviteCompanyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sent = invite_company(by=by, email=form.cleaned_data["email"], integration=integration)
        except BadInput as fault:
            refuse(form, fault)
        else:
            return told(request, sent)
    context = {"form": form, "integration": integration}
    return render_page(request, "governance/register/invite.html", context, status=422 if form.errors else 200)


def told(request: HttpRequest, sent: Sent) -> HttpResponse:
    """That the letter is on its way, or the link to hand over, shown this once."""
    if sent.link:
        return render_page(request, "governance/register/invite.html", {"sent": sent})
    messages.success(request, f"A letter to {sent.invitation.email} is on its way.")
    return see_other(letters(request))


def letters(request: HttpRequest) -> str:
    """The address of the acting company's invitations."""
    own = Company.objects.filter(pk=subject_of(request).company).first()
    return reverse("company", args=[own.uid]) + "?tab=invitations" if own else reverse("register")


@require_POST
@page
def invitation_resend(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A fresh letter; the link before opens nothing any more."""
    by = subject_of(request)
    return told(request, resend_invitation(by=by, invitation=visible_or_404(Invitation.objects.all(), by, uid)))


@require_POST
@page
def invitation_revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take it back."""
    by = subject_of(request)
    row = visible_or_404(Invitation.objects.all(), by, uid)
    revoke_invitation(by=by, invitation=row)
    messages.success(request, f"The invitation to {row.email} is taken back.")
    return see_other(letters(request))


@never_cache
@sensitive_post_parameters("password", "again")
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """The public page behind a link: who invites, and what is to be entered to accept. Counted per address."""
    if not DoorThrottle().allow_request(request, None):  # type: ignore[arg-type]
        return closed(request, "Too many tries from your network. Wait a minute, then open the link again.", 429)
    door = door_of(secret)
    if door is None:
        raise Http404
    try:
        return met(request, secret, door)
    except Denied as fault:
        return closed(request, fault.sentence, 410)


def closed(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    """A link that opens nothing, with what to do."""
    response = render_page(request, "governance/register/invitation.html", {"sentence": sentence}, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return response


def met(request: HttpRequest, secret: str, door: Door) -> HttpResponse:
    """The form, or what became of it."""
    by = subject_of(request)
    row = opened(secret, door)
    form = form_for(request, door, by)
    known = User.objects.filter(email=row.email).first()
    if request.method == "POST" and form.is_valid():
        try:
            return accepted(request, secret, form, door, by)
        except BadInput as fault:
            refuse(form, fault)
    context = {
        "form": form,
        "door": door,
        "invitation": row,
        "stranger": by.user_id is not None and (known is None or known.pk != by.user_id),
        "must_sign_in": by.user_id is None and known is not None and known.has_usable_password(),
    }
    page_ = render_page(request, "governance/register/invitation.html", context, status=422 if form.errors else 200)
    page_["Referrer-Policy"] = "no-referrer"
    return page_


def form_for(request: HttpRequest, door: Door, by: Subject) -> PasswordForm | NewHouseForm:
    """What is still to be entered: a password, a company, both, or nothing."""
    data = request.POST if request.method == "POST" else None
    if door.person is not None:
        form = PasswordForm(data)
        if by.user_id is not None:
            del form.fields["password"], form.fields["again"]
        return form
    house = NewHouseForm(data)
    if by.user_id is not None:
        house.without_password()
        own = [key for key, role in by.roles.items() if role is Role.ADMINISTRATOR and key != door.company]
        if own:
            house.offer(Company.objects.filter(pk__in=own).order_by("name"))
    return house


def accepted(
    request: HttpRequest, secret: str, form: PasswordForm | NewHouseForm, door: Door, by: Subject
) -> HttpResponse:
    """Take it up, sign in who is not, and go to where the invitation leads."""
    data = form.cleaned_data
    if door.person is not None:
        who = Newcomer(password=data.get("password", ""))
        user, company = accept_as_person(by=by, secret=secret, who=who), door.company
        goes = reverse("home")
    else:
        house = House(data["company_name"], data["siam_role"], data["time_zone"], known=data.get("company"))
        who = Newcomer(data.get("name", ""), data.get("password", ""))
        user, made = accept_as_company(by=by, secret=secret, house=house, who=who)
        company, goes = made.pk, reverse("integrations" if door.integration else "register")
    if by.user_id is None:
        login(request, user, backend=BACKEND)
    request.session["company"] = company
    messages.success(request, f"Welcome, {user.name}. {door.company_name} will see that you accepted.")
    return see_other(goes)
