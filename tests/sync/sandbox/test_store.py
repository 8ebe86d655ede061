"""The memory of the practice systems."""

from pathlib import Path

import pytest

from sync.sandbox.store import Store


def test_what_was_put_is_there_after_reopening(tmp_path: Path) -> None:
    first = Store(tmp_path / "a.sqlite3")
    first.put("tickets", 7, {"id": 7, "subject": "Größe"})
    first.put_blob("file", b"\x00\xff")
    first.close()
    second = Store(tmp_path / "a.sqlite3")
    assert second.get("tickets", 7) == {"id": 7, "subject": "Größe"}
    assert second.blob("file") == b"\x00\xff"


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.sqlite3")
    store.put("tickets", 1, {"id": 1, "n": "old"})

    def write() -> None:
        with store.transaction():
            store.put("tickets", 1, {"id": 1, "n": "new"})
            store.put("tickets", 2, {"id": 2})
            store.delete("tickets", 1)
            store.next_id("ticket", start=50)
            raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        write()
    assert store.all("tickets") == [{"id": 1, "n": "old"}]
    assert store.next_id("ticket", start=50) == 50
    store.close()
    assert Store(tmp_path / "a.sqlite3").all("tickets") == [{"id": 1, "n": "old"}]


def test_documents_keep_the_order_in_which_they_came(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.sqlite3")
    for key in ("b", "a", "c"):
        store.put("things", key, {"id": key})
    store.put("things", "b", {"id": "b", "again": True})
    store.close()
    assert [doc["id"] for doc in Store(tmp_path / "a.sqlite3").all("things")] == ["b", "a", "c"]


def test_a_copy_can_be_changed_without_changing_the_store() -> None:
    store = Store(":memory:")
    store.put("things", 1, {"tags": ["x"]})
    copy = store.copy("things", 1)
    assert copy is not None
    copy["tags"].append("y")
    assert store.get("things", 1) == {"tags": ["x"]}


def test_numbers_are_never_given_twice_even_after_reopening(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.sqlite3")
    assert [store.next_id("ticket", start=4711) for _ in range(2)] == [4711, 4712]
    store.close()
    assert Store(tmp_path / "a.sqlite3").next_id("ticket", start=4711) == 4713
