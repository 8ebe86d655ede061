"""Tokens and oneself in the API."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from portal.access.guard import VERBS
from portal.access.models import ApiToken, User
from portal.access.services import revoke_token
from portal.access.subject import Role
from portal.api.serializers import CompanyLink, FlatSerializer
from portal.api.views import Frame, Noun


class TokenSerializer(FlatSerializer[ApiToken]):
    """A token of one's own, without its secret."""

    company = CompanyLink(source="company_id")

    class Meta:
        model = ApiToken
        fields = ("uid", "name", "prefix", "company", "write", "created", "expires", "last_used", "revoked")


class TokenViewSet(Noun[ApiToken]):
    """Tokens of one's own. They are made on the account page, where their secret is shown once."""

    queryset = ApiToken.objects.all()
    serializer_class = TokenSerializer

    def get_queryset(self) -> QuerySet[ApiToken]:
        """One's own, of the companies that this request acts in."""
        own = ApiToken.objects.filter(user_id=self.subject.user_id or 0)
        return own.filter(company_id__in=sorted(self.subject.companies))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Revoke a token: it ends at once and stays listed."""
        revoke_token(by=self.subject, token=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class MembershipSerializer(serializers.Serializer[Any]):
    """A company that one acts in."""

    company = CompanyLink()
    role = serializers.CharField()
    verbs = serializers.ListField(child=serializers.CharField())


class MeSerializer(serializers.Serializer[Any]):
    """Who asks: the user, and the role in each company."""

    uid = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()
    time_zone = serializers.CharField()
    may_write = serializers.BooleanField()
    company = CompanyLink()
    memberships = MembershipSerializer(many=True)


class MeViewSet(Frame[User]):
    """Oneself."""

    queryset = User.objects.all()
    serializer_class = MeSerializer
    pagination_class = None
    filter_backends = []

    @extend_schema(responses=MeSerializer)
    def list(self, request: Request) -> Response:
        """Who this request acts as, and what it may do."""
        user, subject = User.objects.get(pk=self.subject.user_id or 0), self.subject
        memberships = [
            {"company": company, "role": role.value, "verbs": verbs(role, read_only=subject.read_only)}
            for company, role in sorted(subject.roles.items())
        ]
        body = {
            "uid": user.uid,
            "name": user.name,
            "email": user.email,
            "time_zone": user.time_zone,
            "may_write": not subject.read_only,
            "company": subject.company,
            "memberships": memberships,
        }
        return Response(self.get_serializer(body).data)


def verbs(role: Role, *, read_only: bool) -> list[str]:
    """What a role may do; with a read-only token only view."""
    return ["view"] if read_only else sorted(VERBS[role])
