"""What the demo tells the person: one calm screen, and the same facts in var/demo.env."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.embedded.checks import HOST
from portal.embedded.place import Place
from portal.embedded.secret_files import env_file, new_password, write_private


@dataclass(frozen=True, slots=True)
class Guest:
    """A person of the story who can sign in; `role` names the variables SIGNIN_<role>_EMAIL and _PASSWORD."""

    role: str
    name: str
    email: str
    duty: str


#: the people of governance/story/words.py; a test holds both lists together
GUESTS = (
    Guest("INTEGRATOR", "Ivo Brandt", "ivo@infinity.example", "service integrator, Infinity"),
    Guest("CUSTOMER", "Ines Ortega", "ines@infinity.example", "owns the Jira side, Infinity"),
    Guest("PROVIDER", "Asha Rao", "asha@mercuri.example", "owns the Zendesk side, Mercuri Inc."),
    Guest("OPERATOR", "Ben Okafor", "ben@mercuri.example", "service desk lead, Mercuri Inc."),
    Guest("VIEWER", "Vera Lind", "vera@infinity.example", "steering committee, Infinity"),
    Guest("PARTNER", "Gita Menon", "gita@global.example", "delivery manager, Global Pvt Ltd"),
    Guest("STRANGER", "Dan Reyes", "dan@dune.example", "of Dune Ltd, party to nothing"),
    Guest("ADMIN", "Site administrator", "admin@concord.example", "reads the admin pages"),
)
ZENDESK_EMAIL = "asha@mercuri.example"
JIRA_EMAIL = "ines@infinity.example"
JIRA_PROJECT = "INF"

SCREEN = """
  Concord runs at  {site}

  Sign in as
{guests}

  Practice systems
    Zendesk   {zendesk}
    Jira      {jira}

  Try
    1. Open a ticket in Zendesk: within seconds it is an issue in Jira.
    2. Comment in Jira: the comment is in Zendesk. A private note stays where it is.
    3. Move the issue on: the status goes back to the ticket.
    4. make stop-jira in another terminal, comment in Zendesk five times, make start-jira:
       all arrive, in order.
    5. Sign in and open the case: every change with its time, actor and cause.

  All of this is in var/demo.env. Logs are in var/log.
  Ctrl-C stops. make demo goes on where it stopped; make demo-reset forgets everything.
"""


def facts(place: Place, *, port: int, practice_ports: Mapping[str, int]) -> dict[str, str]:
    """Every fact of the screen as KEY -> value; passwords and tokens are made once and kept."""
    known = {"SITE_URL": f"http://{HOST}:{port}"}
    for guest in GUESTS:
        known[f"SIGNIN_{guest.role}_EMAIL"] = guest.email
        known[f"SIGNIN_{guest.role}_PASSWORD"] = place.secrets.get(guest.email, new_password)
    return known | {
        "ZENDESK_URL": f"http://{HOST}:{practice_ports['zendesk']}",
        "ZENDESK_EMAIL": ZENDESK_EMAIL,
        "ZENDESK_TOKEN": place.secrets.get("zendesk-token", new_password),
        "JIRA_URL": f"http://{HOST}:{practice_ports['jira']}",
        "JIRA_EMAIL": JIRA_EMAIL,
        "JIRA_TOKEN": place.secrets.get("jira-token", new_password),
        "JIRA_PROJECT": JIRA_PROJECT,
    }


def write_demo_env(place: Place, known: Mapping[str, str]) -> None:
    """var/demo.env, mode 600."""
    write_private(place.var / "demo.env", env_file(known))


def screen(known: Mapping[str, str]) -> str:
    """The one screen."""
    width = max(len(guest.email) for guest in GUESTS)
    guests = "\n".join(
        f"    {guest.email:<{width}}  {known[f'SIGNIN_{guest.role}_PASSWORD']}  {guest.name}, {guest.duty}"
        for guest in GUESTS
    )
    return SCREEN.format(site=known["SITE_URL"], guests=guests, zendesk=known["ZENDESK_URL"], jira=known["JIRA_URL"])
