"""One transaction per request, with the subject resolved and the database told of its companies."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from portal.access import rls
from portal.access.models import User
from portal.access.subject import NOBODY, Subject, subject_of

Respond = Callable[[HttpRequest], HttpResponse]
#: answered without a database transaction of ours
BARE = ("/healthz", "/readyz", "/static/")


class SubjectMiddleware:
    """Puts `request.subject` on every request and runs the rest inside one transaction as the web role.

    A view's exception rolls everything back, as Django's ATOMIC_REQUESTS would; that setting is off because
    row-level security has to be told inside the same transaction before the view begins.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        request.subject = NOBODY  # type: ignore[attr-defined]
        if request.path.startswith(BARE):
            return self.get_response(request)
        with transaction.atomic():
            enter(request)
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Undo what the view wrote."""
        if transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)


def enter(request: HttpRequest) -> Subject:
    """Find the session's subject and set its companies for row-level security."""
    rls.enter((), role=rls.WEB)
    if not request.user.is_authenticated:
        return NOBODY
    return enter_as(request, request.user, acting=request.session.get("company"))


def enter_as(
    request: HttpRequest,
    user: User,
    *,
    acting: int | None = None,
    only: int | None = None,
    read_only: bool = False,
) -> Subject:
    """Make `user` the request's subject; `only` narrows it to one company (API tokens)."""
    rls.enter((), role=rls.WEB, user=user.pk)
    subject = subject_of(user, acting=only or acting, read_only=read_only)
    if only is not None:
        roles = {company: role for company, role in subject.roles.items() if company == only}
        subject = Subject(user.pk, user.name, roles, only if roles else None, read_only)
    rls.enter(subject.companies, role=rls.WEB, user=user.pk)
    request.subject = subject  # type: ignore[attr-defined]
    return subject
