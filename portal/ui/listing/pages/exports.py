"""A list as a file: exactly what its page shows, all pages of it, in the chosen columns."""

from collections.abc import Iterator, Sequence
from itertools import islice

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_GET

from portal.core import clock
from portal.core.errors import BadInput
from portal.ui.listing.declare import Column, Row, Value
from portal.ui.listing.pages.lists import columns_of, listing_or_404, opened
from portal.ui.listing.selectors import every_row
from portal.ui.listing.services import record_export
from portal.ui.listing.state import address
from portal.ui.listing.writing import KINDS, written
from portal.ui.pages import page, subject_of
from portal.ui.templatetags.ui import zone_of

#: rows that one export takes
MOST = {"csv": 250_000, "xlsx": 100_000}


@require_GET
@page
def export(request: HttpRequest, key: str, kind: str) -> HttpResponseBase:
    """The list in the state of the address as CSV or XLSX; kept in history as an export."""
    by = subject_of(request)
    listing = listing_or_404(key, by=by)
    if kind not in KINDS:
        raise BadInput("A list is exported as csv or xlsx.")
    state, zone = opened(listing, request.GET, by=by).state, zone_of(request)
    columns = columns_of(listing, state)
    rows = islice(every_row(listing, state, by=by, zone=zone), MOST[kind] + 1)
    file, count = written(kind, [column.label for column in columns], values(columns, rows), zone=zone)
    if count > MOST[kind]:
        file.close()
        raise BadInput(f"This list has more than {MOST[kind]:,} rows. Narrow it, or take CSV.", code="too-many-rows")
    record_export(
        by=by,
        listing=listing,
        query=address(listing, state),
        columns=[column.key for column in columns],
        format=kind,
        rows=count,
    )
    name = f"{listing.key}-{clock.now():%Y-%m-%d}.{kind}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=KINDS[kind])


def values(columns: Sequence[Column], rows: Iterator[Row]) -> Iterator[list[Value]]:
    """The cells of each row without their drawing."""
    for row in rows:
        yield [(column.plain or column.value)(row) for column in columns]
