"""The entrance of the API: every noun with its address."""

from django.urls import get_resolver
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

START, END = "api-", "-list"


@extend_schema(exclude=True)
@api_view(["GET"])
def root(request: Request) -> Response:
    """Noun → address, and where the document and its pages are."""
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    nouns = sorted(name for name in names if name.startswith(START) and name.endswith(END))
    addresses = {name.removeprefix(START).removesuffix(END): reverse(name, request=request) for name in nouns}
    document, docs = reverse("api-document", request=request), reverse("api-docs", request=request)
    return Response({"nouns": addresses, "openapi": document, "docs": docs})
