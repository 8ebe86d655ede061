"""Pages of lists, as a browser without script uses them: look, narrow, save, export, edit in bulk, import."""

import csv
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from governance.register.models import Person
from portal.access import rls
from portal.history.models import Deed
from portal.ui.listing.models import Export, ImportPlan, SavedView
from tests import factories
from tests.characters import Character
from tests.query_counts import QueryCounts
from tests.story import Story

PLACES = ("people", "companies", "systems", "integrations", "connections", "terms")


def html_of(who: Character, address: str, **headers: str) -> str:
    """A page's HTML with every space and line break as one space; it must be there."""
    answer = who.client.get(address, headers=headers)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def body(answer: object) -> bytes:
    """A streamed answer's body."""
    found = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    rls.leave()
    return found


def crowd(who: Character, size: int) -> None:
    """People of a company."""
    Person.objects.bulk_create(
        Person(company=who.company, name=f"P {n:03}", email=f"p{n}@crowd.example", readers=[who.company.pk])
        for n in range(size)
    )


@pytest.mark.parametrize("place", ["people", "companies", "connections", "terms"])
def test_a_list_takes_the_pinned_number_of_queries(
    place: str, story: Story, ada: Character, query_counts: QueryCounts
) -> None:
    ada.client.get(reverse("register"))
    with query_counts.pinned(f"GET {place}"):
        assert ada.client.get(reverse(place)).status_code == 200


@pytest.mark.parametrize("place", PLACES)
def test_a_list_shows_every_column_and_survives_any_address(place: str, story: Story, ada: Character) -> None:
    shown = html_of(ada, reverse(place))
    assert "aria-sort" in shown
    for query in ("?sort=-name&size=25&dense=1", "?at=broken", "?q=%00%FF", "?view=nonsense", "?name=x&nothing=1"):
        html_of(ada, reverse(place) + query)


def test_what_an_address_asks_in_vain_is_told_quietly(ada: Character) -> None:
    assert "This list has no column “colour”" in html_of(ada, reverse("people") + "?colour=red")


def test_htmx_gets_the_table_alone_with_the_address_that_belongs_to_it(ada: Character) -> None:
    answer = ada.client.get(reverse("people") + "?q=ad&name=&size=50", headers={"HX-Request": "true"})
    assert b"<html" not in answer.content
    assert answer["HX-Push-Url"] == reverse("people") + "?q=ad"


def test_a_long_list_goes_on_page_by_page(ada: Character) -> None:
    crowd(ada, 60)
    first = html_of(ada, reverse("people") + "?size=25")
    assert "61 people" in first
    assert "P 020" in first
    assert "P 040" not in first
    further = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "P 040" in html_of(ada, further)


def test_a_view_is_saved_opened_first_renamed_and_deleted_by_forms(ada: Character, vic: Character) -> None:
    form = {"name": "Viewers", "query": "role=viewer&made=up", "shared": "yes", "default": "yes"}
    saved = ada.client.post(reverse("view-save", args=["people"]), form)
    view = SavedView.objects.get()
    assert (saved["Location"], view.query) == (f"{reverse('people')}?view={view.uid}", "role=viewer")
    assert vic.person.email in html_of(ada, reverse("people"))
    assert ada.person.email not in html_of(ada, reverse("people"))
    assert ada.person.email in html_of(ada, reverse("people") + "?view=all")
    assert "Viewers" in html_of(vic, reverse("people"))
    change = reverse("view-change", args=[view.uid])
    ada.client.post(change, {"act": "save", "name": "Just looking"})
    assert "Just looking" not in html_of(vic, reverse("people"))
    ada.client.post(change, {"act": "close"})
    assert ada.person.email in html_of(ada, reverse("people"))
    ada.client.post(change, {"act": "delete"})
    assert not SavedView.objects.exists()


def test_a_private_view_is_nobody_elses_to_change(ada: Character, vic: Character, ben: Character) -> None:
    ada.client.post(reverse("view-save", args=["people"]), {"name": "Mine", "query": ""})
    address = reverse("view-change", args=[SavedView.objects.get().uid])
    for other in (vic, ben):
        assert other.client.post(address, {"act": "delete"}).status_code == 404


def test_an_export_holds_every_page_in_the_chosen_columns_and_is_kept_in_history(ada: Character) -> None:
    crowd(ada, 120)
    answer = ada.client.get(reverse("listing-export", args=["people", "csv"]) + "?q=crowd&show=name,email&sort=-name")
    text = body(answer).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert (rows[0], rows[1], len(rows)) == (["Name", "E-mail address"], ["P 119", "p119@crowd.example"], 121)
    made = Export.objects.get()
    assert (made.rows, made.columns, made.query) == (120, "name,email", "q=crowd&sort=-name&show=name%2Cemail")
    assert Deed.objects.get(verb="export").after["rows"] == 120


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_an_export_is_a_formula(start: str, ada: Character) -> None:
    factories.person(ada.company, "Eve")
    Person.objects.filter(name="Eve").update(job=f"{start}HYPERLINK(1)")
    text = body(ada.client.get(reverse("listing-export", args=["people", "csv"]) + "?show=job&name=Eve"))
    assert list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))[1][1] == f"'{start}HYPERLINK(1)"
    data = body(ada.client.get(reverse("listing-export", args=["people", "xlsx"]) + "?show=job&name=Eve"))
    cell = openpyxl.load_workbook(io.BytesIO(data)).active["B2"]
    assert cell.data_type == "s"


def test_an_excel_export_holds_real_types(story: Story, ada: Character) -> None:
    address = reverse("listing-export", args=["integrations", "xlsx"]) + "?show=name,connections,created,invited"
    sheet = openpyxl.load_workbook(io.BytesIO(body(ada.client.get(address)))).active
    assert [type(cell.value).__name__ for cell in sheet[2]] == ["str", "bool", "int", "datetime"]


def test_an_export_holds_nothing_of_others(story: Story, ada: Character, dan: Character) -> None:
    for place in PLACES:
        data = body(dan.client.get(reverse("listing-export", args=[place, "csv"])))
        assert b"Aster" not in data
        assert b"Customer care" not in data


def test_rows_are_edited_in_bulk_after_a_plan_with_the_refusals(
    ada: Character, vic: Character, cleo: Character
) -> None:
    address = reverse("listing-edit", args=["people"])
    rows = [str(one.person.uid) for one in (ada, vic, cleo)]
    form = {"edit": "role", "row": rows, "query": "", "step": "plan", "value": "operator"}
    plan = ada.client.post(address, form)
    html = " ".join(plan.content.decode().split())
    assert "1 change · 1 have it already · 1 refused" in html
    assert "The last administrator of a company stays one." in html
    assert Person.objects.get(pk=vic.person.pk).role == "viewer"
    done = ada.client.post(address, {**form, "step": "apply", "seen": plan.context["seen"]})
    assert done.status_code == 303
    assert Person.objects.get(pk=vic.person.pk).role == "operator"
    assert Deed.objects.filter(verb="change", noun="person", object_id=vic.person.pk).count() == 1


def test_a_bulk_edit_that_the_rows_have_outrun_writes_nothing(ada: Character, vic: Character) -> None:
    address = reverse("listing-edit", args=["people"])
    form = {"edit": "job", "row": [str(vic.person.uid)], "step": "plan", "value": "Lead"}
    plan = ada.client.post(address, form)
    Person.objects.filter(pk=vic.person.pk).update(job="Agent")
    late = ada.client.post(address, {**form, "step": "apply", "seen": plan.context["seen"]})
    assert "have changed since you saw the plan" in late.content.decode()
    assert Person.objects.get(pk=vic.person.pk).job == "Agent"


def test_all_that_match_are_edited_and_nobody_elses(ada: Character, ben: Character) -> None:
    crowd(ada, 30)
    address = reverse("listing-edit", args=["people"])
    form = {"edit": "job", "all": "yes", "query": "q=crowd", "step": "plan", "value": "Agent"}
    plan = ada.client.post(address, form)
    ada.client.post(address, {**form, "step": "apply", "seen": plan.context["seen"]})
    assert Person.objects.filter(job="Agent").count() == 30
    stolen = ben.client.post(address, {"edit": "job", "row": [str(ada.person.uid)], "step": "plan", "value": "x"})
    assert stolen.status_code == 303


def test_who_may_not_change_rows_is_told_so(vic: Character) -> None:
    assert vic.client.post(reverse("listing-edit", args=["people"]), {"edit": "job"}).status_code == 403
    assert vic.client.get(reverse("listing-import", args=["people"])).status_code == 403
    assert "Import" not in html_of(vic, reverse("people"))


def upload(who: Character, text: bytes, name: str = "people.csv") -> object:
    """A file sent by form."""
    return who.client.post(reverse("listing-import", args=["people"]), {"file": SimpleUploadedFile(name, text)})


def test_a_file_becomes_a_plan_its_verdicts_a_file_and_then_people(ada: Character, ben: Character) -> None:
    answer = upload(ada, b"Name;E-mail address;Role\nZo;zo@aster.example;operator\nBad;bad;=cmd()\n")
    plan = ImportPlan.objects.get()
    address = reverse("import-plan", args=[plan.uid])
    assert answer["Location"] == address  # type: ignore[index]
    html = html_of(ada, address + "?verdict=refused")
    assert "Enter an e-mail address" in html or "Write viewer" in html
    assert "zo@aster.example" not in html
    told = body(ada.client.get(reverse("import-verdicts", args=[plan.uid]))).decode("utf-8-sig")
    assert "'=cmd()" in told
    for one in (address, reverse("import-verdicts", args=[plan.uid])):
        assert ben.client.get(one).status_code == 404
    act = reverse("import-act", args=[plan.uid])
    assert ben.client.post(act, {"act": "apply"}).status_code == 404
    refused = ada.client.post(act, {"act": "apply"})
    assert (refused.status_code, b"1 rows are refused" in refused.content) == (422, True)
    assert ada.client.post(act, {"act": "apply", "leave_out": "yes"}).status_code == 303
    assert Person.objects.get(email="zo@aster.example").role == "operator"


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"PK\x03\x04x", b"Name\nx\n", "Näme\nö".encode("cp1252")])
def test_a_bad_file_is_answered_beside_the_field(data: bytes, ada: Character) -> None:
    answer = upload(ada, data)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert b'class="error"' in answer.content  # type: ignore[attr-defined]
    assert not ImportPlan.objects.exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("place", ["people", "systems", "terms"])
def test_a_template_is_there_for_each_import_and_reads_back(place: str, kind: str, ada: Character) -> None:
    data = body(ada.client.get(reverse("listing-template", args=[place, kind])))
    assert len(data) > 40


def test_an_export_of_people_can_be_imported_again_unchanged(ada: Character, vic: Character) -> None:
    data = body(ada.client.get(reverse("listing-export", args=["people", "xlsx"]) + "?show=name,email,role,job"))
    upload(ada, data, "people.xlsx")
    plan = ImportPlan.objects.get()
    assert (plan.same, plan.new, plan.changed, plan.refused) == (2, 0, 0, 0)


def test_terms_are_imported_from_the_dictionarys_own_page(story: Story, ada: Character, dan: Character) -> None:
    draft = factories.dictionary(story.integration, no=2, agreed=False)
    address = reverse("listing-import-into", args=["terms", draft.uid])
    assert "Dictionary 2 of Customer care" in html_of(ada, address)
    assert "into a draft" in dan.client.get(address).content.decode()
