"""The pages of the access matrix and of who can see what: by form, behind both walls, within the query bar."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse

from governance.accessmatrix.models import AccessMatrix, AccessPass, Grant
from governance.register.models import Party
from portal.core import clock
from tests.characters import Character
from tests.query_counts import QueryCounts
from tests.story import Story

WHY = "Ticket 4711 needs the description today."


def draft_of(story: Story, ada: Character) -> AccessMatrix:
    """A draft that Ada began by form."""
    ada.client.post(reverse("access-draft", args=[story.integration.uid]))
    return AccessMatrix.objects.get(company=story.a, state="draft")


def test_a_version_goes_from_draft_to_force_by_form(story: Story, ada: Character) -> None:
    Party.objects.filter(integration=story.integration, company=story.a).update(accountable=ada.person)
    row = draft_of(story, ada)
    form = {"version": row.version, f"company:{story.b.pk}|labels": "read", "viewer|labels": "none"}
    assert ada.client.post(reverse("access-save", args=[row.uid]), form).status_code == 303
    for act in ("propose", "sign"):
        row.refresh_from_db()
        assert ada.client.post(reverse(f"access-{act}", args=[row.uid]), {"version": row.version}).status_code == 303
    row.refresh_from_db()
    assert (row.state, row.signed_by) == ("live", "Ada")
    assert Grant.objects.get(matrix=row, role="viewer", term="labels").level == "none"


def test_cells_in_force_are_taken_back_by_form(story: Story, ada: Character) -> None:
    row = AccessMatrix.objects.get(company=story.a)
    form = {"version": row.version, f"company:{story.b.pk}|title": "none"}
    assert ada.client.post(reverse("access-save", args=[row.uid]), form).status_code == 303
    assert Grant.objects.get(matrix=row, term="title").lowered == "none"


def test_a_late_save_is_told_and_keeps_what_was_typed(story: Story, ada: Character) -> None:
    row = draft_of(story, ada)
    form = {"version": row.version, f"company:{story.b.pk}|labels": "read"}
    address = reverse("access-save", args=[row.uid])
    assert ada.client.post(address, form).status_code == 303
    late = ada.client.post(address, {**form, f"company:{story.b.pk}|labels": "write"})
    assert late.status_code == 409
    assert '<option value="write" selected>' in late.content.decode()


def test_a_spreadsheet_out_and_in_says_what_would_change(story: Story, ada: Character) -> None:
    row = draft_of(story, ada)
    out = ada.client.get(reverse("access-export", args=[row.uid]))
    assert b"".join(out.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    file = io.BytesIO(b"Key,Birch,Our viewers\nlabels,write,none\ncolour,read,\ntitle,full,\n")
    file.name = "matrix.csv"
    plan = ada.client.post(reverse("access-import", args=[row.uid]), {"file": file, "version": row.version})
    html = plan.content.decode()
    assert "Birch: none → write; Our viewers: default → none" in html
    assert "The dictionary has no such term." in html
    assert "Birch cannot have full here." in html


def test_a_pass_is_asked_for_and_approved_by_form(story: Story, ada: Character, vic: Character) -> None:
    form = {"company": story.a.pk, "term": "description", "level": "read", "hours": "4", "reason": WHY}
    address = reverse("access-pass-ask", args=[story.integration.uid])
    assert vic.client.post(address, form).status_code == 303
    row = AccessPass.objects.get()
    assert WHY in ada.client.get(reverse("access-passes")).content.decode()
    ada.client.post(reverse("access-pass-answer", args=[row.uid]), {"do": "approve"})
    row.refresh_from_db()
    assert (row.state, row.answered_by) == ("approved", "Ada")


def test_a_stranger_finds_none_of_it(story: Story, ada: Character, dan: Character) -> None:
    row = draft_of(story, ada)
    access = AccessPass.objects.create(
        integration=story.integration, company=story.a, person=ada.person, name="Ada", asker=story.a,
        reason=WHY, starts=clock.now(), ends=clock.now() + timedelta(hours=1), asked=clock.now(),
    )  # fmt: skip
    for name in ("grants", "sight", "access-pass-ask"):
        assert dan.client.get(reverse(name, args=[story.integration.uid])).status_code == 404
    assert dan.client.get(reverse("access-export", args=[row.uid])).status_code == 404
    assert dan.client.get(reverse("person-sight", args=[ada.person.uid])).status_code == 404
    for name in ("save", "propose", "sign", "enforce", "discard", "take-back", "import"):
        assert dan.client.post(reverse(f"access-{name}", args=[row.uid])).status_code == 404
    assert dan.client.post(reverse("access-pass-answer", args=[access.uid])).status_code == 404


def test_a_partner_does_not_find_the_versions(story: Story, ada: Character, ben: Character) -> None:
    row = draft_of(story, ada)
    assert ben.client.get(reverse("access-export", args=[row.uid])).status_code == 404


@pytest.mark.parametrize("name", ["grants?", "sight", "access-passes", "person-sight"])
def test_a_page_takes_the_pinned_number_of_queries(
    name: str, story: Story, ada: Character, vic: Character, query_counts: QueryCounts
) -> None:
    draft_of(story, ada)
    uid = {"access-passes": None, "person-sight": vic.person.uid}.get(name, story.integration.uid)
    address = reverse(name.rstrip("?"), args=[uid] if uid else [])
    ada.client.get(reverse("register"))
    with query_counts.pinned(f"GET {name}".replace("?", "?draft")):
        assert ada.client.get(address).status_code == 200
