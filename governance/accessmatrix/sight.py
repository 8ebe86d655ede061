"""What one subject may do with a term, by the live access matrices and what is open to it for a time.

The one place that pages, services and the API ask. The subject's own cells came with its standing
(portal.access.standing), so asking costs no query, however many terms are asked about.
"""

from collections.abc import Iterable

from governance.accessmatrix.compiled import DEFAULTS, Level, level_of
from portal.access.subject import Opening, Subject
from portal.core.errors import Denied

#: who can give more than a role has
GRANTERS = (
    "Who is accountable for your company in this integration, or an administrator with full on it, grants more; "
    "or ask for access for a time."
)


def level_for(by: Subject, company: int, integration: int, term: str) -> Level:
    """What `by` may do with a term as somebody of `company`: by the matrix, or by an open pass where that is more."""
    return max([matrix_level(by, company, integration, term), *(level_of(one.level) for one in openings(
        by, company, integration, term
    ))])  # fmt: skip


def matrix_level(by: Subject, company: int, integration: int, term: str) -> Level:
    """The same without passes: the cell of the job or the role, else the role's default; none outside one's own."""
    role = by.roles.get(company)
    if role is None:
        return Level.NONE
    cell = by.cells.get((company, integration, term))
    return DEFAULTS[role.value] if cell is None else level_of(cell)


def require_level(by: Subject, need: Level, *, company: int, integration: int, terms: Iterable[str]) -> None:
    """Raises Denied (code "level") naming the terms on which `by` has less than `need` in `company`.

    What is granted to others (`Level.FULL`) must be one's own by the matrix: a pass is not passed on.
    """
    ask = matrix_level if need is Level.FULL else level_for
    short = [term for term in sorted(set(terms)) if ask(by, company, integration, term) < need]
    if short:
        names = ", ".join(short[:5]) + (f" and {len(short) - 5} more" if len(short) > 5 else "")
        raise Denied(f"This needs {need.word} on {names}, which your role has not. {GRANTERS}", code="level")


def openings(by: Subject, company: int, integration: int, term: str) -> list[Opening]:
    """The passes that are open to `by` for a term of `company`'s."""
    place = company, integration
    return [one for one in by.openings if (one.company, one.integration) == place and one.term in ("", term)]


def hides(by: Subject, companies: Iterable[int], integration: int, term: str) -> bool:
    """Whether a value that these companies hold is withheld from `by`: in none of its companies may it be read."""
    held = by.companies & frozenset(companies)
    return all(level_for(by, company, integration, term) < Level.READ for company in held)


def through(by: Subject, companies: Iterable[int], integration: int, term: str) -> Opening | None:
    """The pass without which `by` would not read a value; None when it may read it anyway, or not at all."""
    held = sorted(by.companies & frozenset(companies))
    if any(matrix_level(by, company, integration, term) >= Level.READ for company in held):
        return None
    found = (one for company in held for one in openings(by, company, integration, term))
    return next((one for one in found if level_of(one.level) >= Level.READ), None)


def narrowed(by: Subject) -> bool:
    """Whether any cell keeps anything from `by`: without one nothing need be looked at."""
    return any(level_of(level) < Level.READ for level in by.cells.values())


def named_terms(by: Subject, company: int, integration: int) -> set[str]:
    """The terms of a place that cells speak of; every other one stands at the role's default."""
    return {term for held, place, term in by.cells if (held, place) == (company, integration)}


def keeps_any(by: Subject, companies: Iterable[int], integration: int | None = None) -> bool:
    """Whether any term of these companies, or of one integration of theirs, is withheld from `by`.

    For sentences and files that may hold the value of any term.
    """
    held = frozenset(companies)
    return any(
        company in held and integration in (None, place) and hides(by, held, place, term)
        for company, place, term in by.cells
    )


def hidden_places(by: Subject, term: str) -> list[int]:
    """Integrations in which a term is withheld from the reader; in lists one company's no is enough."""
    found = {
        place
        for company, place, name in by.cells
        if name == term and level_for(by, company, place, term) < Level.READ
    }
    return sorted(found)
