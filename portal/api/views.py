"""The frame of every noun of the API: subject, guard, pages, sparse fields, versions."""

from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.viewsets import GenericViewSet

from portal.access.guard import visible_to
from portal.access.middleware import enter_as
from portal.access.models import ApiToken, User
from portal.access.subject import NOBODY, Subject
from portal.api.problems import Precondition
from portal.core.errors import BadInput, Denied

M = TypeVar("M", bound=Model)
T = TypeVar("T", bound=Model)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag of what you read."
)


class Frame(GenericViewSet[M]):
    """What all API views share: who asks, in which company, and that a read-only token only reads."""

    lookup_field = "uid"
    lookup_value_converter = "uuid"
    #: path to the number that counts saves, for ETag and If-Match; "" = this noun has none
    version: ClassVar[str] = ""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Sign in, then tell the guard and row-level security of the token's one company."""
        super().initial(request, *args, **kwargs)
        token = request.auth
        if isinstance(token, ApiToken) and isinstance(request.user, User):
            enter_as(request._request, request.user, only=token.company_id, read_only=not token.write)
        if self.subject.read_only and request.method not in SAFE_METHODS:
            raise Denied("This token may only read. Make one with write scope.")

    @property
    def subject(self) -> Subject:
        """Who asks."""
        request = getattr(self.request, "_request", None)
        subject = getattr(request, "subject", NOBODY)
        return subject if isinstance(subject, Subject) else NOBODY

    def get_queryset(self) -> QuerySet[M]:
        """The rows that the subject may see."""
        return visible_to(super().get_queryset(), self.subject)

    def get_serializer_context(self) -> dict[str, Any]:
        """With the fields that `?fields=` asks for."""
        asked = self.request.query_params.get("fields", "") if self.request else ""
        only = frozenset(name.strip() for name in asked.split(",") if name.strip())
        return {**super().get_serializer_context(), "only": only}

    def entered(self, form: type[Serializer[Any]], *, partial: bool = False) -> dict[str, Any]:
        """The request's body as `form` reads it; raises ValidationError."""
        serializer = form(data=self.request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def found(self, queryset: QuerySet[T], uid: UUID, *, field: str) -> T:
        """A thing that the body names by uid; raises BadInput for `field` when the subject cannot see it."""
        thing = visible_to(queryset, self.subject).filter(uid=uid).first()
        if thing is None:
            raise BadInput(
                "Something named here does not exist.",
                fields={field: "There is no such object, or it is not yours to see."},
            )
        return thing

    def expected(self, thing: Model) -> int:
        """The version that the client has seen, from If-Match. Raises Precondition without one, or an old one."""
        given = self.request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
        if not given:
            raise Precondition(status.HTTP_428_PRECONDITION_REQUIRED)
        if given != str(self.version_of(thing)):
            raise Precondition(status.HTTP_412_PRECONDITION_FAILED)
        return self.version_of(thing)

    def version_of(self, thing: Model) -> int:
        """The number that counts saves."""
        value: Any = thing
        for step in self.version.split("."):
            value = getattr(value, step)
        return int(value)

    def told(self, uid: UUID, *, code: int = status.HTTP_200_OK) -> Response:
        """One thing as it stands now, read again as a GET would."""
        return self.shown(self.get_queryset().get(**{self.lookup_field: uid}), code=code)

    def shown(self, thing: M, *, code: int = status.HTTP_200_OK) -> Response:
        """One thing, with its version as ETag."""
        response = Response(self.get_serializer(thing).data, status=code)
        if self.version:
            response["ETag"] = f'"{self.version_of(thing)}"'
        return response


class ListedNoun(ListModelMixin, Frame[M]):
    """A noun that is only listed."""

    def get_serializer(self, *args: Any, **kwargs: Any) -> BaseSerializer[Any]:
        """The serializer; `?fields=` may only name fields that there are."""
        kwargs.setdefault("context", self.get_serializer_context())
        serializer = self.get_serializer_class()
        known = set(getattr(getattr(serializer, "Meta", None), "fields", ()))
        unknown = sorted(kwargs["context"].get("only", frozenset()) - known)
        if unknown:
            raise ValidationError({"fields": [f"There is no field {', '.join(unknown)} here."]})
        return serializer(*args, **kwargs)


class Noun(RetrieveModelMixin, ListedNoun[M]):
    """A noun that is listed and read one by one."""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One thing, with its version as ETag."""
        return self.shown(self.get_object())
