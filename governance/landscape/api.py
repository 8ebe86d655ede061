"""The landscape in the API: one graph of nodes and edges."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from governance.landscape.health import Health
from governance.landscape.selectors import Edge, Landscape, Node, landscape_of
from governance.register.models import Connection
from portal.api.serializers import CompanyLink
from portal.api.views import Frame


class HealthSerializer(serializers.Serializer[Any]):
    """How a system or connection does: `kind` is ok, waiting, warning, failed or paused."""

    kind = serializers.ChoiceField(["ok", "waiting", "warning", "failed", "paused"])
    word = serializers.CharField()
    reason = serializers.CharField()


class NodeSerializer(serializers.Serializer[Any]):
    """A system. Of a partner's only what its side shows; `key` is the edges' word for it, in this answer alone."""

    key = serializers.CharField()
    uid = serializers.UUIDField(allow_null=True)
    url = serializers.URLField(allow_null=True)
    company = CompanyLink()
    name = serializers.CharField()
    kind = serializers.CharField()
    environment = serializers.CharField()
    health = HealthSerializer(allow_null=True)
    polled = serializers.DateTimeField(allow_null=True)
    next_poll = serializers.DateTimeField(allow_null=True)
    downtime_starts = serializers.DateTimeField(allow_null=True)
    downtime_ends = serializers.DateTimeField(allow_null=True)


class WaySerializer(serializers.Serializer[Any]):
    """What travels one way: the terms, and the envelopes of the last day and hour."""

    terms = serializers.ListField(child=serializers.CharField())
    day = serializers.IntegerField()
    hour = serializers.IntegerField()


class EdgeSerializer(serializers.Serializer[Any]):
    """A connection between nodes `a` and `b`; `there` is from a to b, `back` from b to a."""

    uid = serializers.UUIDField()
    url = serializers.URLField()
    name = serializers.CharField()
    integration = serializers.UUIDField()
    integration_name = serializers.CharField()
    mode = serializers.CharField()
    batch_minutes = serializers.IntegerField()
    state = serializers.CharField()
    a = serializers.CharField()
    b = serializers.CharField()
    there = WaySerializer()
    back = WaySerializer()
    waiting = serializers.IntegerField()
    in_triage = serializers.IntegerField()
    health = HealthSerializer()


class LandscapeSerializer(serializers.Serializer[Any]):
    """Systems as nodes, connections as edges."""

    nodes = NodeSerializer(many=True)
    edges = EdgeSerializer(many=True)


class LandscapeViewSet(Frame[Connection]):
    """The landscape: own systems, own connections, and partners as their sides show them."""

    queryset = Connection.objects.all()
    serializer_class = LandscapeSerializer
    pagination_class = None
    filter_backends = []

    @extend_schema(responses=LandscapeSerializer)
    def list(self, request: Request) -> Response:
        """The whole graph that the subject may see."""
        seen = landscape_of(self.subject)
        return Response(self.get_serializer(graph(seen, request)).data)


def graph(seen: Landscape, request: Request) -> dict[str, Any]:
    """The landscape as JSON; systems are numbered, because a partner's key is nobody else's to know."""
    keys = {key: f"s{n}" for n, key in enumerate(seen.nodes, 1)}
    return {
        "nodes": [node_body(node, keys[node.key], request) for node in seen.nodes.values()],
        "edges": [edge_body(edge, keys, request) for edge in seen.edges],
    }


def node_body(node: Node, key: str, request: Request) -> dict[str, Any]:
    """One system."""
    starts, ends = node.down or (None, None)
    return {
        "key": key,
        "uid": node.uid,
        "url": reverse("api-system-detail", kwargs={"uid": node.uid}, request=request) if node.uid else None,
        "company": node.company,
        "name": node.name,
        "kind": node.kind,
        "environment": node.environment,
        "health": health_body(node.health) if node.health else None,
        "polled": node.run.polled if node.run else None,
        "next_poll": node.run.next_poll if node.run else None,
        "downtime_starts": starts,
        "downtime_ends": ends,
    }


def edge_body(edge: Edge, keys: dict[int, str], request: Request) -> dict[str, Any]:
    """One connection."""
    there, back = (
        {"terms": list(terms), "day": day, "hour": hour}
        for terms, day, hour in zip(edge.terms, edge.day, edge.hour, strict=True)
    )
    return {
        "uid": edge.uid,
        "url": reverse("api-connection-detail", kwargs={"uid": edge.uid}, request=request),
        "name": edge.name,
        "integration": edge.integration,
        "integration_name": edge.integration_name,
        "mode": edge.mode,
        "batch_minutes": edge.minutes,
        "state": edge.state,
        "a": keys[edge.a],
        "b": keys[edge.b],
        "there": there,
        "back": back,
        "waiting": edge.waiting,
        "in_triage": edge.parked,
        "health": health_body(edge.health),
    }


def health_body(health: Health) -> dict[str, str]:
    """A health's three parts."""
    return {"kind": health.kind, "word": health.word, "reason": health.reason}
