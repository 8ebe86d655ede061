"""The first wall: which rows a subject may see, and what they may do with one, with the reason if not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from portal.access.subject import Role, Subject

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes."""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Refused:
    """No, and the reason that a page may show."""

    reason: str

    def __bool__(self) -> bool:
        return False


Answer = Allowed | Refused

#: verbs each role may do on its own company's objects
VERBS: dict[Role, frozenset[str]] = {
    Role.ADMINISTRATOR: frozenset({"view", "operate", "change", "administer"}),
    Role.OPERATOR: frozenset({"view", "operate", "change"}),
    Role.VIEWER: frozenset({"view"}),
    Role.ENGINE: frozenset({"view", "operate"}),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """How the guard reads one model.

    `rows` narrows a queryset to the subject's rows; `owner` names the company whose role decides on a change
    (an attribute path that ends in a company id, or the name of an array of ids); `grants` says that the
    model has django-guardian grants in a direct foreign-key table.
    """

    rows: Callable[[Subject], Q]
    owner: str = "company_id"
    grants: bool = False


_rules: dict[type[Model], Rule] = {}


def own(path: str = "company_id") -> Callable[[Subject], Q]:
    """Rows of the subject's own companies."""
    return lambda subject: Q(**{f"{path}__in": sorted(subject.companies)})


def shared(path: str = "companies") -> Callable[[Subject], Q]:
    """Rows that name one of the subject's companies in an array."""
    return lambda subject: Q(**{f"{path}__overlap": sorted(subject.companies)})


def protect(model: type[Model], rule: Rule) -> None:
    """Tell the guard how to read a model; every model with company data is told once, where it is defined."""
    _rules[model] = rule


def protected() -> dict[type[Model], Rule]:
    """All models under the guard."""
    return dict(_rules)


def visible_to(queryset: QuerySet[M], subject: Subject) -> QuerySet[M]:
    """The rows of `queryset` that `subject` may see; nothing for a model the guard was not told of."""
    rule = _rules.get(queryset.model)
    if rule is None or not subject.companies:
        return queryset.none()
    return queryset.filter(rule.rows(subject))


def owners(model: Model) -> frozenset[int]:
    """Ids of the companies whose role decides on a change of this object."""
    value: object = model
    for step in _rules[type(model)].owner.split("."):
        value = getattr(value, step)
    return frozenset(value) if isinstance(value, list | tuple | set) else frozenset({value})  # type: ignore[arg-type]


def may(subject: Subject, verb: str, thing: Model) -> Answer:
    """Whether `subject` may do `verb` (view, operate, change, administer) on one object. No query.

    1. the object's companies must include one of the subject's; 2. the role there allows the verb, or
    3. a django-guardian grant on this object does, as the subject's standing told; being a superuser does not.
    """
    if type(thing) not in _rules:
        return Refused("Nobody may touch this here.")
    held = owners(thing) & subject.companies
    if not held:
        return Refused("This belongs to another company.")
    if subject.read_only and verb != "view":
        return Refused("This token may only read. Make one with write scope.")
    if any(verb in VERBS[subject.roles[company]] for company in held):
        return Allowed()
    if _rules[type(thing)].grants and (thing._meta.model_name, thing.pk, verb) in subject.grants:
        return Allowed()
    need = "an operator or administrator" if verb in {"operate", "change"} else "an administrator"
    return Refused(f"Your role does not allow this. Ask {need} of your company.")
