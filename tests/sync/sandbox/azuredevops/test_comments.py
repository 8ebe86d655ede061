"""Comments of the practice Azure DevOps: formats, versions, deletions, pages."""

from tests.sync.sandbox.azuredevops.site import PREVIEW, WIT, Site


def test_a_comment_is_a_revision_of_its_item(site: Site) -> None:
    number = site.create()["id"]
    said = site.say(number, "Hello **you**", format="markdown").json()
    assert (said["format"], said["text"], said["version"]) == ("markdown", "Hello **you**", 1)
    item = site.get(f"workitems/{number}")
    assert (item["rev"], item["fields"]["System.CommentCount"]) == (2, 1)
    last = site.get(f"workItems/{number}/updates")["value"][-1]
    assert last["fields"]["System.History"]["newValue"] == "Hello **you**"


def test_html_is_cleaned(site: Site) -> None:
    number = site.create()["id"]
    assert site.say(number, "<p onclick='x'>Hi</p><script>bad()</script>").json()["text"] == "<p>Hi</p>"


def test_an_edit_keeps_the_versions_and_only_its_author_may(site: Site) -> None:
    number = site.create()["id"]
    said = site.say(number, "Frist").json()["id"]
    place = f"{WIT}/workItems/{number}/comments/{said}"
    assert site.gita.patch(place, params=PREVIEW, json={"text": "Mine"}).status_code == 403
    assert site.api.patch(place, params=PREVIEW, json={"text": "First"}).json()["version"] == 2
    texts = [one["text"] for one in site.api.get(f"{place}/versions", params=PREVIEW).json()["value"]]
    assert texts == ["Frist", "First"]
    assert site.api.delete(place, params=PREVIEW).status_code == 204
    assert site.api.get(place, params=PREVIEW).status_code == 404
    listed = site.api.get(f"{WIT}/workItems/{number}/comments", params={**PREVIEW, "includeDeleted": "true"}).json()
    assert [(one["isDeleted"], one["text"]) for one in listed["comments"]] == [(True, "")]


def test_a_list_comes_by_pages(site: Site) -> None:
    number = site.create()["id"]
    for one in range(5):
        site.say(number, f"Number {one}")
    place, params = f"{WIT}/workItems/{number}/comments", {**PREVIEW, "$top": "2", "order": "asc"}
    found, token = [], ""
    while True:
        page = site.api.get(place, params={**params, **({"continuationToken": token} if token else {})}).json()
        found += [one["text"] for one in page["comments"]]
        token = page.get("continuationToken", "")
        if not token:
            break
    assert found == [f"Number {one}" for one in range(5)]


def test_a_comment_goes_with_fields_in_one_revision(site: Site) -> None:
    number = site.create()["id"]
    both = [
        {"op": "add", "path": f"/fields/{name}", "value": value}
        for name, value in (("System.Title", "x"), ("System.History", "y"))
    ]
    assert site.patch(number, *both).json()["rev"] == 2
    assert [
        one["text"] for one in site.api.get(f"{WIT}/workItems/{number}/comments", params=PREVIEW).json()["comments"]
    ] == ["y"]
