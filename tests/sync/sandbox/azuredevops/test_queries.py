"""WIQL of the practice Azure DevOps: what it finds, and what it complains of."""

import pytest

from tests.sync.sandbox.azuredevops.site import Site, add


def test_conditions_find_what_they_say(site: Site) -> None:
    one = site.create(
        "Link is down", add("System.Tags", "sync-7c9e; red"), add("System.AreaPath", "Delivery\\Network")
    )["id"]
    two = site.create("It's slow", add("System.AssignedTo", "gita@global.example"), kind="Task")["id"]
    site.patch(two, add("System.State", "Active"))
    assert site.found("[System.TeamProject] = @project") == [one, two]
    assert site.found("[System.Tags] CONTAINS 'sync-7c9e'") == [one]
    assert site.found("[System.Tags] CONTAINS 'sync'") == []
    assert site.found("[System.Title] = 'It''s slow'") == [two]
    assert site.found("[System.Title] CONTAINS 'LINK' OR [System.State] IN ('Active', 'Closed')") == [one, two]
    assert site.found("[System.AreaPath] UNDER 'Delivery' AND NOT [System.AreaPath] UNDER 'Delivery\\Network'") == [
        two
    ]
    assert site.found("[System.AssignedTo] = 'Gita Menon'") == [two]
    assert site.found(f"[System.Id] >= {two} AND [Microsoft.VSTS.Common.Priority] <= 2") == [two]
    assert site.found("[System.State] EVER 'New' AND [System.WorkItemType] <> 'Bug'") == [two]
    assert site.found("[System.Description] IS EMPTY ORDER BY [System.Id] DESC") == [two, one]
    assert site.found("[System.ChangedDate] >= @today - 1") == [one, two]


def test_without_time_precision_only_the_day_counts(site: Site) -> None:
    number = site.create()["id"]
    changed = site.get(f"workitems/{number}")["fields"]["System.ChangedDate"]
    refused = site.query(f"[System.ChangedDate] >= '{changed}'")
    assert refused.status_code == 400
    assert "cannot supply a time" in refused.json()["message"]
    assert site.found(f"[System.ChangedDate] > '{changed}'", timePrecision="true") == []
    assert site.found(f"[System.ChangedDate] >= '{changed}'", timePrecision="true") == [number]
    assert site.found(f"[System.ChangedDate] = '{changed[:10]}'") == [number]


@pytest.mark.parametrize(
    "condition",
    [
        "[No.Such] = 'x'",
        "[System.Title] = 'open",
        "[System.Title] LIKE 'x'",
        "[System.Id] = 1) OR ([System.Id] = 2",
        "[System.Title] = bare",
        "[System.CreatedDate] > 'yesterday'",
    ],
)
def test_a_wrong_condition_is_a_complaint(site: Site, condition: str) -> None:
    site.create()
    answer = site.query(condition)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("TF51")


def test_a_deleted_item_is_not_found(site: Site) -> None:
    number = site.create()["id"]
    site.api.delete(f"/global/Delivery/_apis/wit/workitems/{number}", params={"api-version": "7.1"})
    assert site.found("[System.TeamProject] = @project") == []
