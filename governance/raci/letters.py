"""Notices by mail: to whoever does or signs, at most one an hour for each class of events and connection."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from governance.raci.events import EVENTS
from governance.raci.models import Notice
from portal.core import clock
from portal.mail.services import has_server, post

QUIET = timedelta(hours=1)
#: letters of one sweep; the rest waits for the next
MOST = 100


def send_letters(company: int) -> int:
    """Mail what one company's people have not looked at; returns how many letters. In a transaction of this company.

    1. open notices of R and A that no letter told of, by person, event class and connection; 2. who had a letter of
    that class and connection within the hour waits; 3. one letter tells how many. It names no value and no item: a
    letter leaves the walls, the page behind its link does not.
    """
    if not has_server():
        return 0
    now = clock.now()
    mine = Notice.objects.filter(company_id=company, person__isnull=False, letter__in=["R", "A"])
    lately = set(mine.filter(mailed__gt=now - QUIET).values_list("person_id", "event", "connection_id"))
    bundles: dict[tuple[int | None, str, int | None], list[Notice]] = {}
    for row in mine.filter(mailed=None, read=None, done=None).select_related("person", "integration").order_by("id"):
        key = row.person_id, row.event, row.connection_id
        if key not in lately:
            bundles.setdefault(key, []).append(row)
    letters = list(bundles.values())[:MOST]
    for rows in letters:
        send(company, rows)
    Notice.objects.filter(pk__in=[row.pk for rows in letters for row in rows]).update(mailed=now)
    return len(letters)


def send(company: int, rows: Sequence[Notice]) -> None:
    """One letter about notices of one person, class and connection."""
    first = rows[0]
    if first.person is None or not first.person.email:
        return
    label = EVENTS[first.event].label if first.event in EVENTS else "Something waits for you"
    number = "" if len(rows) == 1 else f"{len(rows)} × "
    post(
        company=company,
        to=first.person.email,
        subject=f"{number}{label} ({first.integration.name})",
        text=(
            f"{first.person.name},\n\n{number}{label}, in {first.integration.name}.\nYou are {first.why}.\n\n"
            f"{settings.SITE_URL}{reverse('notices')}\n"
        ),
    )
