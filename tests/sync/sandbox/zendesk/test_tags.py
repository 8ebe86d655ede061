"""A ticket's tags by their own address."""

from tests.sync.sandbox.zendesk.desk import Desk


def test_tags_are_added_replaced_and_removed(desk: Desk) -> None:
    path = f"/api/v2/tickets/{desk.create(tags=['b'])['id']}/tags"
    assert desk.api.put(path, json={"tags": ["a"]}).json() == {"tags": ["a", "b"]}
    assert desk.api.post(path, json={"tags": ["c", "New One"]}).json() == {"tags": ["c", "new_one"]}
    assert desk.api.request("DELETE", path, json={"tags": ["c"]}).status_code == 204
    assert desk.api.get(path).json() == {"tags": ["new_one"]}


def test_tags_given_as_text_are_split(desk: Desk) -> None:
    assert desk.create(tags="one, two")["tags"] == ["one", "two"]


def test_tags_in_use_are_counted(desk: Desk) -> None:
    desk.create(tags=["a", "b"])
    desk.create(tags=["a"])
    assert desk.get("tags")["tags"] == [{"name": "a", "count": 2}, {"name": "b", "count": 1}]


def test_a_tag_is_not_added_over_somebody_elses_write(desk: Desk) -> None:
    made = desk.create()
    desk.practice.skew = 2
    desk.put(made["id"], subject="x")
    body = {"tags": ["a"], "safe_update": True, "updated_stamp": made["updated_at"]}
    assert desk.api.put(f"/api/v2/tickets/{made['id']}/tags", json=body).status_code == 409
