"""Teams in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from governance.register.models import Person, Team
from governance.register.services import teams as services
from governance.register.services.teams import TeamDraft
from portal.api.serializers import CompanyLink, FlatSerializer, Link, Links
from portal.api.views import IF_MATCH, Noun


class TeamSerializer(FlatSerializer[Team]):
    """People of one's own company who are reached together."""

    company = CompanyLink(source="company_id")
    lead = Link("person")
    members = Links("person")

    class Meta:
        model = Team
        fields = ("uid", "company", "name", "lead", "members", "on_call", "version")


class TeamForm(serializers.Serializer[Any]):
    """What is entered of a team."""

    name = serializers.CharField(max_length=120)
    lead = serializers.UUIDField(allow_null=True, default=None)
    members = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=200)
    on_call = serializers.CharField(max_length=2000, default="", allow_blank=True)


class TeamViewSet(Noun[Team]):
    """The teams of one's own company."""

    queryset = Team.objects.select_related("lead").prefetch_related("members")
    serializer_class = TeamSerializer
    filterset_fields = ("name",)
    version = "version"

    @extend_schema(request=TeamForm, responses={201: TeamSerializer})
    def create(self, request: Request) -> Response:
        """A new team."""
        team = services.add_team(by=self.subject, draft=self.draft())
        return self.told(team.uid, code=status.HTTP_201_CREATED)

    @extend_schema(request=TeamForm, responses=TeamSerializer, parameters=[IF_MATCH])
    def update(self, request: Request, uid: str) -> Response:
        """The team as it is to stand."""
        team = self.get_object()
        services.change_team(by=self.subject, team=team, draft=self.draft(), version=self.expected(team))
        return self.told(team.uid)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The team is no more; its people stay."""
        services.dissolve_team(by=self.subject, team=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def draft(self) -> TeamDraft:
        """What was entered, with the people found."""
        form = self.entered(TeamForm)
        people = Person.objects.all()
        lead = self.found(people, form["lead"], field="lead") if form["lead"] else None
        members = [self.found(people, uid, field="members") for uid in form["members"]]
        return TeamDraft(form["name"], lead, members, form["on_call"])
