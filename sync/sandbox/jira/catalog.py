"""What the practice site is set up with: kinds, workflow, fields, options; the same on every start."""

from dataclasses import dataclass
from typing import Any

from sync.sandbox.store import Json

VERSION = "1001.0.0-SNAPSHOT"
BUILD = 100290
MAX_TEXT = 32_767
UPLOAD_LIMIT = 20 * 1024 * 1024

CATEGORIES: dict[str, Json] = {
    "new": {"id": 2, "key": "new", "colorName": "blue-gray", "name": "To Do"},
    "indeterminate": {"id": 4, "key": "indeterminate", "colorName": "yellow", "name": "In Progress"},
    "done": {"id": 3, "key": "done", "colorName": "green", "name": "Done"},
}
#: id -> (name, category)
STATUSES = {
    "10000": ("To Do", "new"),
    "3": ("In Progress", "indeterminate"),
    "10001": ("In Review", "indeterminate"),
    "10002": ("Done", "done"),
}
FIRST_STATUS = "10000"
PRIORITIES = {"1": "Highest", "2": "High", "3": "Medium", "4": "Low", "5": "Lowest"}
DEFAULT_PRIORITY = "3"
RESOLUTIONS = {
    "10000": ("Done", "Work has been completed on this issue."),
    "10001": ("Won't Do", "This issue won't be actioned."),
    "10002": ("Duplicate", "The problem is a duplicate of an existing issue."),
    "10003": ("Cannot Reproduce", "All attempts at reproducing this issue failed."),
}
COMPONENTS = {"10000": "Billing", "10001": "Customer portal", "10002": "Network"}
PRODUCTS = {"10100": "Gateway", "10101": "Metering", "10102": "Portal"}
#: id -> (name, description, hierarchy level)
TYPES = {
    "10001": ("Task", "A small, distinct piece of work.", 0),
    "10002": ("Bug", "A problem or error.", 0),
    "10003": ("Story", "Functionality or a feature expressed as a user goal.", 0),
    "10004": ("Sub-task", "A small piece of work that is part of a larger task.", -1),
}
LINK_TYPES = {
    "10000": ("Blocks", "is blocked by", "blocks"),
    "10001": ("Relates", "relates to", "relates to"),
    "10002": ("Duplicate", "is duplicated by", "duplicates"),
}
ROLES = {"10002": "Administrators", "10003": "Developers"}


@dataclass(frozen=True, slots=True)
class Transition:
    """One arrow of the workflow. `asks`: its screen requires a resolution."""

    id: str
    name: str
    origin: str
    target: str
    asks: bool = False
    #: id of the resolution that it sets by itself; "" = none
    resolution: str = ""


TRANSITIONS = (
    Transition("11", "Start work", "10000", "3"),
    Transition("12", "Review at once", "10000", "10001"),
    Transition("13", "Finish at once", "10000", "10002", resolution="10000"),
    Transition("21", "Send to review", "3", "10001"),
    Transition("31", "Done", "10001", "10002", resolution="10000"),
    Transition("32", "Finish", "3", "10002", resolution="10000"),
    Transition("33", "Close without work", "10000", "10002", asks=True),
    Transition("41", "Reopen", "10002", "10000"),
    Transition("42", "Work again", "10002", "3"),
    Transition("43", "Review again", "10002", "10001"),
    Transition("51", "Stop work", "3", "10000"),
    Transition("61", "Send back", "10001", "3"),
    Transition("62", "Put back", "10001", "10000"),
)

CUSTOM = "com.atlassian.jira.plugin.system.customfieldtypes"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the site. `create`/`edit`: on that screen; `operations` as Jira names them."""

    id: str
    name: str
    type: str
    items: str = ""
    custom: str = ""
    create: bool = False
    edit: bool = False
    required: bool = False
    default: bool = False
    operations: tuple[str, ...] = ("set",)
    clauses: tuple[str, ...] = ()

    @property
    def schema(self) -> Json:
        """Its JsonTypeBean."""
        said: Json = {"type": self.type}
        if self.items:
            said["items"] = self.items
        if self.custom:
            return said | {"custom": f"{CUSTOM}:{self.custom}", "customId": int(self.id.rpartition("_")[2])}
        return said | {"system": self.id}


LIST = ("add", "set", "remove")
FIELDS: dict[str, Field] = {
    field.id: field
    for field in (
        Field("summary", "Summary", "string", create=True, edit=True, required=True, clauses=("summary",)),
        Field("issuetype", "Issue Type", "issuetype", create=True, required=True, clauses=("issuetype", "type")),
        Field("project", "Project", "project", create=True, required=True, clauses=("project",)),
        Field("description", "Description", "string", create=True, edit=True, clauses=("description",)),
        Field("priority", "Priority", "priority", create=True, edit=True, default=True, clauses=("priority",)),
        Field(
            "labels",
            "Labels",
            "array",
            "string",
            create=True,
            edit=True,
            operations=LIST,
            clauses=("labels",),
        ),
        Field("assignee", "Assignee", "user", create=True, edit=True, clauses=("assignee",)),
        Field("reporter", "Reporter", "user", create=True, edit=True, default=True, clauses=("reporter",)),
        Field(
            "components",
            "Components",
            "array",
            "component",
            create=True,
            edit=True,
            operations=LIST,
            clauses=("component",),
        ),
        Field("duedate", "Due date", "date", create=True, edit=True, clauses=("due", "duedate")),
        Field("attachment", "Attachment", "array", "attachment", operations=("set",), clauses=("attachments",)),
        Field("status", "Status", "status", clauses=("status",)),
        Field("resolution", "Resolution", "resolution", clauses=("resolution",)),
        Field("resolutiondate", "Resolved", "datetime", clauses=("resolutiondate", "resolved")),
        Field("created", "Created", "datetime", clauses=("created", "createdDate")),
        Field("updated", "Updated", "datetime", clauses=("updated", "updatedDate")),
        Field("creator", "Creator", "user", clauses=("creator",)),
        Field("comment", "Comment", "comments-page", clauses=("comment",)),
        Field("issuelinks", "Linked Issues", "array", "issuelinks"),
        Field("subtasks", "Sub-tasks", "array", "issuelinks", clauses=("subtasks",)),
        Field("environment", "Environment", "string", clauses=("environment",)),
        Field(
            "customfield_10050",
            "Customer reference",
            "string",
            custom="textfield",
            create=True,
            edit=True,
            clauses=("cf[10050]", "Customer reference"),
        ),
        Field(
            "customfield_10051",
            "Product",
            "option",
            custom="select",
            create=True,
            edit=True,
            clauses=("cf[10051]", "Product"),
        ),
    )
}
#: fields that *navigable leaves out
NOT_NAVIGABLE = frozenset({"comment", "attachment"})

#: key -> (id, name, type, what everybody with the sync account's role may)
PERMISSIONS: dict[str, tuple[str, str, str]] = {
    "ADMINISTER": ("0", "Administer Jira", "GLOBAL"),
    "BROWSE_PROJECTS": ("10", "Browse Projects", "PROJECT"),
    "CREATE_ISSUES": ("11", "Create Issues", "PROJECT"),
    "EDIT_ISSUES": ("12", "Edit Issues", "PROJECT"),
    "ASSIGN_ISSUES": ("13", "Assign Issues", "PROJECT"),
    "RESOLVE_ISSUES": ("14", "Resolve Issues", "PROJECT"),
    "ADD_COMMENTS": ("15", "Add Comments", "PROJECT"),
    "DELETE_ISSUES": ("16", "Delete Issues", "PROJECT"),
    "CREATE_ATTACHMENTS": ("19", "Create Attachments", "PROJECT"),
    "ADMINISTER_PROJECTS": ("23", "Administer Projects", "PROJECT"),
    "EDIT_ALL_COMMENTS": ("34", "Edit All Comments", "PROJECT"),
    "EDIT_OWN_COMMENTS": ("35", "Edit Own Comments", "PROJECT"),
    "DELETE_OWN_COMMENTS": ("37", "Delete Own Comments", "PROJECT"),
    "TRANSITION_ISSUES": ("46", "Transition Issues", "PROJECT"),
}


def named(table: dict[str, Any], name: str) -> str:
    """The id of a name in one of the tables above, "" for none. Names compare as Jira does: without case."""
    for key, row in table.items():
        label = row if isinstance(row, str) else row[0]
        if label.casefold() == name.casefold():
            return key
    return ""


def label_of(table: dict[str, Any], key: str | None) -> str | None:
    """The name of an id."""
    row = table.get(key or "")
    return row if row is None or isinstance(row, str) else str(row[0])
