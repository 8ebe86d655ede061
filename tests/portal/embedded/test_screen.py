"""The screen and var/demo.env say the same, and nothing that is not the person's to know."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from governance.management.commands.load_story import ADMIN
from governance.story.words import HOUSES
from portal.embedded.crew import PRACTICE
from portal.embedded.place import Environments, Place
from portal.embedded.screen import GUESTS, facts, screen, write_demo_env

PRIVATE = {"CONCORD_SEAL_PRIVATE_KEYS", "CONCORD_MARKER_KEY"}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A fresh place."""
    return Place(tmp_path)


@pytest.fixture
def environments(place: Place) -> Environments:
    """The environments of a demo there."""
    return Environments(
        place=place,
        database_url="postgresql://postgres:super@127.0.0.1:1/concord",
        broker_url="redis://:hush@127.0.0.1:2/0",
        site_url="http://127.0.0.1:8000",
        egress="127.0.0.1:8101",
    )


def test_demo_env_is_for_its_owner_alone(place: Place) -> None:
    write_demo_env(place, facts(place, port=8000, practice_ports=PRACTICE))
    assert (place.var / "demo.env").stat().st_mode & 0o777 == 0o600


def test_demo_env_names_the_site_the_sign_ins_and_both_systems(place: Place) -> None:
    write_demo_env(place, facts(place, port=8123, practice_ports=PRACTICE))
    lines = (place.var / "demo.env").read_text().splitlines()
    names = [line.partition("=")[0] for line in lines]
    assert "SITE_URL=http://127.0.0.1:8123" in lines
    assert {"SIGNIN_INTEGRATOR_EMAIL", "SIGNIN_INTEGRATOR_PASSWORD"} < set(names)
    assert {"ZENDESK_URL", "ZENDESK_EMAIL", "ZENDESK_TOKEN"} < set(names)
    assert {"JIRA_URL", "JIRA_EMAIL", "JIRA_TOKEN", "JIRA_PROJECT"} < set(names)


def test_a_second_start_gives_the_same_passwords(place: Place) -> None:
    first = facts(place, port=8000, practice_ports=PRACTICE)
    assert facts(Place(place.var), port=8000, practice_ports=PRACTICE) == first


def test_everybody_of_the_story_can_sign_in() -> None:
    people = {member.email for house in HOUSES for member in house.members}
    assert {guest.email for guest in GUESTS} == people | {ADMIN}


def test_the_screen_shows_every_sign_in(place: Place) -> None:
    known = facts(place, port=8000, practice_ports=PRACTICE)
    shown = screen(known)
    assert [value for name, value in known.items() if name.startswith("SIGNIN") and value not in shown] == []


def test_the_screen_fits_a_terminal(place: Place) -> None:
    lines = screen(facts(place, port=8000, practice_ports=PRACTICE)).splitlines()
    assert max(map(len, lines)) <= 100
    assert len(lines) <= 34


def test_the_web_process_gets_no_key_that_opens_a_credential(environments: Environments) -> None:
    assert not PRIVATE & set(environments.web())


def test_only_the_owner_gets_the_owners_login(environments: Environments) -> None:
    secret = environments.place.passwords().owner
    assert not [value for value in (environments.web() | environments.worker()).values() if secret in value]


def test_nobody_gets_the_superusers_password(environments: Environments) -> None:
    everything = environments.web() | environments.worker() | environments.owner()
    addresses = [value for value in everything.values() if "://" in value]
    assert addresses, "the database's address at least"
    assert not [one for one in addresses if urlsplit(one).password == "super" or urlsplit(one).username == "postgres"]
    assert "super" not in everything.values()


def test_the_variables_of_the_person_do_not_reach_us(
    environments: Environments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c row_security=off")
    monkeypatch.setenv("CONCORD_DEBUG", "1")
    assert not {"PGOPTIONS", "CONCORD_DEBUG"} & set(environments.web())
