"""The reference scenario's cast, terms and grants, as data."""

from dataclasses import dataclass

from governance.dictionary.models import Term
from governance.dictionary.rules import TermDraft
from governance.register.models import Company
from portal.access.subject import Role

STATUS = ("new", "in progress", "waiting", "solved", "closed")
PRIORITY = ("P1", "P2", "P3", "P4")
PRODUCT = ("Storefront", "Checkout", "Mobile app")
PURPOSE = (
    "Customers of Infinity Solutions reach Mercuri's service desk, and Infinity's architects solve what the desk "
    "cannot. A matter is told once: tickets that need Infinity become issues in its Jira, and questions, answers, "
    "files and status travel both ways, so that the customer hears one voice and nobody copies by hand."
)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a company in the story."""

    name: str
    email: str
    role: Role
    job: str


@dataclass(frozen=True, slots=True)
class House:
    """A company of the story; its first member registers it."""

    name: str
    siam_role: str
    time_zone: str
    members: tuple[Member, ...]


MERCURI = House(
    "Mercuri Inc.",
    Company.SiamRole.PROVIDER,
    "Asia/Kolkata",
    (
        Member("Asha Rao", "asha@mercuri.example", Role.ADMINISTRATOR, "Head of customer service"),
        Member("Ben Okafor", "ben@mercuri.example", Role.OPERATOR, "Service desk lead"),
    ),
)
INFINITY = House(
    "Infinity Solutions",
    Company.SiamRole.INTERNAL_INTEGRATOR,
    "Europe/Berlin",
    (
        Member("Ines Ortega", "ines@infinity.example", Role.ADMINISTRATOR, "Lead architect"),
        Member("Ivo Brandt", "ivo@infinity.example", Role.OPERATOR, "Service integrator"),
        Member("Vera Lind", "vera@infinity.example", Role.VIEWER, "Steering committee"),
    ),
)
GLOBAL = House(
    "Global Pvt Ltd",
    Company.SiamRole.PROVIDER,
    "Asia/Singapore",
    (Member("Gita Menon", "gita@global.example", Role.ADMINISTRATOR, "Delivery manager"),),
)
DUNE = House(
    "Dune Ltd",
    Company.SiamRole.PROVIDER,
    "UTC",
    (Member("Dan Reyes", "dan@dune.example", Role.ADMINISTRATOR, "Owner"),),
)
HOUSES = (MERCURI, INFINITY, GLOBAL, DUNE)
GOALS = (
    "Priority 2 is resolved within 12 business hours",
    "Priority 1 is resolved within 2 hours, and within 1.5 by the end of the year",
    "No ticket is copied by hand",
)

TERMS = (
    TermDraft(
        "title",
        "Title",
        semantics="What the matter is about, in one line.",
        samples=("Checkout fails with error 502",),
        max_length=150,
    ),
    TermDraft(
        "description",
        "Description",
        Term.Type.RICH,
        semantics="What the customer told, as first written down.",
        samples=("Since this morning every third payment fails.",),
        classification=Term.Classification.CONFIDENTIAL,
    ),
    TermDraft(
        "status",
        "Status",
        Term.Type.CHOICE,
        semantics="Where the matter stands for the customer. Every step arrives, in order.",
        samples=("in progress",),
        allowed=STATUS,
        path=True,
    ),
    TermDraft(
        "priority",
        "Priority",
        Term.Type.CHOICE,
        semantics="P1: the business stands still. P2: badly hindered. P3: hindered. P4: a wish.",
        samples=("P2",),
        allowed=PRIORITY,
        allowed_labels=("Critical", "High", "Normal", "Low"),
    ),
    TermDraft(
        "product",
        "Product",
        Term.Type.CHOICE,
        semantics="Which product the customer uses.",
        samples=("Checkout",),
        allowed=PRODUCT,
    ),
    TermDraft(
        "customer-reference",
        "Customer reference",
        semantics="The customer's own number for the matter.",
        samples=("PO-20417",),
        max_length=80,
    ),
    TermDraft(
        "labels",
        "Labels",
        Term.Type.LABELS,
        semantics="Free words for searching; each side has its own until both agree to share them.",
        samples=("vip, refund",),
    ),
)

#: term → level that Mercuri gives Infinity, and Infinity gives Mercuri
MERCURI_GRANTS = {
    "title": "write",
    "status": "write",
    "priority": "write",
    "comment": "write",
    "attachment": "write",
    "description": "read",
    "product": "read",
    "customer-reference": "read",
}
INFINITY_GRANTS = dict.fromkeys(MERCURI_GRANTS, "write")

#: (role, term or kind of object, level): what differs from the roles' defaults in each company
MERCURI_ROLES = (
    ("viewer", "customer-reference", "none"),
    ("job:service desk lead", "on-integration", "write"),
)
INFINITY_ROLES = (
    ("job:steering committee", "description", "none"),
    ("job:steering committee", "customer-reference", "none"),
    ("job:steering committee", "comment", "none"),
    ("job:service integrator", "on-connection", "full"),
)
