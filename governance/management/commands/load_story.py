"""Loads the reference scenario; run again, it changes nothing that stands."""

import os
import secrets
from collections.abc import Mapping

from django.core.management.base import BaseCommand, CommandError

from governance.story.tell import Practice, tell
from portal.access.models import User
from portal.core.errors import Fault

ADMIN = "admin@concord.example"
NEEDED = ("ZENDESK_TOKEN", "JIRA_TOKEN")


class Command(BaseCommand):
    """`manage.py load_story`: passwords and tokens come from the environment."""

    help = (
        "Load the companies, systems, agreement and rules of the reference scenario. Reads ZENDESK_URL, "
        "ZENDESK_SYNC_EMAIL, ZENDESK_TOKEN, JIRA_URL, JIRA_SYNC_EMAIL, JIRA_TOKEN, JIRA_PROJECT, DEMO_PASSWORD, and "
        "SIGNIN_<NAME>_EMAIL with SIGNIN_<NAME>_PASSWORD for people with a password of their own."
    )

    def handle(self, *args: object, **options: object) -> None:
        """Load it, and print a password that was made here."""
        missing = [name for name in NEEDED if not os.environ.get(name)]
        if missing:
            raise CommandError(f"Set {' and '.join(missing)}: the tokens of the practice systems.")
        known = passwords(os.environ)
        made = "" if known.get("") else secrets.token_urlsafe(12)
        known[""] = known.get("") or made
        try:
            tell(practice(os.environ, known))
        except Fault as fault:
            fields = "".join(f" {name}: {text}" for name, text in getattr(fault, "fields", {}).items())
            raise CommandError(f"The story stopped: {fault.sentence}{fields}") from fault
        if not User.objects.filter(email=ADMIN).exists():
            User.objects.create_superuser(ADMIN, known.get(ADMIN) or known[""], name="Site administrator")
        if made:
            self.stdout.write(f"Everybody without a password of their own signs in with {made}")


def passwords(environment: Mapping[str, str]) -> dict[str, str]:
    """Password by e-mail address; DEMO_PASSWORD stands under "" for everybody else."""
    found = {"": environment.get("DEMO_PASSWORD", "")}
    for name, email in environment.items():
        if name.startswith("SIGNIN_") and name.endswith("_EMAIL"):
            word = environment.get(f"{name.removesuffix('_EMAIL')}_PASSWORD", "")
            found |= {email.lower(): word} if word else {}
    return found


def practice(environment: Mapping[str, str], known: Mapping[str, str]) -> Practice:
    """The practice systems as the environment gives them."""
    return Practice(
        zendesk_url=environment.get("ZENDESK_URL", "http://127.0.0.1:8101"),
        zendesk_email=environment.get("ZENDESK_SYNC_EMAIL", "concord@mercuri.example"),
        zendesk_token=environment["ZENDESK_TOKEN"],
        jira_url=environment.get("JIRA_URL", "http://127.0.0.1:8102"),
        jira_email=environment.get("JIRA_SYNC_EMAIL", "concord@infinity.example"),
        jira_token=environment["JIRA_TOKEN"],
        jira_project=environment.get("JIRA_PROJECT", "INF"),
        passwords=known,
    )
