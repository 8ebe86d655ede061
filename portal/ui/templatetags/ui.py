"""Template tags that every page may use; docs/look.md shows each with an example."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput
from django.http import HttpRequest
from django.template import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.core import clock
from portal.ui import icons, states, words
from portal.ui.faces import Face, faces
from portal.ui.pages import subject_of

register = template.Library()
register.filter("duration", words.duration)
register.filter("ago", words.ago)
register.filter("humanised", words.humanised)
register.filter("past", words.past)
register.filter("shown", words.shown)


@register.simple_tag
def icon(name: str, title: str = "") -> SafeString:
    """`{% icon "cases" %}`: an icon beside a word; with a title when it stands alone."""
    return icons.drawn(name, title)


@register.simple_tag
def state(value: str, word: str = "") -> SafeString:
    """`{% state connection.state %}`: colour, icon and word of a stored state; the word may be replaced."""
    seen = states.look(str(value), word)
    return format_html('<span class="chip is-{}">{}{}</span>', seen.kind, icons.drawn(seen.kind), seen.word)


@register.simple_tag(takes_context=True)
def company(context: RequestContext, who: object) -> SafeString:
    """`{% company side.company_id %}`: a company's square and name, from its id, a Face or the row itself."""
    known = faces(context["request"])
    key = who if isinstance(who, int) else getattr(who, "pk", None) or getattr(who, "id", None)
    face = known.get(key) if isinstance(key, int) else None
    return company_chip(face)


def company_chip(face: Face | None) -> SafeString:
    """A company's square and name; one that may not be named is another company."""
    if face is None:
        return format_html('<span class="company muted">{}</span>', "another company")
    return format_html(
        '<span class="company {}"><span class="initial" aria-hidden="true">{}</span>{}</span>',
        face.css,
        face.initial,
        face.name,
    )


@register.simple_tag(takes_context=True)
def hue(context: RequestContext, who: int) -> str:
    """`<li class="{% hue company_id %}">`: the class that gives var(--company)."""
    face = faces(context["request"]).get(who)
    return face.css if face else "hue-0"


@register.simple_tag(takes_context=True)
def when(context: RequestContext, at: datetime | None, empty: str = "never") -> SafeString:
    """`{% when case.touched %}`: relative on the page, absolute in both zones on hover and in print."""
    if at is None:
        return format_html('<span class="muted">{}</span>', empty)
    absolute = words.absolute(at, zone_of(context.get("request")))
    return format_html(
        '<time datetime="{}" title="{}" class="nowrap" data-ago><span class="rel">{}</span>'
        '<span class="abs">{}</span></time>',
        at.astimezone(UTC).isoformat(timespec="seconds"),
        absolute,
        words.ago(at, clock.now()),
        absolute,
    )


@register.simple_tag(takes_context=True)
def span(context: RequestContext, starts: datetime, ends: datetime) -> SafeString:
    """`{% span window.starts window.ends %}`: from and to in the reader's zone, UTC on hover."""
    zone = zone_of(context.get("request"))
    first, last = starts.astimezone(zone), ends.astimezone(zone)
    same = first.date() == last.date()
    return format_html(
        '<time datetime="{}" title="{}" class="nowrap">{}</time> to <time datetime="{}" title="{}">{}</time>',
        starts.astimezone(UTC).isoformat(timespec="seconds"),
        words.absolute(starts, zone),
        f"{first:%d %b %Y, %H:%M}",
        ends.astimezone(UTC).isoformat(timespec="seconds"),
        words.absolute(ends, zone),
        f"{last:%H:%M}" if same else f"{last:%d %b %Y, %H:%M}",
    )


@register.simple_tag(takes_context=True)
def clock_time(context: RequestContext, at: datetime) -> SafeString:
    """`{% clock_time event.at %}`: the time of day in the reader's zone; everything else on hover."""
    zone = zone_of(context.get("request"))
    return format_html(
        '<time datetime="{}" title="{}" class="nowrap">{}</time>',
        at.astimezone(UTC).isoformat(timespec="seconds"),
        words.absolute(at, zone),
        at.astimezone(zone).strftime("%H:%M:%S"),
    )


@register.simple_tag(takes_context=True)
def local_day(context: RequestContext, at: datetime) -> date:
    """`{% local_day event.at as day %}`: the calendar day in the reader's zone."""
    return at.astimezone(zone_of(context.get("request"))).date()


def zone_of(request: HttpRequest | None) -> ZoneInfo:
    """The reader's time zone: the chosen one, else that of the company acted for; UTC where none is known."""
    name = getattr(getattr(request, "user", None), "time_zone", "UTC")
    if name == "UTC" and request is not None:
        face = faces(request).get(subject_of(request).company)
        name = face.time_zone if face else name
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


@register.inclusion_tag("portal/ui/field.html")
def field(bound: BoundField, help: str = "") -> dict[str, object]:
    """`{% field form.name %}`: label above, help under it, the error beside the field."""
    return {
        "field": bound,
        "help": help or bound.help_text,
        "check": isinstance(bound.field.widget, CheckboxInput),
        "grouped": bound.field.widget.use_fieldset,
    }


@register.inclusion_tag("portal/ui/errors.html")
def form_errors(form: BaseForm) -> dict[str, object]:
    """`{% form_errors form %}`: what is wrong, on top of the form, each line a link to its field."""
    fields = [(form[name], form.errors[name]) for name in form.fields if name in form.errors]
    return {"whole": form.non_field_errors() if form.is_bound else (), "fields": fields, "form": form}


@register.inclusion_tag("portal/ui/sparkline.html")
def sparkline(values: Sequence[float | None], title: str) -> dict[str, object]:
    """`{% sparkline hours "Lag of the last hour" %}`: a line over equal steps of time; None leaves a gap."""
    high = max((value for value in values if value is not None), default=0) or 1
    step = 120 / max(1, len(values) - 1)
    points = [
        None if value is None else (round(n * step, 1), round(26 - 24 * value / high, 1))
        for n, value in enumerate(values)
    ]
    return {"title": title, "runs": runs(points), "empty": all(point is None for point in points)}


def runs(points: Iterable[tuple[float, float] | None]) -> list[dict[str, str]]:
    """SVG paths of the unbroken runs of a line: its stroke and the area below."""
    found: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            found.append([])
        else:
            found[-1].append(point)
    drawn = []
    for run in (run for run in found if run):
        whole = run if len(run) > 1 else [(max(0.0, run[0][0] - 2), run[0][1]), (run[0][0] + 2, run[0][1])]
        stroke = "M" + "L".join(f"{x} {y}" for x, y in whole)
        drawn.append({"stroke": stroke, "area": f"{stroke}L{whole[-1][0]} 28L{whole[0][0]} 28Z"})
    return drawn
