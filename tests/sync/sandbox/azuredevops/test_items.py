"""Work items of the practice Azure DevOps: JSON Patch, rules, revisions, recycle bin, list of revisions."""

import pytest

from tests.sync.sandbox.azuredevops.site import PATCH, WIT, Site, V, add

HAND_OVER = "Microsoft.VSTS.Common.Severity"


def test_a_new_item_has_what_the_service_gives_it(site: Site) -> None:
    made = site.create("Link is down", add("System.Tags", "b; A; b"))
    assert (made["rev"], made["fields"]["System.State"], made["fields"]["System.Reason"]) == (1, "New", "New")
    assert made["fields"]["System.AreaPath"] == "Delivery"
    assert made["fields"]["System.Tags"] == "A; b"
    assert made["fields"]["System.CreatedBy"]["displayName"] == "Concord"
    assert "System.Description" not in made["fields"]


def test_a_test_of_the_revision_refuses_a_late_write(site: Site) -> None:
    number = site.create()["id"]
    test = {"op": "test", "path": "/rev", "value": 1}
    assert site.patch(number, test, add("System.Title", "One")).json()["rev"] == 2
    late = site.patch(number, test, add("System.Title", "Two"))
    assert late.status_code == 412
    assert site.get(f"workitems/{number}")["fields"]["System.Title"] == "One"


def test_a_patch_that_fails_changes_nothing(site: Site) -> None:
    number = site.create()["id"]
    answer = site.patch(number, add("System.Title", "Two"), add(HAND_OVER, "no such severity"))
    assert answer.status_code == 400
    assert answer.json()["typeKey"] == "RuleValidationException"
    errors = answer.json()["customProperties"]["RuleValidationErrors"]
    assert errors[0]["fieldReferenceName"] == HAND_OVER
    assert site.get(f"workitems/{number}")["rev"] == 1


def test_add_joins_tags_and_replace_replaces_them(site: Site) -> None:
    number = site.create("x", add("System.Tags", "one"))["id"]
    assert site.patch(number, add("System.Tags", "two")).json()["fields"]["System.Tags"] == "one; two"
    replaced = site.patch(number, {**add("System.Tags", "three"), "op": "replace"})
    assert replaced.json()["fields"]["System.Tags"] == "three"


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("System.Title", "x" * 256, "RuleValidationException"),
        ("System.Title", "", "RuleValidationException"),
        ("System.State", "Sleeping", "RuleValidationException"),
        ("System.Id", 7, "RuleValidationException"),
        ("System.AssignedTo", "Nobody Known", "RuleValidationException"),
        ("System.AreaPath", "Delivery\\Moon", "WorkItemInvalidTreeNameException"),
        ("Microsoft.VSTS.Common.Priority", 9, "RuleValidationException"),
        ("Custom.Missing", "x", "WorkItemTrackingFieldDefinitionNotFoundException"),
    ],
)
def test_a_wrong_value_is_refused_in_the_services_words(site: Site, name: str, value: object, key: str) -> None:
    answer = site.patch(site.create()["id"], add(name, value))
    assert (answer.status_code, answer.json()["typeKey"]) == (400, key)


def test_a_move_that_the_workflow_does_not_have_is_refused(site: Site) -> None:
    made = site.create(kind="User Story")
    assert site.patch(made["id"], add("System.State", "Closed")).status_code == 400
    moved = site.patch(made["id"], add("System.State", "Active")).json()["fields"]
    assert (moved["System.State"], moved["System.Reason"]) == ("Active", "Implementation started")


def test_nothing_is_saved_where_only_a_check_was_asked_for(site: Site) -> None:
    number = site.create()["id"]
    assert site.patch(number, add("System.Title", "Else"), validateOnly="true").status_code == 200
    assert site.get(f"workitems/{number}")["rev"] == 1


def test_another_media_type_and_no_version_are_refused(site: Site) -> None:
    plain = site.api.post(f"{WIT}/workitems/$Bug", params=V, json=[add("System.Title", "x")])
    assert plain.status_code == 415
    bare = site.api.post(f"{WIT}/workitems/$Bug", json=[add("System.Title", "x")], headers=PATCH)
    assert (bare.status_code, bare.json()["typeKey"]) == (400, "VssVersionNotSpecifiedException")
    new = site.api.get(f"{WIT}/workitems/1", params={"api-version": "9.0"})
    assert new.json()["typeKey"] == "VssVersionOutOfRangeException"
    preview = site.api.get(f"{WIT}/workItems/{site.create()['id']}/comments", params=V)
    assert preview.json()["typeKey"] == "VssInvalidPreviewVersionException"


def test_updates_tell_old_new_time_and_actor(site: Site) -> None:
    number = site.create("Before")["id"]
    site.patch(number, add("System.Title", "After"), add("System.AssignedTo", "Gita Menon"))
    first, second = site.get(f"workItems/{number}/updates")["value"]
    assert second["fields"]["System.Title"] == {"oldValue": "Before", "newValue": "After"}
    assert second["fields"]["System.AssignedTo"]["newValue"]["uniqueName"] == "gita@global.example"
    assert second["revisedBy"]["displayName"] == "Concord"
    assert second["revisedDate"].startswith("9999")
    assert first["revisedDate"] == second["fields"]["System.ChangedDate"]["newValue"]
    assert [one["rev"] for one in site.get(f"workItems/{number}/revisions")["value"]] == [1, 2]


def test_a_deleted_item_waits_in_the_recycle_bin(site: Site) -> None:
    number = site.create()["id"]
    gone = site.api.delete(f"{WIT}/workitems/{number}", params=V).json()
    assert (gone["code"], gone["resource"]["rev"]) == (200, 2)
    assert site.api.get(f"{WIT}/workitems/{number}", params=V).status_code == 404
    assert [one["id"] for one in site.get("recyclebin")["value"]] == [number]
    back = site.api.patch(f"{WIT}/recyclebin/{number}", params=V, json={"IsDeleted": False})
    assert back.status_code == 200
    assert site.get(f"workitems/{number}")["rev"] == 3


def test_a_batch_leaves_out_what_is_not_there_only_where_it_may(site: Site) -> None:
    number = site.create()["id"]
    asked = {"ids": [number, 99], "fields": ["System.Title"]}
    assert site.api.post(f"{WIT}/workitemsbatch", params=V, json=asked).status_code == 404
    rows = site.api.post(f"{WIT}/workitemsbatch", params=V, json=asked | {"errorPolicy": "omit"}).json()["value"]
    assert [one and one["fields"] for one in rows] == [{"System.Title": "Link is down"}, None]
    both = site.api.post(f"{WIT}/workitemsbatch", params=V, json=asked | {"$expand": "all"})
    assert both.status_code == 400


def test_the_list_of_revisions_goes_on_where_it_ended(site: Site) -> None:
    one, two = site.create("One")["id"], site.create("Two")["id"]
    site.switch("reporting", page=1)
    place, body = f"{WIT}/reporting/workitemrevisions", {"fields": ["System.Title"], "includeDeleted": True}
    first = site.api.post(place, params={**V, "startDateTime": "2020-01-01T00:00:00Z"}, json=body).json()
    assert ([row["id"] for row in first["values"]], first["isLastBatch"]) == ([one], False)
    token = {**V, "continuationToken": first["continuationToken"]}
    second = site.api.post(place, params=token, json=body).json()
    assert ([row["id"] for row in second["values"]], second["isLastBatch"]) == ([two], True)
    site.api.delete(f"{WIT}/workitems/{one}", params=V)
    third = site.api.post(place, params={**V, "continuationToken": second["continuationToken"]}, json=body).json()
    assert [(row["id"], row["rev"]) for row in third["values"]] == [(one, 2)]
    site.switch("reporting", page=200, refuse=True)
    assert site.api.post(place, params=token, json=body).status_code == 400


def test_files_go_up_whole_and_in_chunks(site: Site) -> None:
    number, octets = site.create()["id"], {"Content-Type": "application/octet-stream"}
    begun = site.api.post(
        f"{WIT}/attachments", params={**V, "fileName": "a.bin", "uploadType": "chunked"}, headers=octets
    )
    key, url = begun.json()["id"], begun.json()["url"]
    for start, data in ((0, b"abc"), (3, b"de")):
        end = start + len(data) - 1
        head = {**octets, "Content-Range": f"bytes {start}-{end}/5"}
        assert site.api.put(f"{WIT}/attachments/{key}", params=V, content=data, headers=head).status_code == 200
    made = site.patch(
        number, add("/relations/-", {"rel": "AttachedFile", "url": url, "attributes": {"comment": "c"}})
    )
    (relation,) = made.json()["relations"]
    assert (relation["attributes"]["name"], relation["attributes"]["resourceSize"]) == ("a.bin", 5)
    assert site.api.get(f"{WIT}/attachments/{key}", params=V).content == b"abcde"
