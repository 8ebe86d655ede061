"""What every page is built on: who asks, the page or one block of it, and faults as pages."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.messages import get_messages
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from portal.access.guard import visible_to
from portal.access.subject import NOBODY, Subject
from portal.core.errors import BadInput, Denied, Fault, Stale
from portal.ui.blocks import render_block

P = ParamSpec("P")
M = TypeVar("M", bound=Model)
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
STATUS: tuple[tuple[type[Fault], int], ...] = ((BadInput, 422), (Denied, 403), (Stale, 409), (Fault, 502))


def subject_of(request: HttpRequest) -> Subject:
    """Who asks."""
    subject: Subject = getattr(request, "subject", NOBODY)
    return subject


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks for a part; a boosted or restored page is a whole page."""
    headers = request.headers
    whole = headers.get("HX-Boosted") == "true" or headers.get("HX-History-Restore-Request") == "true"
    return headers.get("HX-Request") == "true" and not whole


def page(view: View[P]) -> View[P]:
    """A page for signed-in people: others go to the sign-in first; a fault of a service becomes a page."""

    @wraps(view)
    def shown(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        try:
            return view(request, *args, **kwargs)
        except Http404:
            return fault_page(request, "This page does not exist, or it is not yours to see.", status=404)
        except Fault as fault:
            status = next(code for kind, code in STATUS if isinstance(fault, kind))
            return fault_page(request, fault.sentence, status=status)

    return cast(View[P], shown)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Off to the sign-in, and back here afterwards."""
    back = request.get_full_path() if request.method == "GET" and not is_htmx(request) else "/"
    address = f"{reverse('sign-in')}?{urlencode({'next': back})}"
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def fault_page(request: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
    """A fault as a page of its own, or as a note above the page when htmx asked; what was written is undone."""
    context = {"sentence": sentence, "status": status}
    if is_htmx(request):
        response = render(request, "portal/ui/trouble.html", context, status=status)
        response["HX-Retarget"], response["HX-Reswap"] = "#flash", "innerHTML"
    else:
        response = render(request, "portal/fault.html", context, status=status)
    if transaction.get_connection().in_atomic_block:
        transaction.set_rollback(True)
    return response


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, object] | None = None,
    *,
    block: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; for htmx, when `block` is named, only that block of the same template, with new messages."""
    if block is None or not is_htmx(request):
        return render(request, template, dict(context or {}), status=status)
    from_block = render_block(template, block, context or {}, request)
    flash = ""
    if len(get_messages(request)):
        flash = render_to_string("portal/ui/flash.html", {"oob": True}, request)
    return HttpResponse(from_block + flash, status=status)


def visible_or_404(queryset: QuerySet[M], subject: Subject, uid: UUID) -> M:
    """The row with this uid if the subject may see it; otherwise it does not exist."""
    found = visible_to(queryset, subject).filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def refuse(form: BaseForm, fault: BadInput) -> None:
    """Put a service's refusal onto the form, at the fields it names, so that nothing typed is lost."""
    for name, sentence in fault.fields.items():
        form.add_error(name if name in form.fields else None, sentence)
    if not fault.fields:
        form.add_error(None, fault.sentence)


def back_to(request: HttpRequest, otherwise: str) -> str:
    """The address in `next` when it is one of ours, else `otherwise`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else otherwise


class SeeOther(HttpResponseRedirect):
    """Another address, to be read with GET."""

    status_code = 303


def see_other(address: str) -> HttpResponse:
    """After a write: go there with GET."""
    return SeeOther(address)


def typed_version(request: HttpRequest) -> int:
    """The version that a form's page showed; 0, which nothing has, when it is no number."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
