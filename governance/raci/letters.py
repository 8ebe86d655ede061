"""Notices by mail: one letter to whoever does or signs, with all that is new; never a storm of them."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from governance.raci.events import EVENTS
from governance.raci.models import Notice
from portal.core import clock
from portal.mail.services import has_server, post

#: how long a class of events on one connection is quiet to a person after a letter
QUIET = timedelta(hours=1)
#: how long a person has no second letter at all
PAUSE = timedelta(minutes=10)
#: letters of one sweep; the rest waits for the next
MOST = 100
#: lines of one letter
LINES = 20


def send_letters(company: int) -> int:
    """Mail what one company's people have not looked at; returns how many letters. In a transaction of this company.

    1. open notices of R and A that no letter told of, by person; 2. who had a letter a moment ago waits, and so does
    what is of a class and connection that a letter told of within the hour; 3. one letter tells all the rest, a line
    for each class and integration. It names no value and no item: a letter leaves the walls, the page does not.
    """
    if not has_server():
        return 0
    now = clock.now()
    mine = Notice.objects.filter(company_id=company, person__isnull=False, letter__in=["R", "A"])
    lately = list(mine.filter(mailed__gt=now - QUIET).values_list("person_id", "event", "connection_id", "mailed"))
    quiet = {tuple(what) for *what, _ in lately}
    resting = {person for person, _, _, at in lately if at is not None and at > now - PAUSE}
    bundles: dict[int | None, list[Notice]] = {}
    for row in mine.filter(mailed=None, read=None, done=None).select_related("person", "integration").order_by("id"):
        if row.person_id not in resting and (row.person_id, row.event, row.connection_id) not in quiet:
            bundles.setdefault(row.person_id, []).append(row)
    letters = list(bundles.values())[:MOST]
    for rows in letters:
        send(company, rows)
    Notice.objects.filter(pk__in=[row.pk for rows in letters for row in rows]).update(mailed=now)
    return len(letters)


def send(company: int, rows: Sequence[Notice]) -> None:
    """One letter to one person about everything new."""
    first = rows[0]
    if first.person is None or not first.person.email:
        return
    lines = told(rows)
    more = len(lines) - LINES
    text = "\n".join([*lines[:LINES], *([f"- and {more} further kinds of events"] if more > 0 else [])])
    post(
        company=company,
        to=first.person.email,
        subject=lines[0].removeprefix("- ").partition(". You are ")[0]
        if len(lines) == 1
        else f"{len(rows)} events wait for you",
        text=f"{first.person.name},\n\n{text}\n\n{settings.SITE_URL}{reverse('notices')}\n",
    )


def told(rows: Sequence[Notice]) -> list[str]:
    """A line for each class of events in each integration, in the order in which they came."""
    grouped: dict[tuple[str, int], list[Notice]] = {}
    for row in rows:
        grouped.setdefault((row.event, row.integration_id), []).append(row)
    return [line(same) for same in grouped.values()]


def line(same: Sequence[Notice]) -> str:
    """What one class of events in one integration comes to, and why it came to this person."""
    first = same[0]
    label = EVENTS[first.event].label if first.event in EVENTS else "Something waits for you"
    number = "" if len(same) == 1 else f"{len(same)} × "
    return f"- {number}{label}, in {first.integration.name}. You are {first.why}."
