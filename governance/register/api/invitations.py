"""Invitations in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.register.models import Integration, Invitation, Person
from governance.register.services import invitations as services
from portal.api.serializers import EmptySerializer, FlatSerializer, Link
from portal.api.views import Noun
from portal.core.errors import BadInput


class InvitationSerializer(FlatSerializer[Invitation]):
    """A letter that one's own company sent. Its secret is nowhere here."""

    person = Link("person")
    integration = Link("integration")
    letter = serializers.CharField(source="mail.state", default="", read_only=True)

    class Meta:
        model = Invitation
        fields = (
            "uid",
            "email",
            "role",
            "person",
            "integration",
            "invited_by",
            "sent",
            "expires",
            "accepted",
            "accepted_by",
            "revoked",
            "letter",
        )


class InvitationForm(serializers.Serializer[Any]):
    """Either an address outside, and perhaps an integration, or a person of one's own company."""

    email = serializers.EmailField(required=False, allow_blank=True)
    integration = serializers.UUIDField(allow_null=True, default=None)
    person = serializers.UUIDField(allow_null=True, default=None)


class InvitationViewSet(Noun[Invitation]):
    """The invitations of one's own company."""

    queryset = Invitation.objects.select_related("person", "integration", "mail")
    serializer_class = InvitationSerializer
    filterset_fields = ("email",)

    @extend_schema(request=InvitationForm, responses={201: InvitationSerializer})
    def create(self, request: Request) -> Response:
        """Mail an invitation. Where no mail server is, do it on a page, which shows the link once."""
        form = self.entered(InvitationForm)
        email = form.get("email", "")
        if bool(email) == bool(form["person"]):
            raise BadInput("Name an address or a person.", fields={"email": "Either this or `person`."})
        if form["person"]:
            person = self.found(Person.objects.all(), form["person"], field="person")
            sent = services.invite_person(by=self.subject, person=person)
        else:
            uid = form["integration"]
            integration = self.found(Integration.objects.all(), uid, field="integration") if uid else None
            sent = services.invite_company(by=self.subject, email=email, integration=integration)
        return self.told(sent.invitation.uid, code=status.HTTP_201_CREATED)

    @extend_schema(request=EmptySerializer, responses=InvitationSerializer)
    @action(detail=True, methods=["post"])
    def resend(self, request: Request, uid: str) -> Response:
        """A fresh letter; the link before opens nothing any more."""
        return self.told(services.resend_invitation(by=self.subject, invitation=self.get_object()).invitation.uid)

    @extend_schema(request=EmptySerializer, responses=InvitationSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, uid: str) -> Response:
        """Take it back."""
        return self.told(services.revoke_invitation(by=self.subject, invitation=self.get_object()).uid)
