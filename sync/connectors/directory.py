"""docs/connectors.md out of the code: what each tracker asks for, can do and does not tell."""

import httpx

from sync.connectors.base import Account, Capabilities, Vault
from sync.connectors.registry import TRACKERS, Setting, Tracker

WAYS_IN = {
    "token": "user name with an API token",
    "password": "user name with a password",
    "oauth": "OAuth 2",
}
HEAD = """# Trackers

Made by `make connectors` out of `sync/connectors`; a test fails when it is out of date. How to add one:
[connectors/add-one.md](connectors/add-one.md). More on [ServiceNow](connectors/servicenow.md) and on
[systems without a connector](connectors/rest.md).
"""


def page(vault: Vault) -> str:
    """The whole page as Markdown; `vault` is handed to the connectors, and never asked."""
    return "\n".join([HEAD, *(section(tracker, capabilities(tracker, vault)) for tracker in TRACKERS)])


def capabilities(tracker: Tracker, vault: Vault) -> Capabilities:
    """What a tracker's connector declares, without a request."""
    needed = {one.key: one.example or "-" for one in tracker.settings if one.required or one.long}
    with httpx.Client(trust_env=False) as client:
        return tracker.connector(Account("https://tracker.example", vault, needed), client).capabilities


def section(tracker: Tracker, can: Capabilities) -> str:
    """One tracker's chapter."""
    ways = ", then ".join(WAYS_IN[kind] for kind in tracker.credentials)
    answers = [
        ("repeats a creation without a double", yes(can.idempotent_create)),
        ("a lost write is known to be absent after", f"{can.absent_after:g} s"),
        ("tells time and actor of each change", yes(can.history)),
        ("lets us edit our comments", yes(can.edit_comment)),
        ("refuses a write when the item changed", yes(can.compare_and_set)),
        ("its list may lag by", f"{can.list_lag:g} s"),
        ("each poll steps back by", f"{can.overlap:g} s"),
        ("signs its webhooks", yes(can.webhook_signed)),
    ]
    return "\n".join(
        [
            f"## {tracker.label}",
            "",
            f"- Kind: `{tracker.kind}`; address: {tracker.address_help}",
            f"- Sign-in: {ways}",
            *(described(setting) for setting in tracker.settings),
            *(
                [f"- Filters of rulebooks: {tracker.language}, for example `{tracker.example}`"]
                if tracker.language
                else []
            ),
            "",
            "| it … | |",
            "|---|---|",
            *(f"| {question} | {answer} |" for question, answer in answers),
            "",
            "Good to know:",
            "",
            *(f"- {sentence}" for sentence in can.blind_spots),
            "",
        ]
    )


def described(setting: Setting) -> str:
    """One field of a system's form."""
    need = " (required)" if setting.required else ""
    lines = ["", "", "      " + setting.example.replace("\n", "\n      "), ""] if setting.long else []
    return f"- Setting `{setting.key}`, {setting.label}{need}: {setting.help}" + "\n".join(lines)


def yes(answer: bool) -> str:
    """A yes or no as a word."""
    return "yes" if answer else "no"
