"""The reference scenario's rulebooks: each side's rules on the connection, as data."""

from dataclasses import replace

from governance.rulebook.rules import Line, RuleSet

Pairs = tuple[tuple[str, str], ...]
#: the practice help desk's own fields, numbered by its seed
PRODUCT_FIELD, REFERENCE_FIELD = "field_16164101574190", "field_16164101574191"
#: the practice Jira's own fields
JIRA_REFERENCE, JIRA_PRODUCT = "customfield_10050", "customfield_10051"

DESK_STATUS: Pairs = (
    ("New", "new"),
    ("Open", "in progress"),
    ("Pending", "waiting"),
    ("On-hold", "waiting"),
    ("Solved", "solved"),
    ("Closed", "closed"),
)
DESK_STATUS_BACK: Pairs = (
    ("new", "Open"),
    ("in progress", "Open"),
    ("waiting", "Pending"),
    ("solved", "Solved"),
    ("closed", "Solved"),
)
DESK_PRIORITY: Pairs = (("urgent", "P1"), ("high", "P2"), ("normal", "P3"), ("low", "P4"))
JIRA_STATUS: Pairs = (
    ("To Do", "new"),
    ("In Progress", "in progress"),
    ("In Review", "waiting"),
    ("Done", "solved"),
)
JIRA_PRIORITY: Pairs = (("Highest", "P1"), ("High", "P2"), ("Medium", "P3"), ("Low", "P4"), ("Lowest", "P4"))
JIRA_PRODUCTS: Pairs = (("Storefront", "Portal"), ("Checkout", "Gateway"), ("Mobile app", "Portal"))


def back(pairs: Pairs) -> Pairs:
    """A value map read the other way; of several values the first wins."""
    turned: dict[str, str] = {}
    for left, right in pairs:
        turned.setdefault(right, left)
    return tuple(turned.items())


DESK = RuleSet(
    outgoing=(
        Line("title", "subject"),
        Line("description", "description"),
        Line("status", "status", DESK_STATUS, "park"),
        Line("priority", "priority", DESK_PRIORITY, "park"),
        Line("product", PRODUCT_FIELD),
        Line("customer-reference", REFERENCE_FIELD, max_length=80),
        Line("labels", "tags"),
    ),
    incoming=(
        Line("title", "subject", max_length=150),
        Line("status", "status", DESK_STATUS_BACK, "park"),
        Line("priority", "priority", back(DESK_PRIORITY), "park"),
    ),
    offer=True,
    closed=("Closed",),
)
BOARD = RuleSet(
    outgoing=(
        Line("title", "summary"),
        Line("status", "status", JIRA_STATUS, "park"),
        Line("priority", "priority", JIRA_PRIORITY, "park"),
    ),
    incoming=(
        Line("title", "summary", max_length=254),
        Line("description", "description", when="create", max_length=32_767),
        Line("status", "status", (*back(JIRA_STATUS), ("closed", "Done")), "park"),
        Line("priority", "priority", back(JIRA_PRIORITY), "park"),
        Line("product", JIRA_PRODUCT, JIRA_PRODUCTS, "park"),
        Line("customer-reference", JIRA_REFERENCE, max_length=255),
    ),
    accept=True,
)
#: what Mercuri has in mind next, as a draft to rehearse: labels stay, and low priorities are not told any more
DESK_NEXT = replace(
    DESK,
    outgoing=tuple(
        Line("priority", "priority", DESK_PRIORITY[:3], "park") if line.term == "priority" else line
        for line in DESK.outgoing
        if line.term != "labels"
    ),
)
