"""The import of integrations: a verdict on each row, and nothing half-written."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest

from governance.register.listing.integrations import INTEGRATIONS
from governance.register.models import Integration, Party
from portal.access import rls
from portal.core import clock
from portal.core.errors import BadInput, Denied, Stale
from portal.history.models import Deed
from portal.history.services import broken_at
from portal.ui.listing.imports import typed
from portal.ui.listing.models import PLAN_DAYS, ImportLine, ImportPlan
from portal.ui.listing.services import apply_import, plan_import
from portal.ui.listing.sheets import read
from sync.flow.tidying import tidy
from tests import factories
from tests.characters import Character, as_subject

HEAD = ["Name", "Purpose", "Step", "Mode", "Owner", "Stand-in", "Goals", "Review"]


def book(*rows: list[object]) -> bytes:
    """An Excel file."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (HEAD, *rows):
        sheet.append(row)
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def planned(who: Character, *rows: list[object]) -> ImportPlan:
    """The plan of an Excel file."""
    assert INTEGRATIONS.importer is not None
    with as_subject(who.subject) as by:
        found, notes = typed(read(book(*rows), "plan.xlsx"), INTEGRATIONS.importer)
        return plan_import(by=by, listing=INTEGRATIONS, file="plan.xlsx", rows=found, notes=notes, into=None)


def applied(who: Character, plan: ImportPlan, *, leave_out: bool = False) -> ImportPlan:
    """The plan applied."""
    with as_subject(who.subject) as by:
        return apply_import(by=by, listing=INTEGRATIONS, plan=plan, leave_out=leave_out)


def verdicts(plan: ImportPlan) -> list[tuple[str, str]]:
    """Verdict and refused column of each row."""
    return list(plan.lines.order_by("n").values_list("verdict", "column"))


def test_each_row_gets_its_verdict_and_its_column(ada: Character, ben: Character) -> None:
    factories.integration(ada.company, name="Care")
    mail = ada.person.email
    plan = planned(
        ada,
        ["care", "Customers get one answer.", "Design", "on demand", mail, "", "Nothing typed twice; One clock", ""],
        ["Fresh", "New.", 3, "batch", "", "", "", "weekly"],
        ["Bare", "", "", "", "", "", "", ""],
        ["Late", "x", 9, "", "", "", "", ""],
        ["Odd", "x", "", "by pigeon", "", "", "", ""],
        ["Theirs", "x", "", "", ben.person.email, "", "", ""],
        ["Both", "x", "", "", mail, mail, "", ""],
        ["Fresh", "Again.", "", "", "", "", "", ""],
    )
    assert verdicts(plan) == [
        ("changed", ""), ("new", ""), ("refused", "purpose"), ("refused", "stage"), ("refused", "mode"),
        ("refused", "owner"), ("refused", "stand_in"), ("refused", "name"),
    ]  # fmt: skip
    assert Integration.objects.count() == 1, "a plan writes nothing"


def test_applying_starts_and_changes_integrations_with_their_history(ada: Character) -> None:
    known = factories.integration(ada.company, name="Care")
    plan = planned(
        ada,
        ["Care", "Another purpose.", 4, "", ada.person.email, "", "One clock", ""],
        ["Fresh", "New.", "", "batch", "", "", "", "weekly"],
    )
    applied(ada, plan)
    known.refresh_from_db()
    assert (known.purpose, known.stage, known.owner, known.goals) == (
        "Another purpose.",
        4,
        ada.person,
        ["One clock"],
    )
    fresh = Integration.objects.get(name="Fresh")
    assert (fresh.mode, fresh.rhythm, fresh.companies, fresh.version) == ("batch", "weekly", [ada.company.pk], 1)
    assert fresh.next_review is not None
    assert Party.objects.get(integration=fresh).joined is not None
    verbs = Deed.objects.filter(company_id=ada.company.pk, noun="integration").values_list("verb", flat=True)
    assert set(verbs) >= {"start", "change"}
    assert fresh.history.count() == 1
    assert broken_at(ada.company.pk) is None


def test_what_somebody_changed_meanwhile_writes_nothing(ada: Character) -> None:
    known = factories.integration(ada.company, name="Care")
    plan = planned(ada, ["Care", "Mine.", "", "", "", "", "", ""], ["Fresh", "New.", "", "", "", "", "", ""])
    Integration.objects.filter(pk=known.pk).update(purpose="Theirs.")
    with pytest.raises(Stale):
        applied(ada, plan)
    assert not Integration.objects.filter(name="Fresh").exists()


def test_an_invitation_that_nobody_took_up_and_a_double_name_are_refused(ada: Character, ben: Character) -> None:
    factories.integration(ada.company, name="Twice")
    factories.integration(ada.company, name="twice")
    invited = factories.integration(ben.company, ada.company, name="Invited")
    Party.objects.filter(integration=invited, company=ada.company).update(joined=None)
    plan = planned(ada, ["Twice", "x", "", "", "", "", "", ""], ["Invited", "x", "", "", "", "", "", ""])
    assert verdicts(plan) == [("refused", "name"), ("refused", "name")]


def test_who_may_only_look_plans_nothing(vic: Character) -> None:
    with pytest.raises(Denied):
        planned(vic, ["Fresh", "New.", "", "", "", "", "", ""])


def test_five_thousand_rows_with_forty_bad_ones_are_whole_or_nothing(
    ada: Character, django_assert_max_num_queries: object
) -> None:
    good: list[list[object]] = [[f"Agreement {n}", "Bulk.", n % 8 + 1, "", "", "", "", ""] for n in range(4_960)]
    bad: list[list[object]] = [[f"Bad {n}", "Bulk.", 11, "", "", "", "", ""] for n in range(40)]
    with django_assert_max_num_queries(80):  # type: ignore[operator]
        plan = planned(ada, *good[:2_000], *bad, *good[2_000:])
        with pytest.raises(BadInput, match="40 rows are refused"):
            applied(ada, plan)
        assert not Integration.objects.exists()
        applied(ada, plan, leave_out=True)
    assert (plan.new, plan.refused, plan.lines.count()) == (4_960, 40, 5_000)
    assert Integration.objects.count() == Party.objects.count() == 4_960


def test_a_plan_is_deleted_with_its_rows_after_two_weeks(ada: Character) -> None:
    old, fresh = planned(ada, ["A one", "x"]), planned(ada, ["B one", "x"])
    ImportPlan.objects.filter(pk=old.pk).update(made=clock.now() - timedelta(days=PLAN_DAYS, minutes=1))
    assert broken_at(ada.company.pk) is None
    factories.integration(ada.company)
    try:
        assert tidy() == 1
    finally:
        rls.leave()
    assert list(ImportPlan.objects.values_list("pk", flat=True)) == [fresh.pk]
    assert not ImportLine.objects.filter(plan=old.pk).exists()
    assert Deed.objects.filter(company_id=ada.company.pk, verb="plan an import of").count() == 2
