"""A hundred companies, a thousand integrations, a hundred thousand terms: no list reads a whole table for a page."""

import json
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from pytest_django.plugin import DjangoDbBlocker

from governance.dictionary.listing import TERMS
from governance.register.listing.integrations import INTEGRATIONS
from governance.register.listing.people import PEOPLE
from governance.register.models import Company
from portal.access.subject import Role, Subject
from portal.ui.listing.cursors import beyond, opened, ordering, sorted_rows
from portal.ui.listing.declare import Listing
from portal.ui.listing.selectors import counted, rows_of, shown_page
from portal.ui.listing.state import parse
from tests.characters import as_subject
from tests.town import built

UTC = ZoneInfo("UTC")


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Company]:
    """Everything, written once for this file; gives the integrator."""
    with django_db_blocker.unblock(), built() as hub:
        yield hub


def operator(of: Company) -> Subject:
    """Somebody of a company."""
    return Subject(1, "Olga", {of.pk: Role.OPERATOR}, of.pk)


def plan(listing: Listing, query: str, by: Subject, *, second: bool = False) -> list[tuple[str, str]]:
    """(node, table) of every scan in PostgreSQL's plan for one page of a list."""
    state = parse(listing, dict(QueryDict(query).lists()))
    rows = sorted_rows(listing, rows_of(listing, state, by=by, zone=UTC), state.sort)
    if second:
        page = shown_page(listing, state, by=by, zone=UTC)
        assert page is not None
        place = opened(listing, state.sort, page.further)
        assert place is not None
        rows = rows.filter(beyond(state.sort, place))
    told = json.loads(rows.order_by(*ordering(state.sort))[: state.size + 1].explain(format="json"))
    return list(scans(told[0]["Plan"]))


def scans(node: dict[str, object]) -> Iterator[tuple[str, str]]:
    """(node, table) of a plan's scans, from the top."""
    if "Relation Name" in node:
        yield str(node["Node Type"]), str(node["Relation Name"])
    for one in node.get("Plans", []):  # type: ignore[attr-defined]
        yield from scans(one)


@pytest.mark.parametrize("whose", [0, 7], ids=["of the integrator", "of a provider"])
@pytest.mark.parametrize(
    ("listing", "query", "table"),
    [
        (TERMS, "", "governance_term"),
        (TERMS, "sort=-name", "governance_term"),
        (TERMS, "type=date", "governance_term"),
        (TERMS, "classification=personal", "governance_term"),
        (PEOPLE, "", "governance_person"),
        (PEOPLE, "role=viewer&q=person", "governance_person"),
    ],
    ids=["terms", "terms downwards", "terms of a type", "terms of a class", "people", "people filtered"],
)
def test_a_page_reads_no_whole_table(
    listing: Listing, query: str, table: str, whose: int, town: Company, db: None
) -> None:
    company = Company.objects.order_by("pk")[whose]
    with as_subject(operator(company)) as by:
        assert ("Seq Scan", table) not in plan(listing, query, by)


def test_the_second_page_reads_no_whole_table_either(town: Company, db: None) -> None:
    with as_subject(operator(town)) as by:
        assert ("Seq Scan", "governance_term") not in plan(TERMS, "", by, second=True)


def test_a_search_reads_no_more_than_ones_own_terms(town: Company, db: None) -> None:
    with as_subject(operator(Company.objects.order_by("pk")[7])) as by:
        assert ("Seq Scan", "governance_term") not in plan(TERMS, "q=term-007", by)


def test_a_count_stops_at_what_is_shown(town: Company, db: None) -> None:
    with as_subject(operator(town)) as by:
        assert str(counted(TERMS.rows(by))) == "more than 10,000"
        assert str(counted(INTEGRATIONS.rows(by))) == "1,000"
    with as_subject(operator(Company.objects.order_by("pk")[7])) as by:
        assert str(counted(TERMS.rows(by))) in {"1,000", "1,100"}
