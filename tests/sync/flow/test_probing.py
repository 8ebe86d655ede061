"""What pages ask of a tracker, answered by a worker: each answer with a sentence that helps."""

from dataclasses import replace

import httpx
import pytest

from governance.register.models import System
from governance.register.services.systems import (
    Secret,
    SystemDraft,
    ask_system,
    change_system,
    register_system,
    set_credential,
)
from governance.rulebook.models import Rulebook
from governance.rulebook.services.drafts import dry_run
from governance.story.acting import acting
from governance.story.rulebooks import BOARD, DESK
from portal.embedded.checks import free_port
from sync.flow import polling, probing
from sync.flow.models.cases import Lane
from sync.flow.models.facts import Envelope
from sync.flow.models.streams import Probe, Stream
from sync.flow.models.writes import Intent
from sync.sandbox.jira.seed import SYNC_EMAIL as BOARD_ACCOUNT
from tests.sync.flow.practice import TOKEN
from tests.sync.flow.stage import ASHA, INES, Stage


def newest(system: int, kind: str) -> Probe:
    """The last answer of a kind."""
    return Probe.objects.filter(system=system, kind=kind).latest("asked_at")


def asked(stage: Stage, email: str, system: int, kind: str) -> Probe:
    """What a worker answers to a person's question."""
    with acting(email) as by:
        ask_system(by=by, system=System.objects.get(pk=system), kind=kind)
    assert system in stage.engine(polling.due_systems), "a lost hint costs a second, not the answer"
    assert stage.engine(probing.answer_all, system) == 1
    return newest(system, kind)


def spare(stage: Stage, name: str, **given: str) -> int:
    """Another Jira of Infinity's, with something wrong about it."""
    url, project = given.get("url", stage.board.practice.url), given.get("project", "INF")
    with acting(INES) as by:
        system = register_system(
            by=by, kind="jira", draft=SystemDraft(name, url, System.Environment.TEST, {"project": project})
        )
        secret = Secret("token", given.get("user", BOARD_ACCOUNT), given.get("token", TOKEN))
        set_credential(by=by, system=system, secret=secret)
    return int(system.pk)


def test_a_good_system_is_checked_and_named(stage: Stage) -> None:
    probe = asked(stage, INES, stage.jira, "check")
    assert (probe.state, probe.sentence) == ("done", "Reached as Concord.")
    stream = Stream.objects.get(pk=stage.jira)
    assert (stream.state, stream.account, stream.product.split()[0]) == ("ok", "Concord", "Jira")


def test_a_wrong_token_is_told_and_stops_the_system(stage: Stage) -> None:
    system = spare(stage, "Wrong token", token="no-such-token")
    probe = asked(stage, INES, system, "check")
    assert (probe.state, probe.answer["code"]) == ("failed", "tracker-unauthorized")
    assert "Enter a new one on the system's page." in probe.sentence
    assert "no-such-token" not in probe.sentence
    assert Stream.objects.get(pk=system).state == Stream.State.NEEDS_AUTH


def test_a_new_credential_starts_a_stopped_system_again(stage: Stage) -> None:
    system = spare(stage, "Mended", token="no-such-token")
    asked(stage, INES, system, "check")
    with acting(INES) as by:
        set_credential(by=by, system=System.objects.get(pk=system), secret=Secret("token", BOARD_ACCOUNT, TOKEN))
    assert asked(stage, INES, system, "check").state == "done"
    stage.poll(system)
    assert Stream.objects.get(pk=system).state == Stream.State.OK


def test_an_address_where_nobody_answers_is_told(stage: Stage) -> None:
    system = spare(stage, "Wrong address", url=stage.board.practice.url)
    nobody = f"127.0.0.1:{free_port()}"
    draft = SystemDraft("Wrong address", f"http://{nobody}", System.Environment.TEST, {"project": "INF"})
    with stage.allowing(nobody), acting(INES) as by:
        change_system(by=by, system=System.objects.get(pk=system), draft=draft, version=1)
    with stage.allowing(nobody):
        probe = asked(stage, INES, system, "check")
    assert probe.state == "failed"
    assert "nobody answers at its address" in probe.sentence


def test_an_address_inside_the_house_is_refused_though_it_answers(stage: Stage) -> None:
    """The practice system itself, once the installation does not allow it by name any more."""
    system = spare(stage, "Inside")
    with stage.allowing(only=""):
        probe = asked(stage, INES, system, "check")
    assert probe.state == "failed"
    assert "cannot be used" in probe.sentence


def test_a_project_that_is_not_there_is_told(stage: Stage) -> None:
    probe = asked(stage, INES, spare(stage, "Wrong project", project="NOPE"), "check")
    assert "There is no project NOPE, or the account may not see it." in probe.sentence


@pytest.mark.parametrize("fault", [{"html": True}, {"half": True}, {"status": 500}], ids=["html", "half", "500"])
def test_a_tracker_that_answers_badly_is_told_and_nothing_breaks(stage: Stage, fault: dict[str, object]) -> None:
    stage.board.practice.fault(times=20, **fault)
    probe = asked(stage, INES, stage.jira, "check")
    assert probe.state == "failed"
    assert "Jira" in probe.sentence and "broke on our side" not in probe.sentence


def test_a_description_names_fields_options_and_moves(stage: Stage) -> None:
    probe = asked(stage, ASHA, stage.zendesk, "describe")
    fields = {row["key"]: row for row in probe.answer["fields"]}
    assert {"subject", "status", "priority"} <= set(fields)
    assert "Solved" in [option["value"] for option in fields["status"]["options"]]
    assert probe.sentence == f"{len(fields)} fields."


def tried(stage: Stage, email: str, side: str, record: str, rules: object = None) -> Probe:
    """A dry run of a side's own rules on an item of its own."""
    system = stage.zendesk if side == "a" else stage.jira
    with acting(email) as by:
        book = Rulebook.objects.get(side=side)
        own = DESK if side == "a" else BOARD
        dry_run(by=by, rulebook=book, system=System.objects.get(pk=system), record=record, rules=rules or own)  # type: ignore[arg-type]
    stage.engine(probing.answer_all, system)
    return newest(system, "dry-run")


def test_a_dry_run_shows_what_would_leave_and_writes_nothing(stage: Stage) -> None:
    ticket, twin = stage.pair("Rehearsed", priority="high", tags=["vip"])
    before = facts(stage, twin)
    probe = tried(stage, ASHA, "a", f"#{ticket}")
    terms = {row["term"]: row["after"] for row in probe.answer["writes"] if row["target"] == "Infinity Solutions"}
    assert (probe.state, probe.answer["offered"]) == ("done", True)
    assert (terms["title"], terms["priority"], terms["status"]) == ("Rehearsed", "P2", "new")
    assert [row["term"] for row in probe.answer["withheld"]] == ["labels"]
    assert "vip" not in str(probe.answer)
    assert facts(stage, twin) == before


def test_a_dry_run_shows_what_would_be_written_here_by_changed_rules(stage: Stage) -> None:
    _, twin = stage.pair("Rehearsed there", priority="high")
    lines = tuple(
        replace(line, values=tuple((a, "Lowest" if a == "P2" else b) for a, b in line.values))
        if line.term == "priority"
        else line
        for line in BOARD.incoming
    )
    probe = tried(stage, INES, "b", twin, replace(BOARD, incoming=lines))
    written = [(w["field"], w["before"], w["after"]) for w in probe.answer["writes"] if w["term"] == "priority"]
    assert ("priority", "High", "Lowest") in written
    assert stage.board.issue(twin)["priority"]["name"] == "High"


def test_a_dry_run_on_an_item_that_is_not_there_says_so(stage: Stage) -> None:
    probe = tried(stage, ASHA, "a", "999999")
    assert (probe.state, probe.answer["code"]) == ("failed", "tracker-missing")


def facts(stage: Stage, twin: str) -> tuple[object, ...]:
    """Everything that a dry run must leave alone."""
    lanes = list(Lane.objects.order_by("pk").values_list("pk", "dirty", "dirty_seq"))
    issue = stage.board.issue(twin)
    return Intent.objects.count(), Envelope.objects.count(), lanes, issue["updated"], issue["summary"]


def test_subscribing_twice_leaves_one_webhook_that_works(stage: Stage) -> None:
    for email, system in ((ASHA, stage.zendesk), (INES, stage.jira)):
        assert asked(stage, email, system, "subscribe").state == "done"
    desk, board = stage.practices
    hooks = httpx.get(f"{board.url}/rest/webhooks/1.0/webhook", auth=(BOARD_ACCOUNT, TOKEN)).json()
    assert [hook["url"] for hook in hooks if hook["url"].startswith(stage.site)].__len__() == 1
    ticket, twin = stage.pair("Still told")
    Stream.objects.filter(pk=stage.jira).update(last_delivery=None)
    stage.board.comment(twin, "By webhook.")
    board.silence()
    assert Stream.objects.get(pk=stage.jira).last_delivery is not None
    assert Lane.objects.get(case=stage.case(ticket)).dirty
    assert desk.quiet()
