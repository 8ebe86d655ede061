"""`manage.py verify_deeds` says whether every chain holds."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.history.models import Deed
from portal.history.services import record
from tests.characters import Character


def do_something(who: Character) -> None:
    """Two deeds in the chain of one's company."""
    for hue in (1, 2):
        record(by=who.subject, verb="change", thing=who.company, company=who.company.pk, after={"hue": hue})


def test_whole_chains_are_counted(ada: Character, ben: Character) -> None:
    do_something(ada)
    do_something(ben)
    said = StringIO()
    call_command("verify_deeds", stdout=said)
    assert said.getvalue() == "2 chains of deeds hold.\n"


def test_a_changed_deed_fails_with_its_company_and_number(ada: Character, ben: Character) -> None:
    do_something(ada)
    do_something(ben)
    Deed.objects.filter(company_id=ben.company.pk, n=2).update(verb="nothing")
    with pytest.raises(CommandError, match=f"company {ben.company.pk} from deed 2 on"):
        call_command("verify_deeds")
