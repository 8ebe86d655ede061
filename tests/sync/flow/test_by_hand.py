"""The reference scenario from nothing to a moving ticket: every step through the site's forms, on real processes."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from portal.embedded.checks import HOST, free_port
from portal.embedded.processes import Household
from tests.sync.flow.byhand import PASSWORD, Hands
from tests.sync.flow.crew import Crew, left
from tests.sync.flow.hands import Board, Desk
from tests.sync.flow.practice import TOKEN, practising
from tests.sync.flow.stage import empty, forget

pytestmark = pytest.mark.worker
#: what the site's own process knows; the tests' quick one is not among them
HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
NOTE = "canary-for-agents-only"


@pytest.fixture(scope="module")
def crew(
    database: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Crew]:
    """Where the product's processes are started; the database is empty before and after."""
    household = Household()
    with ExitStack() as stack:
        stack.enter_context(django_db_blocker.unblock())
        stack.callback(forget)
        stack.callback(empty)
        stack.callback(household.stop)
        # without a mail server a page hands the link of an invitation over
        yield Crew(household, tmp_path_factory.mktemp("crew"), {"CONCORD_EMAIL_URL": ""})


@pytest.fixture(scope="module")
def hands(crew: Crew, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hands]:
    """Both trackers, the site with its worker and its clock, and nobody there yet."""
    port = free_port()
    with ExitStack() as stack:
        desk, board = stack.enter_context(practising(tmp_path_factory.mktemp("practice")))
        egress = ",".join(one.url.removeprefix("http://") for one in (desk, board))
        chosen = {"EGRESS_ALLOW": egress, "SITE_URL": f"http://{HOST}:{port}", "PASSWORD_HASHERS": HASHERS}
        stack.enter_context(override_settings(**chosen))
        stack.enter_context(pytest.MonkeyPatch.context()).setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
        stack.callback(crew.household.stop)
        crew.worker()
        crew.beat()
        yield Hands(crew.web(port), desk, board)


@pytest.fixture(scope="module")
def made(hands: Hands) -> Hands:
    """The whole agreement, made through the forms."""
    hands.make_all()
    return hands


def test_a_ticket_arrives_and_comment_and_status_go_back_but_a_note_is_nowhere(made: Hands, crew: Crew) -> None:
    desk, board = Desk(made.desk), Board(made.board)
    ticket = desk.open("Checkout fails", "Every third payment fails.", priority="high", tags=["vip-customer"])
    crew.until(lambda: len(board.titled("Checkout fails")) == 1)
    (twin,) = board.titled("Checkout fails")
    desk.comment(ticket, f"Between us: {NOTE}", public=False)
    desk.comment(ticket, "We look into it.")
    board.comment(twin, "Which browser is it?")
    board.move(twin, "In Progress")
    crew.until(lambda: desk.ticket(ticket)["status"] == "open" and len(desk.words(ticket)) == 3)
    crew.until(lambda: len(board.words(twin)) == 2 and not left())
    assert desk.words(ticket)[-1] == "Ines Ortega (Infinity Solutions) wrote:\n\nWhich browser is it?"
    assert "**Asha Rao** (Mercuri Inc.) wrote:\n\nWe look into it." in board.words(twin)
    issue = board.issue(twin)
    assert (issue["priority"]["name"], issue["status"]["name"]) == ("High", "In Progress")
    told = f"{issue} {board.words(twin)} {crew.log('worker')} {crew.log('web')}"
    assert NOTE not in told
    assert "vip-customer" not in told


def test_each_side_sees_the_case_on_its_pages_and_the_partner_no_note(made: Hands, crew: Crew) -> None:
    for name, may in (("Asha", True), ("Ines", False)):
        person = made.of(name).open("/cases/")
        case = str(person.page.select("main a[data-open]")[0]["href"]).partition("?")[0]
        for tab in ("", "?tab=history", "?tab=access"):
            text = person.open(f"{case}{tab}").shown.text
            assert may or NOTE not in text
        assert "Which browser is it?" in person.open(case).shown.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"base_url": "http://zendesk.example"}, "Use https."),
        ({"base_url": "zendesk.example"}, "Enter an address such as https://"),
        ({"base_url": "https://me:secret@zendesk.example"}, "without a sign-in"),
        (
            {"base_url": "https://127.0.0.1", "name": "Mercuri Zendesk"},
            "Another system of your company has this name.",
        ),
    ],
)
def test_a_wrong_address_is_refused_with_what_to_enter(made: Hands, typed: dict[str, str], sentence: str) -> None:
    asha = made.of("Asha").open("/register/systems/new/?kind=zendesk")
    asha.press("Add the system", **{"name": "Second desk", **typed})
    assert asha.status == 422
    assert sentence in asha.words


def test_an_address_where_nobody_answers_is_told_on_the_systems_page(made: Hands) -> None:
    asha = made.of("Asha").open("/register/systems/new/?kind=zendesk")
    asha.press("Add the system", name="Lost desk", base_url="https://desk.invalid").ok()
    asha.press("Seal it and check", user="concord@mercuri.example", secret=TOKEN).ok()
    asha.until("Zendesk cannot be reached: nobody answers at its address.")


def test_a_wrong_credential_is_told_on_the_systems_page(made: Hands) -> None:
    asha = made.of("Asha").open("/register/systems/new/?kind=zendesk")
    asha.press("Add the system", name="Shut desk", base_url=made.desk.url).ok()
    asha.press("Seal it and check", user="concord@mercuri.example", secret="not-the-token").ok()
    asha.until("Zendesk does not know this credential. Check the e-mail address and the token.")


def test_a_wrong_project_is_told_on_the_systems_page(made: Hands) -> None:
    ines = made.of("Ines").open("/register/systems/new/?kind=jira")
    ines.press("Add the system", name="Other board", base_url=made.board.url, setting_project="NOPE").ok()
    ines.press("Seal it and check", user="concord@infinity.example", secret=TOKEN).ok()
    ines.until("There is no project NOPE")


def test_a_system_that_told_no_kinds_is_not_offered_for_a_connection(made: Hands) -> None:
    asha = made.of("Asha").open("/register/systems/new/?kind=zendesk")
    asha.press("Add the system", name="Mute desk", base_url=made.desk.url).ok()
    asha.open(made.care).follow("Connect two systems")
    assert "Not offered: " in asha.words
    asha.press("Propose it", name="Nothing chosen")
    assert asha.status == 422
    assert "Choose a system and the kind of item in it." in asha.words
