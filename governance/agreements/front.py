"""The rail's entry, and the rooms whose versions two companies sign; registered when the process starts."""

from governance.agreements.standing import register_standings
from governance.dictionary.standing import proposed as dictionary_proposed
from governance.dictionary.standing import standings as dictionaries
from governance.raci.notices import register_source
from governance.raci.standing import standings as matrices
from governance.register.front import register_waiting
from governance.rulebook import telling
from governance.rulebook.front import duty_of, standings, waiting
from portal.ui.navigation import Entry, register_entry


def register_all() -> None:
    """Fill the registries."""
    register_entry(
        Entry(
            "agreements",
            "Agreements",
            "agreements",
            "agreements",
            40,
            go="a",
            also=("/proposals/", "/rehearsals/", "/disclosures/"),
        )
    )
    register_standings("rulebook", standings)
    register_standings("dictionary", dictionaries)
    register_standings("raci", matrices)
    register_source("rulebook", telling.EVENTS, telling.happenings)
    register_source("dictionary", ["dictionary-proposed"], dictionary_proposed)
    register_waiting("sign", waiting, duty_of, administrators=False)
