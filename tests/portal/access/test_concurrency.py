"""Many threads, few connections, alternating companies: no context ever crosses."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import close_old_connections, connection, connections, transaction

from governance.register.models import System
from portal.access import rls
from tests import factories, logins

ROUNDS, THREADS = 40, 8


@pytest.fixture
def as_web(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """New threads of this test log in as the web does; this one stays the owner's."""
    connection.ensure_connection()
    with logins.logged_in(rls.WEB) as own:
        for name in ("USER", "PASSWORD"):
            monkeypatch.setitem(connections.settings["default"], name, own.settings_dict[name])
        yield


def visible() -> set[int]:
    """Companies whose systems the current context reads."""
    return set(System.objects.values_list("company_id", flat=True))


def alternate(companies: list[int], start: int) -> list[str]:
    """Go through the companies over one connection, failing now and then; what crossed, as sentences."""
    crossed: list[str] = []
    for round_ in range(ROUNDS):
        company = companies[(start + round_) % len(companies)]
        try:
            with transaction.atomic():
                rls.enter((company,), role=rls.WEB)
                time.sleep(0.001)
                if visible() != {company}:
                    crossed.append(f"{company} saw {visible()}")
                if round_ % 5 == 0:
                    raise ValueError("the view failed")
        except ValueError:
            close_old_connections()
        if visible():
            crossed.append(f"after {company}, nobody saw {visible()}")
    connection.close()
    return crossed


def test_a_canary_never_crosses_between_companies(as_web: None) -> None:
    companies = [factories.system(factories.company()).company_id for _ in range(4)]
    with ThreadPoolExecutor(THREADS) as pool:
        crossed = list(pool.map(lambda start: alternate(companies, start), range(THREADS)))
    assert [sentence for sentences in crossed for sentence in sentences] == []


def test_a_rolled_back_transaction_leaves_no_context(as_web: None) -> None:
    company = factories.system(factories.company()).company_id

    def fail_then_look() -> set[int]:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            rls.enter((company,), role=rls.WEB)
            assert visible() == {company}
            raise ZeroDivisionError
        seen = visible()
        connection.close()
        return seen

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(fail_then_look).result() == set()


def test_a_failed_savepoint_gives_the_context_back(db: None) -> None:
    company, other = (factories.system(factories.company()).company_id for _ in range(2))
    with transaction.atomic():
        rls.enter((company,), role=rls.WEB)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            rls.enter((other,), role=rls.WEB)
            raise ZeroDivisionError
        assert visible() == {company}
    rls.leave()
