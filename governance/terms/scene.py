"""A term's ways in words, and as the parts of a picture."""

from collections.abc import Mapping

from django.urls import reverse

from governance.rulebook.evidence import many
from governance.rulebook.rules import Line
from governance.terms.drawing import End, Pill
from governance.terms.drawing import Way as Row
from governance.terms.selectors import Post, Rule, Way
from portal.ui.faces import STEP, Face

#: what stands for a partner's field
PRIVATE = "its own field"


def row_of(way: Way, faces: Mapping[int, Face]) -> Row:
    """One way as the picture has it."""
    return Row(
        left=end_of(way, way.left, way.out, faces),
        out=pill_of(way, way.left, way.out, "sends it", "does not send it"),
        into=pill_of(way, way.right, way.into, "takes it in", "does not take it"),
        right=end_of(way, way.right, way.into, faces),
    )


def end_of(way: Way, post: Post, rule: Rule, faces: Mapping[int, Face]) -> End:
    """A system with the field that is bound."""
    face = faces.get(post.company)
    place = field_of(post, rule)
    told = f"{post.system}, {face.name if face else 'another company'}: {place}."
    return End(
        post.system, place, face.hue % 360 // STEP * STEP if face else 0,
        reverse("connection", args=[way.connection.uid]), told,
    )  # fmt: skip


def field_of(post: Post, rule: Rule) -> str:
    """The field as the reader may know it."""
    if rule.part:
        return "beside the fields"
    if post.own:
        return post.field or "no field"
    return PRIVATE if rule.flows else "nothing"


def pill_of(way: Way, post: Post, rule: Rule, does: str, does_not: str) -> Pill:
    """A rule: its version, and what it does to the value."""
    word = does if rule.flows else does_not
    state = "ok" if rule.flows else "paused"
    detail = f"version {rule.no}" if rule.no else "no rules are live"
    if rule.line is not None:
        detail = f"v{rule.no}, {what_of(rule.line)}"
    href = reverse("rulebook", args=[way.connection.uid, post.side]) if rule.own else ""
    told = f"{post.system} {word}: {detail}."
    return Pill(word.capitalize(), detail, state, href, told)


def what_of(line: Line) -> str:
    """What a line does to a value, in few words."""
    parts = []
    if line.expr:
        parts.append("calculated")
    if line.values:
        parts.append(many(len(line.values), "value"))
    if line.max_length:
        parts.append(f"at most {line.max_length:,}")
    if line.when == "create":
        parts.append("at birth only")
    return ", ".join(parts) or "as it is"
