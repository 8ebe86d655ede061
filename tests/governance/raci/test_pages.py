"""The pages of the RACI by browser form: nothing typed is lost, files are judged first, strangers find nothing."""

import io
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from governance.raci.models import Duty, Matrix, Notice
from governance.raci.services.cells import HolderDraft
from governance.raci.services.matrices import draft_matrix
from portal.core import clock
from tests.characters import Character, as_subject
from tests.governance.raci.matrices import drafted, fill, filled, fresh, key_of, propose, put_in, sign, signed
from tests.query_counts import QueryCounts
from tests.story import Story


def html_of(answer: Any) -> str:
    """An answer's HTML with every space and line break as one space."""
    return " ".join(answer.content.decode().split())


def page_of(who: Character, address: str) -> str:
    """A page's HTML; it must be there."""
    answer = who.client.get(address)
    assert answer.status_code == 200
    return html_of(answer)


def cell_name(matrix: Matrix, activity: str, who: Character) -> str:
    """The form name of one cell."""
    return f"{activity}|{matrix.columns.get(person=who.person).uid}"


def test_the_page_teaches_while_there_is_no_matrix(story: Story, ada: Character) -> None:
    html = page_of(ada, reverse("raci", args=[story.integration.uid]))
    assert "No RACI yet" in html
    assert "Begin the RACI" in html


def test_it_is_begun_filled_proposed_and_signed_by_form(story: Story, ada: Character, ben: Character) -> None:
    draft = filled(story.integration, ada, ben)
    form = {"version": draft.version, cell_name(draft, "settle-conflict", ben): "c"}
    assert ada.client.post(reverse("raci-save", args=[draft.uid]), form).status_code == 303
    for who, act in ((ada, "propose"), (ada, "sign"), (ben, "sign")):
        answer = who.client.post(reverse(f"raci-{act}", args=[draft.uid]), {"version": fresh(draft).version})
        assert answer.status_code == 303
    assert fresh(draft).state == Matrix.State.SIGNED
    assert "RACI 1 is in force" in page_of(ben, reverse("raci", args=[story.integration.uid]))


def test_a_refused_cell_keeps_what_was_typed_and_says_what_is_wrong(story: Story, ada: Character) -> None:
    draft = drafted(story.integration, ada)
    form = {"version": draft.version, cell_name(draft, "sign-raci", ada): "BOSS"}
    answer = ada.client.post(reverse("raci-save", args=[draft.uid]), form)
    assert answer.status_code == 422
    assert 'value="BOSS"' in html_of(answer)
    assert "use R, A, C, I and Q" in html_of(answer)


def test_the_second_of_two_editors_sees_both_and_saves_again(
    story: Story, ada: Character, ben: Character, cleo: Character
) -> None:
    draft = drafted(story.integration, ada, ben)
    stale = draft.version
    fill(draft, ada.subject, {("sign-raci", key_of(ben)): "RA"})
    name = cell_name(draft, "sign-raci", ada)
    answer = cleo.client.post(reverse("raci-save", args=[draft.uid]), {"version": stale, name: "RA"})
    html = html_of(answer)
    assert answer.status_code == 409
    assert "Ada saved it" in html
    assert re.search(rf'name="{re.escape(name)}" value="RA"', html)
    version = re.findall(r'name="version" value="(\d+)"', html)[-1]
    again = cleo.client.post(reverse("raci-save", args=[draft.uid]), {"version": version, name: "RA"})
    assert again.status_code == 303
    assert Duty.objects.filter(activity__key="sign-raci", letter="A").count() == 2


def test_a_frozen_matrix_shows_letters_and_no_inputs(story: Story, ada: Character, ben: Character) -> None:
    signed(story.integration, ada, ben)
    html = page_of(ada, reverse("raci", args=[story.integration.uid]))
    assert '<span class="letters">RA</span>' in html
    assert "data-cell" not in html


def test_what_changed_since_the_signed_version_is_told(story: Story, ada: Character, ben: Character) -> None:
    signed(story.integration, ada, ben)
    ada.client.post(reverse("raci-draft", args=[story.integration.uid]))
    draft = Matrix.objects.get(state="draft")
    fill(draft, ada.subject, {("settle-conflict", key_of(ben)): "Q"})
    html = page_of(ada, reverse("raci", args=[story.integration.uid]) + "?tab=changes")
    assert "1 cell differs from version 1" in html
    assert '<ins class="letters">Q</ins>' in html


def test_the_page_tells_where_every_event_goes(story: Story, ada: Character, ben: Character) -> None:
    signed(story.integration, ada, ben)
    html = page_of(ada, reverse("raci", args=[story.integration.uid]) + "?tab=routes")
    assert "A system refuses the credential" in html
    assert "Unrouted" in html


def test_activities_and_holders_come_and_go_by_form(story: Story, ada: Character, ben: Character) -> None:
    draft = drafted(story.integration, ada, ben)
    rows, holders = reverse("raci-rows", args=[draft.uid]), reverse("raci-holders", args=[draft.uid])
    for address, form in (
        (rows, {"label": "Order the cake", "step": 8}),
        (holders, {"holder": f"role:{ben.company.uid}:operator"}),
        (rows, {"remove": "order-the-cake"}),
        (holders, {"remove": str(draft.columns.get(name="Birch").uid)}),
    ):
        assert ada.client.post(address, {"version": fresh(draft).version, **form}).status_code == 303
    assert not draft.activities.filter(key="order-the-cake").exists()
    assert set(draft.columns.values_list("name", flat=True)) == {"Ada", "Ben", "Aster", "Operators, Birch"}


@pytest.mark.parametrize(
    "holder", ["person:x", "person:00000000-0000-0000-0000-000000000000", "", "team:", "role:x:y"]
)
def test_a_holder_that_is_none_is_refused(story: Story, ada: Character, holder: str) -> None:
    draft = drafted(story.integration, ada)
    form = {"version": draft.version, "holder": holder}
    answer = ada.client.post(reverse("raci-holders", args=[draft.uid]), form)
    assert answer.status_code == 422
    assert "Choose a holder from the list" in html_of(answer)


def exported(who: Character, matrix: Matrix) -> openpyxl.Workbook:
    """The downloaded file, opened."""
    answer = who.client.get(reverse("raci-export", args=[matrix.uid]))
    content: Any = answer
    return openpyxl.load_workbook(io.BytesIO(b"".join(content.streaming_content)))


def uploaded(book: openpyxl.Workbook) -> SimpleUploadedFile:
    """A workbook as a browser sends it."""
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("raci.xlsx", file.getvalue())


def test_a_spreadsheet_goes_out_and_comes_back_unchanged(story: Story, ada: Character, ben: Character) -> None:
    draft = filled(story.integration, ada, ben)
    address = reverse("raci-import", args=[draft.uid])
    html = html_of(ada.client.post(address, {"file": uploaded(exported(ada, draft))}))
    assert "0 rows change" in html
    assert "Nothing changes." in html


def test_a_changed_spreadsheet_gets_a_verdict_for_every_row_before_it_is_taken(
    story: Story, ada: Character, ben: Character
) -> None:
    draft = filled(story.integration, ada, ben)
    address, book = reverse("raci-import", args=[draft.uid]), exported(ada, draft)
    sheet = book.worksheets[0]
    head = [cell.value for cell in sheet[1]]
    keys = {row[1].value: row for row in sheet.iter_rows(min_row=2)}
    keys["settle-conflict"][head.index("Ben")].value = "Q, C"
    keys["solve-parked"][head.index("Ben")].value = "boss"
    keys["extend-map"][head.index("Birch")].value = "A"
    sheet.append(["Dance", "dance"])
    html = html_of(ada.client.post(address, {"file": uploaded(book)}))
    assert "1 row changes, 3 are refused" in html
    assert "Ben: I → CQ" in html
    assert "are both accountable" in html
    assert "No activity is called so" in html
    plan = re.search(r'name="cells" value="([^"]*)"', html)
    assert plan is not None
    form = {"version": draft.version, "cells": plan[1].replace("&quot;", '"')}
    assert ada.client.post(address, form).status_code == 303
    letters = Duty.objects.filter(activity__key="settle-conflict", column__name="Ben").values_list(
        "letter", flat=True
    )
    assert set(letters) == {"C", "Q"}


@pytest.mark.parametrize("content", [b"", b"no table", b"PK\x03\x04broken"])
def test_a_file_that_is_no_matrix_is_refused_with_a_sentence(story: Story, ada: Character, content: bytes) -> None:
    draft = drafted(story.integration, ada)
    form = {"file": SimpleUploadedFile("raci.xlsx", content)}
    answer = ada.client.post(reverse("raci-import", args=[draft.uid]), form)
    assert answer.status_code == 422


def test_a_damaged_plan_is_refused(story: Story, ada: Character) -> None:
    draft = drafted(story.integration, ada)
    form = {"version": draft.version, "cells": "[[1]]"}
    assert ada.client.post(reverse("raci-import", args=[draft.uid]), form).status_code == 422


def test_a_stranger_finds_none_of_it(story: Story, ada: Character, ben: Character, dan: Character) -> None:
    draft = filled(story.integration, ada, ben)
    assert dan.client.get(reverse("raci", args=[story.integration.uid])).status_code == 404
    assert dan.client.get(reverse("raci-export", args=[draft.uid])).status_code == 404
    for act in ("save", "rows", "holders", "import", "propose", "withdraw", "sign", "discard"):
        assert dan.client.post(reverse(f"raci-{act}", args=[draft.uid])).status_code == 404


def test_the_page_takes_few_queries_however_large_the_matrix(
    story: Story, ada: Character, ben: Character, query_counts: QueryCounts
) -> None:
    signed(story.integration, ada, ben)
    ada.client.post(reverse("raci-draft", args=[story.integration.uid]))
    draft = Matrix.objects.get(state="draft")
    put_in(draft, ada.subject, HolderDraft(company=ben.company.pk, role="operator"))
    ada.client.get(reverse("notices"))
    for name, address in (
        ("raci", reverse("raci", args=[story.integration.uid])),
        ("raci?tab=routes", reverse("raci", args=[story.integration.uid]) + "?tab=routes"),
        ("notices", reverse("notices")),
    ):
        with query_counts.pinned(f"GET {name}"):
            assert ada.client.get(address).status_code == 200
    propose(draft, ada)


def test_every_raci_of_ones_integrations_is_listed_with_its_signatures(
    story: Story, ada: Character, ben: Character, dan: Character
) -> None:
    signed(story.integration, ada, ben)
    page = ada.client.get(reverse("matrices")).content.decode()
    assert story.integration.name in page
    assert "2 of 2" in page
    assert story.integration.name not in dan.client.get(reverse("matrices")).content.decode()


def test_an_unrouted_event_leads_to_the_row_to_be_filled(story: Story, ada: Character, ben: Character) -> None:
    signed(story.integration, ada, ben)
    Notice.objects.create(
        company=ada.company, integration=story.integration, event="access-requested", key="pass:1", what="Asked",
        why="Nobody", url="/", since=clock.now(),
    )  # fmt: skip
    here = reverse("raci", args=[story.integration.uid])
    page = ada.client.get(f"{reverse('unrouted')}?integration={story.integration.uid}").content.decode()
    assert f'href="{here}#row-grant-access"' in page
    assert "1 of 1 event had nobody at first" in page
    assert 'id="row-solve-parked"' in ada.client.get(here).content.decode()
    part = ada.client.get(reverse("raci-vacancies", args=[story.integration.uid])).content.decode()
    assert "1 unrouted event" in part
    assert "unrouted" not in ben.client.get(reverse("raci-vacancies", args=[story.integration.uid])).content.decode()


def test_a_signed_version_is_compared_with_the_one_before_it(story: Story, ada: Character, ben: Character) -> None:
    signed(story.integration, ada, ben)
    with as_subject(ada.subject) as by:
        draft = draft_matrix(by=by, integration=story.integration)
    fill(draft, ada.subject, {("settle-conflict", key_of(ben)): "C"})
    propose(draft, ada)
    for one in (ada, ben):
        sign(draft, one)
    address = reverse("raci", args=[story.integration.uid])
    assert "1 cell differs from version 1, retired" in page_of(ada, f"{address}?no=2&tab=changes")
    assert "1 cell differs from version 2, signed" in page_of(ada, f"{address}?no=1&tab=changes&against=2")
