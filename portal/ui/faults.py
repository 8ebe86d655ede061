"""The pages for requests that go wrong before or outside a page: no query is made for them."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

SENTENCES = {
    400: "The address or the form could not be read. Go back and try again.",
    403: "You may not do this. If the page stood open for long, load it again and repeat.",
    404: "This page does not exist, or it is not yours to see.",
    500: "Something broke on our side. Nothing of what you sent was kept; what was saved before is safe.",
}

#: the same for programs
CODES = {400: "invalid", 403: "denied", 404: "not-found", 500: "broken"}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return plain(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return plain(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return plain(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    return plain(request, 500)


def no_csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: a page that stood open too long, or cookies that are switched off."""
    return plain(request, 403)


def plain(request: HttpRequest, status: int) -> HttpResponse:
    """A page without the frame; for programs a problem document (RFC 9457)."""
    if request.path.startswith("/api/"):
        body = {"type": "about:blank", "status": status, "code": CODES[status], "detail": SENTENCES[status]}
        return JsonResponse(body, status=status, content_type="application/problem+json")
    context = {"status": status, "sentence": SENTENCES[status]}
    return render(request, "portal/plain.html", context, status=status)
