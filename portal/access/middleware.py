"""One transaction per request, with the subject resolved and the database told of its companies."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from portal.access import rls
from portal.access.models import User
from portal.access.standing import subject_of
from portal.access.subject import NOBODY, Subject

Respond = Callable[[HttpRequest], HttpResponse]
#: answered without a transaction of ours: they need none, or open their own (webhooks, which no person sends)
BARE = ("/healthz", "/readyz", "/static/", "/hooks/")


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
    """Find the session's subject and set its companies for row-level security. Two queries: session and user."""
    rls.enter((), role=rls.WEB)
    user = request.user
    if not isinstance(user, User):
        # a session that no longer holds may have told the transaction its user on the way
        rls.enter((), role=rls.WEB)
        return NOBODY
    return enter_subject(request, subject_of(user, acting=request.session.get("company"), standing=user.standing))


def enter_as(
    request: HttpRequest,
    user: User,
    *,
    acting: int | None = None,
    only: int | None = None,
    read_only: bool = False,
) -> Subject:
    """Make `user` the request's subject as they stand now; `only` narrows it to one company (API tokens)."""
    return enter_subject(request, subject_of(user, acting=acting, only=only, read_only=read_only))


def enter_subject(request: HttpRequest, subject: Subject) -> Subject:
    """Tell the database of the subject's companies, and of no other, until the transaction ends."""
    rls.enter(subject.companies, role=rls.WEB, user=subject.user_id)
    request.subject = subject  # type: ignore[attr-defined]
    return subject
