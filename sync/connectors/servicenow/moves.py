"""Moves between states: ServiceNow has no transitions, a state is written together with what it asks for."""

from portal.core.errors import Rejected
from sync.connectors.answers import record
from sync.connectors.servicenow.answers import text
from sync.connectors.servicenow.fields import STATE
from sync.connectors.servicenow.home import API, Home
from sync.connectors.servicenow.writing import natives, patch, set_fields
from sync.engine.types import Fields, Written

CLOSING = ("close_code", "close_notes")
#: what a state asks for in an instance as it is delivered, by table and stored value
ASKED = {
    ("incident", "3"): ("hold_reason",),
    ("incident", "6"): CLOSING,
    ("incident", "7"): CLOSING,
    ("change_request", "3"): CLOSING,
}
#: a change goes through its states one by one
FLOW = {"change_request": ("-5", "-4", "-3", "-2", "-1", "0", "3")}


def update(home: Home, number: str, fields: Fields) -> Written:
    """Write fields; a state among them takes along what it asks for."""
    if fields.get(STATE) is None:
        return set_fields(home, number, {name: value for name, value in fields.items() if name != STATE})
    return move(home, number, fields)


def move(home: Home, number: str, fields: Fields) -> Written:
    """Bring a record to a state.

    1. the value of the state's name; 2. what it asks for: given, else filled, else the system's setting, else
    Rejected, naming the field; 3. for a change the states between, one write each; 4. the state with its fields.
    """
    table = home.table_of(number)
    sent = natives(home, home.catalogue.columns(table), fields)
    state, asked = sent[STATE], ASKED.get((table, sent[STATE]), ())
    if asked or table in FLOW:
        params: dict[str, str | int] = {
            "sysparm_fields": ",".join((STATE, *asked)),
            "sysparm_exclude_reference_link": "true",
        }
        present = record(home.ask("GET", f"{API}{table}/{number}", params=params).get("result"))
        for name in asked:
            if not sent.get(name) and not text(present.get(name)):
                sent[name] = _default(home, table, name)
        for between in steps(table, text(present.get(STATE)), state):
            patch(home, table, number, {STATE: between})
    return patch(home, table, number, sent)


def _default(home: Home, table: str, name: str) -> str:
    """The system's setting for a field that a state asks for. Raises Rejected where there is none."""
    column, value = home.catalogue.columns(table).get(name), home.settings.get(name, "")
    if column is None or not value:
        label = column.label if column else name
        raise Rejected(
            f"ServiceNow asks for {label} in this state. "
            "Send it together with the state, or enter one on the system's page.",
            field=name,
        )
    return column.native(value)


def steps(table: str, here: str, there: str) -> tuple[str, ...]:
    """The states between two, in order; none where the table knows no order or it is not forward."""
    flow = FLOW.get(table, ())
    if here not in flow or there not in flow:
        return ()
    return flow[flow.index(here) + 1 : flow.index(there)]
