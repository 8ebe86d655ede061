"""What a program reads of the flow: its own company's side, and what partners let it see."""

from typing import Any

from sync.models import Parked
from tests import factories, traffic
from tests.characters import Character
from tests.story import Story


def rows(who: Character, path: str) -> list[dict[str, Any]]:
    """The first page of a list."""
    answer = who.api(write=False).get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def test_a_case_lists_its_items_and_its_chain(ada: Character, story: Story) -> None:
    case = traffic.run(story)
    found = rows(ada, "cases/")[0]
    assert found["uid"] == str(case.uid)
    labels = [item["name"] for item in found["items"]]
    assert labels == [f"#{story.a.pk}01", f"#{story.b.pk}01"]
    chain = ada.client.get(f"/api/v1/cases/{case.uid}/chain/").json()
    assert [(hop["connection"]["name"], hop["a"]["name"], hop["b"]["name"]) for hop in chain] == [
        ("Desk to Board", *labels)
    ]


def test_each_company_reads_its_own_changes_with_values(ada: Character, ben: Character, story: Story) -> None:
    traffic.run(story)
    for who in (ada, ben):
        found = rows(who, "changes/")
        assert [(row["field"], row["new"], row["disposition"]) for row in found] == [("status", "open", "applied")]
    assert {row["item"]["uid"] for row in rows(ada, "changes/")}.isdisjoint(
        row["item"]["uid"] for row in rows(ben, "changes/")
    )


def test_an_envelope_is_read_by_sender_and_receiver(ada: Character, ben: Character, story: Story) -> None:
    traffic.run(story)
    for who in (ada, ben):
        bodies = [row["body"] for row in rows(who, f"envelopes/?connection={story.connection.uid}")]
        assert bodies == [{"title": "Cannot sign in"}] * 2


def test_what_was_written_elsewhere_is_told_without_values(ada: Character, story: Story) -> None:
    traffic.run(story)
    told = {row["company"]["name"]: row["after"] for row in rows(ada, "intents/")}
    assert told == {"Aster": {"status": "open"}, "Birch": None}


def test_withheld_terms_and_conflicts_are_for_their_owner_alone(ada: Character, story: Story) -> None:
    traffic.run(story)
    for noun in ("withheld", "conflicts"):
        assert [row["company"]["name"] for row in rows(ada, f"{noun}/")] == ["Aster"]


def test_a_stream_has_its_systems_uid(ada: Character, story: Story) -> None:
    traffic.run(story)
    row = ada.client.get(f"/api/v1/streams/{story.desk.uid}/").json()
    assert (row["uid"], row["state"]) == (str(story.desk.uid), "ok")


def test_a_probe_is_asked_and_waits_for_a_worker(ada: Character, vic: Character, story: Story) -> None:
    factories.credential(story.desk)
    traffic.stream(story.desk)
    body = {"system": str(story.desk.uid), "kind": "check"}
    answer = ada.api().post("/api/v1/probes/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    assert vic.api().post("/api/v1/probes/", body, content_type="application/json").status_code == 403


def test_a_dry_run_is_a_probe_of_the_live_rules(ada: Character, story: Story) -> None:
    factories.credential(story.desk)
    traffic.stream(story.desk)
    path = f"/api/v1/rulebooks/{story.rules_a.rulebook.uid}/dry-run/"
    client = ada.api()
    answer = client.post(path, {"record": "4711"}, content_type="application/json")
    assert answer.status_code == 202, answer.content
    probe = client.get(f"/api/v1/probes/{answer.json()['uid']}/").json()
    assert (probe["kind"], probe["state"]) == ("dry-run", "waiting")


def test_an_item_beyond_ones_own_hops_is_not_named(ada: Character, story: Story) -> None:
    """Company A connects to B; B connects on to a third company of which A need not know."""
    third = factories.company("Global")
    tracker = factories.system(third, "Azure")
    onward = factories.connection(factories.integration(story.b, third), story.board, tracker)
    case = traffic.run(story)
    case.companies = sorted({*case.companies, third.pk})
    case.save()
    beyond = traffic.item(case, tracker, "900", label="WI 900")
    beyond.readers = onward.companies
    beyond.save()
    body = ada.client.get(f"/api/v1/cases/{case.uid}/").content
    chain = ada.client.get(f"/api/v1/cases/{case.uid}/chain/").content
    for canary in (b"WI 900", b"Global", b"Azure"):
        assert canary not in body + chain


def test_parked_work_is_retried_and_skipped_with_a_reason(ada: Character, story: Story) -> None:
    traffic.run(story)
    row = rows(ada, "parked/?state=open")[0]
    client, path = ada.api(), f"/api/v1/parked/{row['uid']}/"
    assert client.post(f"{path}skip/", {}, content_type="application/json").status_code == 400
    assert client.post(f"{path}retry/", {}, content_type="application/json").json()["state"] == "retry"
    again = client.post(f"{path}retry/", {}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "stale")
    Parked.objects.update(state=Parked.State.OPEN)
    skipped = client.post(f"{path}skip/", {"reason": "Not needed."}, content_type="application/json").json()
    assert (skipped["state"], skipped["reason"], skipped["settled_by"]) == ("skipped", "Not needed.", "Ada")


def test_a_whole_cause_is_retried_at_once(ada: Character, story: Story) -> None:
    case = traffic.run(story)
    traffic.parked(case, story.connection, story.desk, subject="term:status")
    body = {"fingerprint": "f" * 64}
    answer = ada.api().post("/api/v1/parked/retry-cause/", body, content_type="application/json")
    assert answer.json() == {"retried": 2}
