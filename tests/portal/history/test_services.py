"""The audit trail: one chain per company, in which nothing can be changed unseen."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from portal.core.secrets import new_seal_pair, seal
from portal.history.models import Deed
from portal.history.services import START, Act, broken_at, digest, record, record_all
from tests import factories
from tests.characters import Character, as_subject


@pytest.fixture
def chain(ada: Character) -> int:
    """The company of a chain of five deeds."""
    for number in range(1, 6):
        record(
            by=ada.subject,
            verb="changed",
            thing=ada.company,
            company=ada.company.pk,
            before={"hue": number - 1},
            after={"hue": number},
        )
    return ada.company.pk


def sql(statement: str, *values: int) -> None:
    """Somebody with the owner's rights at the table itself."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def edit(company: int) -> None:
    sql("UPDATE portal_deed SET after = '{\"hue\": 99}' WHERE company_id = %s AND n = 3", company)


def blame_another(company: int) -> None:
    sql("UPDATE portal_deed SET actor = 'Ben' WHERE company_id = %s AND n = 3", company)


def hide_from_a_reader(company: int) -> None:
    sql("UPDATE portal_deed SET readers = readers || 4711 WHERE company_id = %s AND n = 3", company)


def delete(company: int) -> None:
    sql("DELETE FROM portal_deed WHERE company_id = %s AND n = 3", company)


def swap(company: int) -> None:
    sql("UPDATE portal_deed SET n = -3 WHERE company_id = %s AND n = 3", company)
    sql("UPDATE portal_deed SET n = 3 WHERE company_id = %s AND n = 4", company)
    sql("UPDATE portal_deed SET n = 4 WHERE company_id = %s AND n = -3", company)


def insert(company: int) -> None:
    forged = Deed.objects.get(company_id=company, n=5)
    forged.pk, forged.n, forged.verb = None, 6, "approved"
    forged._state.adding = True
    forged.uid = type(forged)().uid
    forged.save(force_insert=True)


@pytest.mark.parametrize(
    ("tampered", "number"),
    [(edit, 3), (blame_another, 3), (hide_from_a_reader, 3), (delete, 3), (swap, 3), (insert, 6)],
)
def test_a_tampered_chain_names_the_first_deed_that_does_not_hold(
    chain: int, tampered: Callable[[int], None], number: int
) -> None:
    assert broken_at(chain) is None
    tampered(chain)
    assert broken_at(chain) == number


def test_a_cut_tail_is_seen_by_who_kept_the_last_digest(chain: int) -> None:
    kept = Deed.objects.get(company_id=chain, n=5).digest
    sql("DELETE FROM portal_deed WHERE company_id = %s AND n > 3", chain)
    assert broken_at(chain) is None
    assert not Deed.objects.filter(company_id=chain, digest=kept).exists()


def test_each_company_has_a_chain_of_its_own(chain: int, ben: Character) -> None:
    deed = record(by=ben.subject, verb="changed", thing=ben.company, company=ben.company.pk)
    assert (deed.n, deed.previous) == (1, START)
    assert deed.digest == digest(deed)


def test_a_refused_act_leaves_no_deed(ada: Character) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(by=ada.subject, verb="changed", thing=ada.company, company=ada.company.pk)
        raise ZeroDivisionError
    assert Deed.objects.count() == 0


def test_a_deed_never_holds_a_secret(ada: Character) -> None:
    _, public = new_seal_pair()
    held = factories.credential(factories.system(ada.company), sealed=seal(b"canary", public_key=public, place="1"))
    deed = record(
        by=ada.subject,
        verb="replaced",
        thing=held,
        company=ada.company.pk,
        after={"kind": held.kind, "sealed": held.sealed, "boxed": held.boxed, "password": "canary"},
    )
    assert deed.after == {"kind": "token"}


def test_a_partner_reads_the_deeds_it_is_named_in_and_no_others(ada: Character, ben: Character) -> None:
    shared = record(
        by=ada.subject, verb="agreed", thing=ada.company, company=ada.company.pk, readers=[ben.company.pk]
    )
    record(by=ada.subject, verb="changed", thing=ada.company, company=ada.company.pk)
    with as_subject(ben.subject):
        assert list(Deed.objects.all()) == [shared]


def test_the_web_records_behind_the_wall(ada: Character) -> None:
    with as_subject(ada.subject):
        first = record(by=ada.subject, verb="changed", thing=ada.company, company=ada.company.pk)
        second = record(by=ada.subject, verb="changed", thing=ada.company, company=ada.company.pk)
    assert (second.n, second.previous) == (2, first.digest)
    assert broken_at(ada.company.pk) is None


def test_many_deeds_at_once_go_on_with_the_chain_in_their_order(chain: int, ada: Character) -> None:
    acts = [Act(ada.company, after={"hue": hue}) for hue in (6, 7, 8)]
    record_all(by=ada.subject, verb="changed", company=chain, acts=acts)
    record(by=ada.subject, verb="changed", thing=ada.company, company=chain, after={"hue": 9})
    assert broken_at(chain) is None
    told = Deed.objects.filter(company_id=chain, n__gt=5).order_by("n").values_list("n", "after__hue")
    assert list(told) == [(6, 6), (7, 7), (8, 8), (9, 9)]
