"""What the administrators of an instance set up: columns and choices of a table, inherited ones too."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal.core import clock
from portal.core.errors import Missing
from sync.connectors.servicenow.answers import text
from sync.connectors.servicenow.fields import Column, labelled
from sync.connectors.servicenow.people import Rows
from sync.connectors.wire import Json

#: columns and choices change rarely
LIFE = timedelta(minutes=10)
#: tables that one may extend another through
DEPTH = 6
ENTRY = "name,element,column_label,internal_type,max_length,mandatory,read_only,reference,choice"
#: 1 = drop-down with "none", 3 = without; anything else lets any value in
DROP_DOWN = ("1", "3")


@dataclass(slots=True)
class Catalogue:
    """The columns of each table by name, asked once and kept for a while."""

    rows: Rows
    tables: dict[str, dict[str, Column]] = field(default_factory=dict)
    asked: dict[str, datetime] = field(default_factory=dict)

    def columns(self, table: str) -> dict[str, Column]:
        """The columns of a table. Raises Missing where there is no such table, or it is hidden from us."""
        if table not in self.asked or clock.now() - self.asked[table] > LIFE:
            self.tables[table] = self._read(table)
            self.asked[table] = clock.now()
        return self.tables[table]

    def _read(self, table: str) -> dict[str, Column]:
        line = self._line(table)
        names = ",".join(line)
        entries = self.rows("sys_dictionary", f"nameIN{names}^elementISNOTEMPTY^active=true", ENTRY)
        choices = self._choices(line)
        found: dict[str, Column] = {}
        # the table's own entry goes before the one that it inherits
        for name in reversed(line):
            for entry in entries:
                if text(entry.get("name")) == name:
                    column = _column(entry, choices)
                    found[column.key] = column
        if not found:
            raise Missing(
                f"ServiceNow tells nothing of the columns of {table}. "
                "Let the account read sys_dictionary, sys_choice and sys_db_object."
            )
        return found

    def _line(self, table: str) -> list[str]:
        """The table and those it extends, itself first."""
        line: list[str] = []
        while table and len(line) < DEPTH:
            found = self.rows("sys_db_object", f"name={table}", "name,super_class.name")
            line.append(table)
            table = text(found[0].get("super_class.name")) if found else ""
        return line

    def _choices(self, line: list[str]) -> dict[str, dict[str, str]]:
        """The choices of each column: the nearest table's own, never a mixture."""
        query = f"nameIN{','.join(line)}^inactive=false^language=en^ORDERBYsequence"
        rows = self.rows("sys_choice", query, "name,element,value,label")
        found: dict[str, dict[str, str]] = {}
        for name in line:
            own: dict[str, list[tuple[str, str]]] = {}
            for row in rows:
                if text(row.get("name")) == name:
                    pair = (text(row.get("value")), text(row.get("label")))
                    own.setdefault(text(row.get("element")), []).append(pair)
            for element, pairs in own.items():
                found.setdefault(element, labelled(pairs))
        return found


def _column(entry: Json, choices: dict[str, dict[str, str]]) -> Column:
    key, length = text(entry.get("element")), text(entry.get("max_length"))
    return Column(
        key=key,
        label=text(entry.get("column_label")) or key,
        type=text(entry.get("internal_type")),
        length=int(length) if length.isdigit() else None,
        mandatory=text(entry.get("mandatory")) == "true",
        read_only=text(entry.get("read_only")) == "true",
        reference=text(entry.get("reference")) if text(entry.get("internal_type")) == "reference" else "",
        options=choices.get(key, {}) if text(entry.get("choice")) in DROP_DOWN else {},
    )
