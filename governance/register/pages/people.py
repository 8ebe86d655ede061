"""Pages of people: who they are, when they are away, what they hold, and their leaving."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from governance.register.holdings import holdings
from governance.register.models import Absence, Person
from governance.register.pages.people_forms import (
    AbsenceForm,
    AddressForm,
    HandOverForm,
    PersonChangeForm,
    PersonForm,
)
from governance.register.presence import absences_of
from governance.register.selectors import people_of
from governance.register.services.invitations import Sent, invite_person
from governance.register.services.leaving import hand_over
from governance.register.services.people import (
    PersonDraft,
    add_person,
    change_email,
    change_person,
    readmit_person,
    remove_absence,
    set_absence,
    suspend_person,
)
from portal.access.guard import may
from portal.access.subject import Role, Subject
from portal.core.errors import BadInput
from portal.history.selectors import deeds_of
from portal.ui.pages import page, refuse, render_page, see_other, subject_of, visible_or_404

PEOPLE = Person.objects.select_related("user", "stand_in", "company")


@page
def person_new(request: HttpRequest) -> HttpResponse:
    """Add somebody to the acting company and, when wanted, invite them to sign in."""
    by = subject_of(request)
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = add_person(by=by, draft=PersonDraft(data["name"], data["email"], Role(data["role"]), data["job"]))
            sent = invite_person(by=by, person=row) if data["invite"] and row.user is None else None
        except BadInput as fault:
            refuse(form, fault)
        else:
            if sent is not None and sent.link:
                return person_page(request, row, sent=sent)
            said = f"{row.name} is added, and a letter is on its way." if sent else f"{row.name} is added."
            messages.success(request, said)
            return see_other(reverse("person", args=[row.uid]))
    return render_page(
        request, "governance/register/person_new.html", {"form": form}, status=422 if form.errors else 200
    )


@page
def person(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One person of the register; their own administrator changes them here."""
    by = subject_of(request)
    row = visible_or_404(PEOPLE, by, uid)
    if request.method != "POST":
        return person_page(request, row)
    form = change_form(request, row, by)
    if form.is_valid():
        try:
            change_person(by=by, person=row, **{**form.cleaned_data, "role": Role(form.cleaned_data["role"])})
        except BadInput as fault:
            refuse(form, fault)
        else:
            messages.success(request, f"{row.name} is saved.")
            return see_other(reverse("person", args=[uid]))
    return person_page(request, visible_or_404(PEOPLE, by, uid), form=form)


def here(by: Subject) -> QuerySet[Person]:
    """The people of the acting company who are there to stay."""
    return people_of(by).filter(suspended=None, left=None)


def change_form(request: HttpRequest, row: Person, by: Subject) -> PersonChangeForm:
    """The form as typed, or as the person stands."""
    start = {"name": row.name, "role": row.role, "job": row.job, "stand_in": row.stand_in_id}
    form = PersonChangeForm(request.POST if "role" in request.POST else None, initial=start)
    form.offer(here(by).exclude(pk=row.pk))
    return form


def person_page(
    request: HttpRequest,
    row: Person,
    *,
    form: PersonChangeForm | None = None,
    address: AddressForm | None = None,
    absence: AbsenceForm | None = None,
    sent: Sent | None = None,
) -> HttpResponse:
    """The page with a form as refused, or with a link to hand over that is shown this once."""
    by = subject_of(request)
    tab = request.GET.get("tab", "overview")
    administers = bool(may(by, "administer", row))
    overview = tab == "overview"
    mine = by.user_id is not None and row.user_id == by.user_id
    invited = row.invitations.filter(accepted=None, revoked=None).select_related("mail") if administers else None
    context = {
        "person": row,
        "form": form or (change_form(request, row, by) if administers and overview else None),
        "address": address or AddressForm(),
        "absence": absence or AbsenceForm(),
        "absences": absences_of(row, by=by) if overview else [],
        "link": sent.link if sent else "",
        "invited": invited.first() if invited is not None and row.user is None and overview else None,
        "role": Role(row.role),
        "administers": administers,
        "enters_absence": administers or mine,
        "own": row.company_id in by.companies,
        "can_invite": row.user is None or not row.user.has_usable_password(),
        "holdings": holdings(row, by=by) if tab == "holds" and row.company_id in by.companies else [],
        "tab": tab,
        "deeds": deeds_of(row, subject=by) if tab == "history" else [],
    }
    refused = any(one is not None and one.errors for one in (form, address, absence))
    return render_page(request, "governance/register/person.html", context, status=422 if refused else 200)


@require_POST
@page
def person_invite(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Mail the link with which this person sets the first password."""
    by = subject_of(request)
    row = visible_or_404(PEOPLE, by, uid)
    sent = invite_person(by=by, person=row)
    if sent.link:
        return person_page(request, row, sent=sent)
    messages.success(request, f"A letter to {row.email} is on its way.")
    return see_other(reverse("person", args=[uid]))


@require_POST
@page
def person_email(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Another e-mail address."""
    by = subject_of(request)
    row = visible_or_404(PEOPLE, by, uid)
    form = AddressForm(request.POST)
    if form.is_valid():
        try:
            change_email(by=by, person=row, email=form.cleaned_data["email"])
        except BadInput as fault:
            refuse(form, fault)
        else:
            follows = row.user is None or row.user.email == row.email
            kept = "" if follows else " The sign-in keeps its address: it opens another company's door too."
            messages.success(request, f"{row.name} has the address {row.email}.{kept}")
            return see_other(reverse("person", args=[uid]))
    return person_page(request, row, address=form)


@require_POST
@page
def person_suspend(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Suspend somebody, or end the suspension, or take somebody back."""
    by = subject_of(request)
    row = visible_or_404(PEOPLE, by, uid)
    if row.suspended or row.left:
        readmit_person(by=by, person=row)
        messages.success(request, f"{row.name} acts for the company again.")
    else:
        suspend_person(by=by, person=row)
        messages.success(request, f"{row.name} no longer acts for the company; open sessions and tokens ended.")
    return see_other(reverse("person", args=[uid]))


@require_POST
@page
def person_absence(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Enter days on which somebody is away."""
    by = subject_of(request)
    row = visible_or_404(PEOPLE, by, uid)
    form = AbsenceForm(request.POST)
    if form.is_valid():
        try:
            set_absence(by=by, person=row, **form.cleaned_data)
        except BadInput as fault:
            refuse(form, fault)
        else:
            messages.success(request, "The absence is entered.")
            return see_other(reverse("person", args=[uid]))
    return person_page(request, row, absence=form)


@require_POST
@page
def absence_remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take an absence back."""
    by = subject_of(request)
    row = visible_or_404(Absence.objects.select_related("person"), by, uid)
    remove_absence(by=by, absence=row)
    messages.success(request, "The absence is taken back.")
    return see_other(reverse("person", args=[row.person.uid]))


@page
def person_hand_over(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What somebody holds, and to whom all of it goes."""
    by = subject_of(request)
    row = visible_or_404(PEOPLE, by, uid)
    form = HandOverForm(request.POST or None)
    form.offer(here(by).exclude(pk=row.pk))
    if request.method == "POST" and form.is_valid():
        try:
            hand_over(by=by, person=row, to=form.cleaned_data["to"], leave=form.cleaned_data["leave"])
        except BadInput as fault:
            refuse(form, fault)
        else:
            messages.success(request, f"{form.cleaned_data['to'].name} has all that {row.name} held.")
            return see_other(reverse("person", args=[uid]))
    context = {
        "person": row,
        "form": form,
        "holdings": holdings(row, by=by) if row.company_id in by.companies else [],
        "administers": bool(may(by, "administer", row)),
    }
    return render_page(request, "governance/register/hand_over.html", context, status=422 if form.errors else 200)
