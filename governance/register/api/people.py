"""People and their absences in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.register.holdings import holdings
from governance.register.models import Absence, Person
from governance.register.services import people as services
from governance.register.services.leaving import hand_over
from portal.access.subject import Role
from portal.api.filters import BooleanFilter, CharFilter, Narrowing, UUIDFilter
from portal.api.serializers import CompanyLink, EmptySerializer, FlatSerializer, Link
from portal.api.views import Noun

ROLES = [Role.ADMINISTRATOR.value, Role.OPERATOR.value, Role.VIEWER.value]


class PersonSerializer(FlatSerializer[Person]):
    """Somebody of one's own company, or who owns an integration that one is party to."""

    company = CompanyLink(source="company_id")
    stand_in = Link("person")

    class Meta:
        model = Person
        fields = ("uid", "company", "name", "email", "role", "job", "stand_in", "suspended", "left")


class PersonForm(serializers.Serializer[Any]):
    """What is entered of somebody new."""

    name = serializers.CharField(max_length=120)
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=ROLES, default=Role.VIEWER.value)
    job = serializers.CharField(max_length=120, default="", allow_blank=True)


class PersonChange(serializers.Serializer[Any]):
    """What may be changed of somebody."""

    name = serializers.CharField(max_length=120)
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=ROLES)
    job = serializers.CharField(max_length=120, allow_blank=True)
    stand_in = serializers.UUIDField(allow_null=True)


class HandOverForm(serializers.Serializer[Any]):
    """To whom everything goes, and whether the person leaves."""

    to = serializers.UUIDField()
    leave = serializers.BooleanField(default=True)


class HoldingSerializer(serializers.Serializer[Any]):
    """One thing that somebody holds."""

    part = serializers.CharField()
    thing = serializers.CharField()
    url = serializers.CharField()


class PersonFilter(Narrowing):
    """By company, role, or whether suspended."""

    company = UUIDFilter(field_name="company__uid")
    role = CharFilter()
    email = CharFilter(lookup_expr="iexact")
    suspended = BooleanFilter(field_name="suspended", lookup_expr="isnull", exclude=True)


class PersonViewSet(Noun[Person]):
    """People."""

    queryset = Person.objects.select_related("stand_in")
    serializer_class = PersonSerializer
    filterset_class = PersonFilter

    @extend_schema(request=PersonForm, responses={201: PersonSerializer})
    def create(self, request: Request) -> Response:
        """Add somebody to one's own company."""
        form = self.entered(PersonForm)
        draft = services.PersonDraft(form["name"], form["email"], Role(form["role"]), form["job"])
        person = services.add_person(by=self.subject, draft=draft)
        return self.told(person.uid, code=status.HTTP_201_CREATED)

    @extend_schema(request=PersonChange, responses=PersonSerializer)
    def partial_update(self, request: Request, uid: str) -> Response:
        """Change somebody of one's own company."""
        person = self.get_object()
        form = self.entered(PersonChange, partial=True)
        if "email" in form:
            person = services.change_email(by=self.subject, person=person, email=form.pop("email"))
            if not form:
                return self.told(person.uid)
        stand_in = person.stand_in
        if "stand_in" in form:
            asked = form["stand_in"]
            stand_in = self.found(Person.objects.all(), asked, field="stand_in") if asked else None
        services.change_person(
            by=self.subject,
            person=person,
            name=form.get("name", person.name),
            role=Role(form.get("role", person.role)),
            job=form.get("job", person.job),
            stand_in=stand_in,
        )
        return self.told(person.uid)

    @extend_schema(request=EmptySerializer, responses=PersonSerializer)
    @action(detail=True, methods=["post"])
    def suspend(self, request: Request, uid: str) -> Response:
        """From the next request on this person no longer acts for the company."""
        return self.told(services.suspend_person(by=self.subject, person=self.get_object()).uid)

    @extend_schema(request=EmptySerializer, responses=PersonSerializer)
    @action(detail=True, methods=["post"])
    def readmit(self, request: Request, uid: str) -> Response:
        """End a suspension."""
        return self.told(services.readmit_person(by=self.subject, person=self.get_object()).uid)

    @extend_schema(responses=HoldingSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def holdings(self, request: Request, uid: str) -> Response:
        """What somebody of one's own company holds."""
        person = self.get_object()
        own = person.company_id in self.subject.companies
        return Response(HoldingSerializer(holdings(person, by=self.subject) if own else [], many=True).data)

    @extend_schema(request=HandOverForm, responses=PersonSerializer)
    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request: Request, uid: str) -> Response:
        """Give all that somebody holds to another person and, with `leave`, let them go."""
        person, form = self.get_object(), self.entered(HandOverForm)
        to = self.found(Person.objects.all(), form["to"], field="to")
        return self.told(hand_over(by=self.subject, person=person, to=to, leave=form["leave"]).uid)


class AbsenceSerializer(FlatSerializer[Absence]):
    """Days on which somebody is not there, both included; the note only with one's own people."""

    person = Link("person")
    note = serializers.CharField(source="note.text", default="", read_only=True)

    class Meta:
        model = Absence
        fields = ("uid", "person", "starts", "ends", "note")


class AbsenceForm(serializers.Serializer[Any]):
    """What is entered of an absence."""

    person = serializers.UUIDField()
    starts = serializers.DateField()
    ends = serializers.DateField()
    note = serializers.CharField(max_length=200, default="", allow_blank=True)


class AbsenceFilter(Narrowing):
    """By person."""

    person = UUIDFilter(field_name="person__uid")


class AbsenceViewSet(Noun[Absence]):
    """Absences of people whom one may know."""

    queryset = Absence.objects.select_related("person", "note")
    serializer_class = AbsenceSerializer
    filterset_class = AbsenceFilter

    @extend_schema(request=AbsenceForm, responses={201: AbsenceSerializer})
    def create(self, request: Request) -> Response:
        """Enter days on which somebody of one's own company, or oneself, is away."""
        form = self.entered(AbsenceForm)
        person = self.found(Person.objects.all(), form.pop("person"), field="person")
        absence = services.set_absence(by=self.subject, person=person, **form)
        return self.told(absence.uid, code=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take an absence back."""
        services.remove_absence(by=self.subject, absence=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)
