"""Reads of rulebooks: live rules for the engine, one's own versions and the partner's terms for pages."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch

from governance.accessmatrix.selectors import grants_of
from governance.dictionary.selectors import AgreedTerm, agreed_terms
from governance.register.models import Company, Connection
from governance.rulebook.checks import Ground, Word
from governance.rulebook.models import Disclosure, Rulebook, RuleVersion
from governance.rulebook.rules import RuleSet, parsed
from portal.access.guard import visible_to
from portal.access.subject import Subject


@dataclass(frozen=True, slots=True)
class LiveRules:
    """One side's rules in force."""

    side: str
    company: int
    version: int
    no: int
    rules: RuleSet


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one's own rulebook, read for a page."""

    uid: UUID
    no: int
    state: str
    author: str
    saved: datetime
    live_from: datetime | None
    rules: RuleSet


@dataclass(frozen=True, slots=True)
class Book:
    """One's own rulebook with what is live and what is drafted."""

    rulebook: Rulebook
    live: Version | None
    draft: Version | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the partner of a side may know of its live rules."""

    side: str
    company: int
    no: int
    sends: tuple[str, ...]
    takes: tuple[str, ...]
    offers: bool
    accepts: bool
    live_from: datetime


def live_rules(connection_id: int) -> tuple[LiveRules, ...]:
    """The live version of each side that has one and that this transaction may read. One query, for workers."""
    rows = RuleVersion.objects.filter(
        rulebook__connection=connection_id, state=RuleVersion.State.LIVE
    ).select_related("rulebook")
    return tuple(
        LiveRules(
            side=row.rulebook.side,
            company=row.company_id,
            version=row.pk,
            no=row.no,
            rules=parsed(row.body),
        )
        for row in rows.order_by("rulebook__side")
    )


def versions_of(rulebook: Rulebook, *, by: Subject) -> tuple[Version, ...]:
    """All versions of one's own rulebook, newest first."""
    rows = visible_to(RuleVersion.objects.filter(rulebook=rulebook), by).order_by("-no")
    return tuple(version_of(row) for row in rows)


def version_of(row: RuleVersion) -> Version:
    """One stored version as a page reads it."""
    return Version(
        uid=row.uid,
        no=row.no,
        state=row.state,
        author=row.author,
        saved=row.saved,
        live_from=row.live_from,
        rules=parsed(row.body),
    )


def books_of(connection: Connection, *, by: Subject) -> dict[str, Book]:
    """By side, one's own rulebooks on a connection; the partner's is not there. Two queries."""
    books = visible_to(Rulebook.objects.filter(connection=connection), by).order_by("side")
    open_versions = RuleVersion.objects.exclude(state=RuleVersion.State.RETIRED)
    found = {}
    for book in books.prefetch_related(Prefetch("versions", queryset=open_versions)):
        now = {row.state: version_of(row) for row in book.versions.all()}
        found[book.side] = Book(book, now.get("live"), now.get("draft"))
    return found


def terms_of(connection: Connection, *, by: Subject) -> dict[str, Terms]:
    """By side, what its live rules send and take, as terms; both sides may read both."""
    rows = visible_to(Disclosure.objects.filter(connection=connection), by)
    return {
        row.side: Terms(
            side=row.side,
            company=row.company_id,
            no=row.no,
            sends=tuple(row.sends),
            takes=tuple(row.takes),
            offers=row.offers,
            accepts=row.accepts,
            live_from=row.live_from,
        )
        for row in rows
    }


def ground_of(
    connection: Connection,
    *,
    company: int,
    partner_name: str = "",
    terms: tuple[AgreedTerm, ...] | None = None,
) -> Ground:
    """What the rules of one side of a connection are checked against; a query less for what the caller knows."""
    known = agreed_terms(connection.integration_id) if terms is None else terms
    words = {term.name: Word(term.name, term.label, term.path, term.allowed) for term in known}
    partner = next((other for other in connection.companies if other != company), company)
    if partner == company:
        everything = frozenset(words)
        return Ground(words, everything, everything, "the other system")
    own = [
        grant
        for grant in grants_of(connection.integration_id)
        if grant.company == company and grant.grantee == partner
    ]
    name = partner_name or Company.objects.filter(pk=partner).values_list("name", flat=True).first()
    return Ground(
        words,
        frozenset(grant.term for grant in own),
        frozenset(grant.term for grant in own if grant.level == "write"),
        name or "your partner",
    )
