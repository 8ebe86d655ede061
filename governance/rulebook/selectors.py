"""Reads of rulebooks: live rules for the engine, one's own versions and the partner's terms for pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet

from governance.accessmatrix.selectors import Granted, granted, granted_rows, grants_of
from governance.dictionary.inforce import AgreedTerm
from governance.dictionary.selectors import agreed_rows, agreed_term, agreed_terms
from governance.raci.selectors import accountable
from governance.register.models import Company, Connection, Person, Side
from governance.register.ports import sync
from governance.rulebook.checks import Described, Ground, Word
from governance.rulebook.models import ACTIVITY, Disclosure, Proposal, Rehearsal, Rulebook, RuleVersion, Signature
from governance.rulebook.rules import RuleSet, parsed
from governance.rulebook.totality import described
from portal.access.guard import visible_to
from portal.access.subject import Subject
from portal.core.nested import Row, nested, revived


@dataclass(frozen=True, slots=True)
class LiveRules:
    """One side's rules in force."""

    side: str
    company: int
    version: int
    no: int
    rules: RuleSet
    #: number of the dictionary whose words they keep
    dictionary: int | None = None


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
    reason: str = ""
    same_as: int | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """One's own rulebook with what is live and what is open: drafted, proposed or agreed."""

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


@dataclass(frozen=True, slots=True)
class Paper:
    """What a connection stands on: own rulebooks and both sides' disclosed terms by side, terms, own grants."""

    books: Mapping[str, Book]
    terms: Mapping[str, Terms]
    words: tuple[AgreedTerm, ...]
    grants: tuple[Granted, ...]


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
            dictionary=row.dictionary,
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
        reason=row.reason,
        same_as=row.same_as,
        sha256=row.sha256,
    )


def paper_of(connection: Connection, *, by: Subject) -> Paper:
    """All that both sides agreed on and wrote for a connection, as far as the subject may read it. One query."""
    opened = RuleVersion.objects.filter(rulebook=OuterRef("pk")).exclude(state=RuleVersion.State.RETIRED)
    versions = nested(
        visible_to(opened, by),
        "uid",
        "no",
        "state",
        "author",
        "saved",
        "live_from",
        "body",
        "reason",
        "same_as",
        "sha256",
    )
    books = visible_to(Rulebook.objects.filter(connection=OuterRef("pk")), by).order_by("side")
    disclosed = visible_to(Disclosure.objects.filter(connection=OuterRef("pk")), by)
    row = (
        visible_to(Connection.objects.filter(pk=connection.pk), by)
        .values(
            books=nested(books, "id", "uid", "side", "company_id", "version", "four_eyes", versions=versions),
            disclosed=nested(
                disclosed, "side", "company_id", "no", "sends", "takes", "offers", "accepts", "live_from"
            ),
            words=agreed_rows(OuterRef("integration"), by=by),
            grants=granted_rows(OuterRef("integration"), by=by),
        )
        .get()
    )
    return Paper(
        books={one["side"]: book_of(connection, one) for one in row["books"]},
        terms={one["side"]: terms_of(revived(Disclosure, one)) for one in row["disclosed"]},
        words=tuple(agreed_term(one) for one in row["words"]),
        grants=tuple(granted(one) for one in row["grants"]),
    )


def book_of(connection: Connection, row: Row) -> Book:
    """One own rulebook out of the paper."""
    columns = dict(row)
    now = {one["state"]: version_of(revived(RuleVersion, one)) for one in columns.pop("versions")}
    rulebook = revived(Rulebook, columns)
    rulebook.connection = connection
    open_one = next((now[state] for state in ("draft", "proposed", "agreed") if state in now), None)
    return Book(rulebook, now.get("live"), open_one)


def terms_of(row: Disclosure) -> Terms:
    """What one side discloses."""
    return Terms(
        side=row.side,
        company=row.company_id,
        no=row.no,
        sends=tuple(row.sends),
        takes=tuple(row.takes),
        offers=row.offers,
        accepts=row.accepts,
        live_from=row.live_from,
    )


def word_of(term: AgreedTerm) -> Word:
    """An agreed term as the checks need it."""
    return Word(
        term.name,
        term.label,
        term.path,
        term.allowed,
        type=term.type,
        max_length=term.max_length,
        classification=term.classification,
        sample=term.sample,
    )


def ground_for(connection: Connection, side: str, *, by: Subject) -> Ground:
    """What one side's rules are checked against when they are proposed and when they go live, read anew."""
    row = Side.objects.get(connection=connection, side=side)
    told = sync().latest([row.system_id], ["describe", "filter"], by=by, done=["describe", "filter"])
    answer, tried = (told.get((row.system_id, kind)) for kind in ("describe", "filter"))
    system = described(answer.body if answer else {}, tried.body if tried else None)
    return ground_of(connection, company=row.company_id, system=system)


def ground_of(
    connection: Connection,
    *,
    company: int,
    partner_name: str = "",
    paper: Paper | None = None,
    system: Described | None = None,
) -> Ground:
    """What the rules of one side of a connection are checked against; no query for what the caller has read."""
    system = system or Described()
    known = paper.words if paper else agreed_terms(connection.integration_id)
    words = {term.name: word_of(term) for term in known}
    partner = next((other for other in connection.companies if other != company), company)
    if partner == company:
        everything = frozenset(words)
        return Ground(words, everything, everything, "the other system", system)
    grants = paper.grants if paper else grants_of(connection.integration_id)
    own = [grant for grant in grants if grant.company == company and grant.grantee == partner]
    name = partner_name or Company.objects.filter(pk=partner).values_list("name", flat=True).first()
    return Ground(
        words,
        frozenset(grant.term for grant in own),
        frozenset(grant.term for grant in own if grant.level == "write"),
        name or "your partner",
        system,
    )


def proposals_of(by: Subject) -> QuerySet[Proposal]:
    """What the acting company and a partner propose to each other, newest first, each with what a list tells of it.

    `signed` = ids of the companies that said yes; `mine` = the signed-in person is
    accountable by the RACI or by the party, or stands in for who is (the page of the proposal itself asks `signers`).
    """
    words = visible_to(Signature.objects.filter(proposal=OuterRef("pk")), by)
    rows = visible_to(Proposal.objects.filter(companies__contains=[by.company]), by)
    return (
        rows.select_related("connection__integration")
        .annotate(
            signed=ArraySubquery(words.filter(agrees=True).values("company_id")),
            mine=accountable(ACTIVITY, OuterRef("connection__integration"), by=by),
        )
        .order_by("-proposed", "-pk")
    )


def waiting_for(by: Subject) -> QuerySet[Proposal]:
    """Proposals that the acting company has neither signed nor refused, and nobody else refused."""
    words = visible_to(Signature.objects.filter(proposal=OuterRef("pk")), by)
    rows = proposals_of(by).filter(state=Proposal.State.PROPOSED)
    return rows.exclude(Exists(words.filter(Q(company=by.company) | Q(agrees=False))))


def with_words(rows: QuerySet[Proposal], *, by: Subject) -> QuerySet[Proposal]:
    """Proposals with every company's word on them, for `words_on`; no query more."""
    found = visible_to(Signature.objects.filter(proposal=OuterRef("pk")), by).order_by("at")
    names = ("id", "company_id", "user_id", "name", "agrees", "reason", "at", "digest")
    return rows.annotate(words=nested(found, *names))


def words_on(proposal: Proposal) -> dict[int, Signature]:
    """Company id → its word on a proposal that was read `with_words`."""
    rows = [revived(Signature, one) for one in getattr(proposal, "words", [])]
    return {row.company_id: row for row in rows}


def versions_behind(proposal: Proposal, *, by: Subject) -> tuple[RuleVersion | None, RuleVersion | None]:
    """One's own version that is proposed, and the live one; the partner's company gets neither. One query."""
    rows = RuleVersion.objects.filter(rulebook__connection=proposal.connection_id, rulebook__side=proposal.side)
    wanted = rows.filter(Q(pk=proposal.version_id) | Q(state=RuleVersion.State.LIVE)).select_related("rulebook")
    found = list(visible_to(wanted, by))
    new = next((one for one in found if one.pk == proposal.version_id), None)
    live = next((one for one in found if one.state == RuleVersion.State.LIVE and one is not new), None)
    return new, live


def proposals_on(rulebook: Rulebook, no: int, *, by: Subject) -> list[Proposal]:
    """Every proposal of one version, newest first, each `with_words`. One query."""
    rows = Proposal.objects.filter(connection=rulebook.connection_id, side=rulebook.side, no=no)
    return list(with_words(visible_to(rows, by), by=by).order_by("-proposed", "-pk"))


def who_signs(people: tuple[Person, ...]) -> str:
    """Why somebody may not sign, and who may."""
    if not people:
        return (
            "Nobody of your company is accountable for rules. Name somebody in the RACI or on the integration's page."
        )
    return f"Only who is accountable may sign this: {', '.join(sorted(one.name for one in people))}."


def rehearsals_of(rulebook: Rulebook, no: int, *, by: Subject) -> list[Rehearsal]:
    """The last rehearsals of one version, newest first. One query."""
    rows = Rehearsal.objects.filter(connection=rulebook.connection_id, side=rulebook.side, no=no)
    return list(visible_to(rows, by).order_by("-until", "-pk")[:10])
