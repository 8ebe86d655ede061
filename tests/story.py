"""A whole agreement for tests: two companies, their systems, and everything the engine needs to obey."""

from dataclasses import dataclass

from governance.accessmatrix.models import Grant
from governance.dictionary.models import Dictionary, Term
from governance.register.models import Company, Connection, Integration, System
from governance.rulebook.models import RuleVersion
from governance.rulebook.rules import Line, RuleSet
from tests import factories

STATUS = ("new", "in progress", "waiting", "solved")
PRIORITY = ("P1", "P2", "P3", "P4")
#: what each lets the other read and write; description is only read, labels are granted by nobody
WRITTEN = ("title", "status", "priority", "comment", "attachment")

Pairs = tuple[tuple[str, str], ...]


def back(pairs: Pairs) -> Pairs:
    """A value map read the other way."""
    return tuple((right, left) for left, right in pairs)


DESK_STATUS: Pairs = (("new", "new"), ("open", "in progress"), ("pending", "waiting"), ("solved", "solved"))
DESK_PRIORITY: Pairs = (("urgent", "P1"), ("high", "P2"), ("normal", "P3"), ("low", "P4"))
BOARD_STATUS: Pairs = (
    ("To Do", "new"),
    ("In Progress", "in progress"),
    ("In Review", "waiting"),
    ("Done", "solved"),
)
BOARD_PRIORITY: Pairs = (("Highest", "P1"), ("High", "P2"), ("Medium", "P3"), ("Low", "P4"))

RULES_A = RuleSet(
    outgoing=(
        Line("title", "subject"),
        Line("description", "description"),
        Line("status", "status", DESK_STATUS),
        Line("priority", "priority", DESK_PRIORITY, "park"),
        Line("labels", "tags"),
    ),
    incoming=(
        Line("title", "subject"),
        Line("status", "status", (("new", "open"), *back(DESK_STATUS[1:]))),
        Line("priority", "priority", back(DESK_PRIORITY)),
    ),
    offer=True,
    closed=("closed",),
)
RULES_B = RuleSet(
    outgoing=(
        Line("title", "summary"),
        Line("status", "status", BOARD_STATUS),
        Line("priority", "priority", BOARD_PRIORITY),
    ),
    incoming=(
        Line("title", "summary"),
        Line("description", "description", when="create"),
        Line("status", "status", back(BOARD_STATUS)),
        Line("priority", "priority", back(BOARD_PRIORITY)),
    ),
    accept=True,
)


@dataclass(frozen=True, slots=True)
class Story:
    """Company A's desk (side a) offers tickets, company B's board (side b) accepts them."""

    a: Company
    b: Company
    desk: System
    board: System
    integration: Integration
    connection: Connection
    dictionary: Dictionary
    rules_a: RuleVersion
    rules_b: RuleVersion


def tell(a: Company, b: Company) -> Story:
    """The agreement of two companies, live."""
    desk, board = factories.system(a, "Desk", kind="zendesk"), factories.system(b, "Board", kind="jira")
    integration = factories.integration(a, b, name="Customer care")
    connection = factories.connection(integration, desk, board)
    dictionary = terms(integration)
    for giver, grantee in ((a, b), (b, a)):
        for name in WRITTEN:
            factories.grant(integration, giver, grantee, term=name)
        factories.grant(integration, giver, grantee, term="description", level=Grant.Level.READ)
    return Story(
        a=a,
        b=b,
        desk=desk,
        board=board,
        integration=integration,
        connection=connection,
        dictionary=dictionary,
        rules_a=factories.live_rules(connection, "a", RULES_A),
        rules_b=factories.live_rules(connection, "b", RULES_B),
    )


def terms(integration: Integration) -> Dictionary:
    """The agreed dictionary."""
    made = factories.dictionary(integration)
    factories.term(made, "title", max_length=150)
    factories.term(made, "description", type=Term.Type.RICH)
    factories.term(made, "status", type=Term.Type.CHOICE, allowed=STATUS, path=True)
    factories.term(made, "priority", type=Term.Type.CHOICE, allowed=PRIORITY)
    factories.term(made, "labels", type=Term.Type.LABELS)
    return made
