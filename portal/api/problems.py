"""Errors of the API as problem details (RFC 9457) with a stable code."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from portal.core.errors import BadInput, Denied, Fault, Stale

STATUS: dict[type[Fault], int] = {
    BadInput: status.HTTP_422_UNPROCESSABLE_ENTITY,
    Denied: status.HTTP_403_FORBIDDEN,
    Stale: status.HTTP_409_CONFLICT,
}

MISSED = {
    status.HTTP_428_PRECONDITION_REQUIRED: (
        "if-match-missing",
        "Send If-Match with the ETag that you read, so that nobody's save is overwritten unseen.",
    ),
    status.HTTP_412_PRECONDITION_FAILED: (
        "if-match-stale",
        "Somebody saved since you read this. Nothing was written: read it again, then send the new ETag.",
    ),
}


class Precondition(exceptions.APIException):
    """If-Match is missing (428) or names an old version (412)."""

    def __init__(self, status_code: int) -> None:
        name, detail = MISSED[status_code]
        super().__init__(detail, name)
        self.status_code, self.default_code = status_code, name


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception of a view; anything unexpected stays a 500 of Django's."""
    if transaction.get_connection().in_atomic_block:
        transaction.set_rollback(True)
    if isinstance(error, Fault):
        number = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 502)
        extra = {"errors": error.fields} if isinstance(error, BadInput) and error.fields else {}
        return problem(number, error.code, error.sentence, **extra)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, Http404 | exceptions.NotFound):
        return problem(404, "not-found", "There is no such object, or it is not yours to see.")
    if isinstance(error, exceptions.ValidationError):
        return problem(400, "invalid", "Some values cannot be taken.", errors=response.data)
    detail = "You may not do this." if isinstance(error, PermissionDenied) else str(getattr(error, "detail", error))
    code = str(getattr(error, "default_code", "error")).replace("_", "-")
    answer = problem(response.status_code, code, detail)
    for name in ("WWW-Authenticate", "Retry-After"):
        if response.has_header(name):
            answer[name] = response[name]
    return answer


def problem(status_code: int, code: str, detail: str, **extra: object) -> Response:
    """One problem document."""
    body = {"type": "about:blank", "status": status_code, "code": code, "detail": detail, **extra}
    return Response(body, status=status_code, content_type="application/problem+json")
