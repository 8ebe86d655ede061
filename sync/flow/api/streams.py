"""Streams and probes in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from governance.register.models import System
from governance.register.services.systems import ask_system
from portal.api.filters import CharFilter, Narrowing, UUIDFilter
from portal.api.serializers import CompanyLink, FlatSerializer, Link
from portal.api.views import Noun
from sync.flow.api.seen import Seen
from sync.flow.models.streams import Probe, Stream

ASKED = [Probe.Kind.CHECK, Probe.Kind.DESCRIBE, Probe.Kind.SUBSCRIBE]


class StreamSerializer(FlatSerializer[Stream]):
    """How one system's run stands; `reason` says what to do."""

    uid = serializers.UUIDField(source="system.uid")
    system = Link("system")
    company = CompanyLink(source="company_id")

    class Meta:
        model = Stream
        fields = (
            "uid",
            "system",
            "company",
            "state",
            "reason",
            "failures",
            "retry_at",
            "next_poll",
            "last_poll",
            "last_ok",
            "last_delivery",
            "skew",
            "product",
            "account",
        )


class StreamFilter(Narrowing):
    """By system or state."""

    system = UUIDFilter(field_name="system__uid")
    state = CharFilter()


class StreamViewSet(Noun[Stream]):
    """The runs of one's own systems; a stream has its system's uid."""

    queryset = Stream.objects.select_related("system")
    serializer_class = StreamSerializer
    filterset_class = StreamFilter
    lookup_field, lookup_url_kwarg = "system__uid", "uid"


class ProbeSerializer(FlatSerializer[Probe]):
    """A question to a tracker; `answer` is there once a worker asked it."""

    system = Link("system")
    connection = Link("connection")

    class Meta:
        model = Probe
        fields = (
            "uid",
            "kind",
            "system",
            "connection",
            "state",
            "sentence",
            "answer",
            "asked_by",
            "asked_at",
            "answered_at",
        )


class ProbeForm(serializers.Serializer[Any]):
    """What is asked of which system."""

    system = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in ASKED], default=Probe.Kind.CHECK.value)


class ProbeFilter(Narrowing):
    """By system, kind or state."""

    system = UUIDFilter(field_name="system__uid")
    kind = CharFilter()
    state = CharFilter()


class ProbeViewSet(Seen[Probe], Noun[Probe]):
    """Questions to one's own trackers. Only workers open credentials, so an answer comes a moment later."""

    queryset = Probe.objects.select_related("system", "connection")
    serializer_class = ProbeSerializer
    filterset_class = ProbeFilter

    @extend_schema(request=ProbeForm, responses={202: ProbeSerializer})
    def create(self, request: Request) -> Response:
        """Ask; read the probe again until its state is done or failed."""
        form = self.entered(ProbeForm)
        system = self.found(System.objects.all(), form["system"], field="system")
        answer = ask_system(by=self.subject, system=system, kind=form["kind"])
        return self.told(answer.uid, code=status.HTTP_202_ACCEPTED)
