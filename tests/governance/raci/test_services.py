"""Versions of a RACI: drafted, filled, proposed, signed by every party; one A at most, whatever is tried."""

import pytest
from django.db import IntegrityError, connection, transaction

from governance.raci.models import Activity, Column, Duty, Matrix, MatrixSignature
from governance.raci.selectors import paper_of, signers
from governance.raci.services.cells import (
    ActivityDraft,
    HolderDraft,
    add_activity,
    add_holder,
    remove_holder,
    save_cells,
)
from governance.raci.services.matrices import discard_matrix, draft_matrix, propose_matrix, withdraw_matrix
from governance.raci.templates import ALL
from governance.register.models import Person
from governance.register.services.integrations import share
from portal.access.subject import Role
from portal.core import clock
from portal.core.errors import BadInput, Denied, Stale
from portal.history.models import Deed
from tests.characters import Character, as_subject
from tests.governance.raci.matrices import (
    drafted,
    fill,
    filled,
    fresh,
    key_of,
    name_accountable,
    propose,
    put_in,
    sign,
    signed,
)
from tests.story import Story

State = Matrix.State


def test_the_first_draft_has_the_guides_activities_and_a_column_for_each_party(
    story: Story, ada: Character, ben: Character
) -> None:
    name_accountable(story.integration, ada, ben)
    with as_subject(ada.subject) as by:
        draft = draft_matrix(by=by, integration=story.integration)
    assert draft.activities.count() == len(ALL)
    assert {one.name for one in draft.columns.all()} == {"Ada", "Ben", "Aster", "Birch"}


def test_only_one_draft_is_open_at_a_time(story: Story, ada: Character, ben: Character) -> None:
    drafted(story.integration, ada, ben)
    with as_subject(ben.subject) as by, pytest.raises(BadInput, match="There is a draft already"):
        draft_matrix(by=by, integration=story.integration)


def test_a_second_a_is_refused_by_name_and_nothing_is_written(story: Story, ada: Character, ben: Character) -> None:
    draft = filled(story.integration, ada, ben)
    before = Duty.objects.count()
    with pytest.raises(BadInput) as refused:
        fill(draft, ada.subject, {("settle-conflict", key_of(ben)): "A", ("sign-raci", key_of(ben)): "AQ"})
    assert (refused.value.code, Duty.objects.count()) == ("two-accountable", before)
    assert "Ada and Ben" in refused.value.fields["settle-conflict"]


def test_an_a_moves_from_one_holder_to_another_in_one_save(story: Story, ada: Character, ben: Character) -> None:
    draft = filled(story.integration, ada, ben)
    cells = {("settle-conflict", key_of(ada)): "R", ("settle-conflict", key_of(ben)): "A"}
    assert fill(draft, ada.subject, cells) == 2
    with as_subject(ada.subject) as by:
        now = paper_of(fresh(draft), by=by).frozen.cells
    assert [now[cell] for cell in cells] == ["R", "A"]


@pytest.mark.parametrize(("activity", "people"), [("settle-conflict", "both"), ("sign-raci", "one company")])
def test_the_database_itself_refuses_a_second_a(
    story: Story, ada: Character, ben: Character, cleo: Character, activity: str, people: str
) -> None:
    draft = filled(story.integration, ada, ben)
    put_in(draft, ada.subject, HolderDraft(person=cleo.person))
    row = Activity.objects.get(matrix=draft, key=activity)
    other = ben.person if people == "both" else cleo.person
    column = Column.objects.get(matrix=draft, person=other)
    with pytest.raises(IntegrityError, match="duty_one_accountable"), transaction.atomic():
        insert_a(draft, row, column, row.scope, column.company_id)


def test_the_database_refuses_an_a_under_a_false_scope_or_company(
    story: Story, ada: Character, ben: Character
) -> None:
    draft = filled(story.integration, ada, ben)
    row = Activity.objects.get(matrix=draft, key="settle-conflict")
    column = Column.objects.get(matrix=draft, person=ben.person)
    for scope, company, name in (
        ("each", column.company_id, "duty_scope_of_activity"),
        ("all", ada.company.pk, "duty_company_of_column"),
    ):
        Duty.objects.filter(activity=row, letter="A").delete()
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            insert_a(draft, row, column, scope, company)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def insert_a(matrix: Matrix, activity: Activity, column: Column, scope: str, company: int) -> None:
    """An A by raw SQL, past every service."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO governance_duty (uid, matrix_id, activity_id, column_id, company_id, scope, letter) "
            "VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, 'A')",
            [matrix.pk, activity.pk, column.pk, company, scope],
        )


def test_what_is_no_letter_is_refused_by_cell(story: Story, ada: Character, ben: Character) -> None:
    draft = drafted(story.integration, ada, ben)
    with pytest.raises(BadInput, match="was not saved") as refused:
        fill(draft, ada.subject, {("sign-raci", key_of(ada)): "X", ("sign-raci", "person:none"): "R"})
    assert len(refused.value.fields) == 2


def test_the_second_of_two_editors_is_told_and_loses_nothing(story: Story, ada: Character, cleo: Character) -> None:
    draft = drafted(story.integration, ada)
    seen = draft.version
    fill(draft, ada.subject, {("sign-raci", key_of(ada)): "RA"})
    with as_subject(cleo.subject) as by, pytest.raises(Stale, match="Ada saved it"):
        save_cells(by=by, matrix=draft, cells={("sign-raci", key_of(ada)): "Q"}, version=seen)
    with as_subject(ada.subject) as by:
        assert paper_of(fresh(draft), by=by).frozen.cells == {("sign-raci", key_of(ada)): "RA"}


def test_a_matrix_without_exactly_one_a_cannot_be_proposed(story: Story, ada: Character, ben: Character) -> None:
    draft = drafted(story.integration, ada, ben)
    with as_subject(ada.subject) as by, pytest.raises(BadInput, match="exactly one A") as refused:
        propose_matrix(by=by, matrix=draft, version=draft.version)
    assert refused.value.code == "not-one-accountable"


def test_it_is_in_force_once_every_party_signed_and_the_one_before_retires(
    story: Story, ada: Character, ben: Character
) -> None:
    first = signed(story.integration, ada, ben)
    assert first.state == State.SIGNED
    with as_subject(ada.subject) as by:
        second = draft_matrix(by=by, integration=story.integration)
    propose(second, ada)
    assert sign(second, ada).state == State.PROPOSED
    assert sign(second, ben).state == State.SIGNED
    assert fresh(first).state == State.RETIRED


def test_what_was_signed_is_kept_as_a_digest_that_both_signed(story: Story, ada: Character, ben: Character) -> None:
    matrix = signed(story.integration, ada, ben)
    digests = set(MatrixSignature.objects.filter(matrix=matrix).values_list("sha256", flat=True))
    assert len(digests) == 1
    assert len(digests.pop()) == 64


def test_only_the_accountable_person_signs_and_only_for_the_own_company(
    story: Story, ada: Character, ben: Character, cleo: Character, dan: Character
) -> None:
    draft = filled(story.integration, ada, ben)
    propose(draft, ada)
    with pytest.raises(Denied, match="Ada signs for your company"):
        sign(draft, cleo)
    with pytest.raises(Denied, match="no party"):
        sign(draft, dan)
    sign(draft, ada)
    assert list(MatrixSignature.objects.values_list("company_id", flat=True)) == [ada.company.pk]


def test_the_stand_in_signs_for_who_is_suspended(
    story: Story, ada: Character, ben: Character, cleo: Character
) -> None:
    draft = filled(story.integration, ada, ben)
    propose(draft, ada)
    Person.objects.filter(pk=ada.person.pk).update(suspended=clock.now(), stand_in=cleo.person)
    assert sign(draft, cleo).state == State.PROPOSED
    assert MatrixSignature.objects.get(matrix=draft).name == "Cleo"


def test_a_proposal_does_not_change_until_it_is_taken_back_and_signatures_fall(
    story: Story, ada: Character, ben: Character
) -> None:
    draft = filled(story.integration, ada, ben)
    propose(draft, ada)
    sign(draft, ada)
    with pytest.raises(BadInput, match="does not change"):
        fill(draft, ada.subject, {("settle-conflict", key_of(ben)): "C"})
    with as_subject(ben.subject) as by:
        withdraw_matrix(by=by, matrix=draft, version=fresh(draft).version)
    assert fill(draft, ada.subject, {("settle-conflict", key_of(ben)): "C"}) == 1
    assert MatrixSignature.objects.count() == 0


def test_the_next_draft_repeats_the_signed_one(story: Story, ada: Character, ben: Character) -> None:
    first = signed(story.integration, ada, ben)
    with as_subject(ben.subject) as by:
        second = draft_matrix(by=by, integration=story.integration)
        assert paper_of(second, by=by).frozen.cells == paper_of(first, by=by).frozen.cells


def test_somebody_put_in_is_known_to_the_partner_and_no_longer_when_taken_out(
    story: Story, ada: Character, ben: Character, cleo: Character
) -> None:
    draft = drafted(story.integration, ada, ben)
    put_in(draft, ada.subject, HolderDraft(person=cleo.person))
    with as_subject(ben.subject):
        assert Person.objects.filter(name="Cleo").exists()
    with as_subject(ada.subject) as by:
        column = Column.objects.get(matrix=draft, person=cleo.person)
        remove_holder(by=by, matrix=draft, column=column, version=fresh(draft).version)
        share(story.integration)
    with as_subject(ben.subject):
        assert not Person.objects.filter(name="Cleo").exists()


def test_roles_and_companies_are_holders_too_and_each_once(story: Story, ada: Character, ben: Character) -> None:
    draft = drafted(story.integration, ada, ben)
    role = HolderDraft(company=ben.company.pk, role=Role.OPERATOR.value)
    assert put_in(draft, ada.subject, role) == f"role:{ben.company.uid}:operator"
    with pytest.raises(BadInput) as refused:
        put_in(draft, ada.subject, role)
    assert refused.value.fields["holder"] == "Operators, Birch is in the matrix already."


def test_a_person_whom_one_may_not_see_cannot_be_put_in(story: Story, ada: Character, dan: Character) -> None:
    draft = drafted(story.integration, ada)
    with as_subject(ada.subject) as by, pytest.raises(BadInput):
        add_holder(by=by, matrix=draft, draft=HolderDraft(person=dan.person), version=draft.version)


def test_an_activity_is_added_once(story: Story, ada: Character) -> None:
    draft = drafted(story.integration, ada)
    for code in ("", "again"):
        with as_subject(ada.subject) as by:
            wanted = ActivityDraft("Order the cake", 8, each=True)
            if code:
                with pytest.raises(BadInput):
                    add_activity(by=by, matrix=draft, draft=wanted, version=fresh(draft).version)
            else:
                assert add_activity(by=by, matrix=draft, draft=wanted, version=draft.version).key == "order-the-cake"


def test_signers_are_the_as_of_the_signed_matrix_else_the_accountable_person(
    story: Story, ada: Character, ben: Character, cleo: Character
) -> None:
    name_accountable(story.integration, ada, ben)

    def names(activity: str) -> list[str]:
        with as_subject(ada.subject) as by:
            found = signers(integration=story.integration, company=by.company, activity=activity)
            return [one.name for one in found]

    assert names("approve-rules") == ["Ada"]
    draft = filled(story.integration, ada, ben)
    holder = put_in(draft, ada.subject, HolderDraft(person=cleo.person))
    fill(draft, ada.subject, {("approve-rules", key_of(ada)): "C", ("approve-rules", holder): "A"})
    propose(draft, ada)
    assert names("approve-rules") == ["Ada"]
    for one in (ada, ben):
        sign(draft, one)
    assert names("approve-rules") == ["Cleo"]
    Person.objects.filter(pk=cleo.person.pk).update(suspended=clock.now(), stand_in=ada.person)
    assert names("approve-rules") == ["Ada"]


def test_a_discarded_draft_is_gone_and_its_deed_tells_what_it_held(
    story: Story, ada: Character, ben: Character
) -> None:
    draft = filled(story.integration, ada, ben)
    with as_subject(ada.subject) as by:
        discard_matrix(by=by, matrix=draft, version=draft.version)
    assert not Matrix.objects.exists()
    assert Deed.objects.get(verb="discard").before["cells"]


def test_a_viewer_changes_nothing(story: Story, ada: Character, vic: Character) -> None:
    draft = drafted(story.integration, ada)
    with pytest.raises(Denied):
        fill(draft, vic.subject, {("sign-raci", key_of(ada)): "RA"})


def test_a_stranger_sees_no_row_of_it(story: Story, ada: Character, ben: Character, dan: Character) -> None:
    signed(story.integration, ada, ben)
    with as_subject(dan.subject):
        models = (Matrix, Activity, Column, Duty, MatrixSignature)
        assert [model.objects.count() for model in models] == [0] * len(models)


def test_nobody_writes_a_signature_for_another_company(story: Story, ada: Character, ben: Character) -> None:
    draft = filled(story.integration, ada, ben)
    with pytest.raises(Exception, match="row-level security"), as_subject(ada.subject):
        MatrixSignature.objects.create(
            matrix=draft, company=ben.company, person=ben.person, name="Ben", at=clock.now(), sha256="0" * 64
        )
