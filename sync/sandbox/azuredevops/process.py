"""The process of every practice project, after Agile: fields, types, states and their allowed changes."""

from dataclasses import dataclass

COMMON = "Microsoft.VSTS.Common."


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the organisation. `type` as the API names it; `given` = only the service writes it."""

    name: str
    type: str = "string"
    given: bool = False
    identity: bool = False
    options: tuple[str, ...] = ()


#: reference name -> field
FIELDS: dict[str, Field] = {
    "System.Id": Field("ID", "integer", given=True),
    "System.Rev": Field("Rev", "integer", given=True),
    "System.Watermark": Field("Watermark", "integer", given=True),
    "System.TeamProject": Field("Team Project"),
    "System.WorkItemType": Field("Work Item Type"),
    "System.Title": Field("Title"),
    "System.Description": Field("Description", "html"),
    "System.State": Field("State"),
    "System.Reason": Field("Reason"),
    "System.AssignedTo": Field("Assigned To", identity=True),
    "System.AreaPath": Field("Area Path", "treePath"),
    "System.IterationPath": Field("Iteration Path", "treePath"),
    "System.Tags": Field("Tags", "plainText"),
    "System.History": Field("History", "history"),
    "System.CommentCount": Field("Comment Count", "integer", given=True),
    "System.CreatedDate": Field("Created Date", "dateTime", given=True),
    "System.CreatedBy": Field("Created By", given=True, identity=True),
    "System.ChangedDate": Field("Changed Date", "dateTime", given=True),
    "System.ChangedBy": Field("Changed By", given=True, identity=True),
    "System.AuthorizedDate": Field("Authorized Date", "dateTime", given=True),
    "System.RevisedDate": Field("Revised Date", "dateTime", given=True),
    COMMON + "Priority": Field("Priority", "integer", options=("1", "2", "3", "4")),
    COMMON + "Severity": Field("Severity", options=("1 - Critical", "2 - High", "3 - Medium", "4 - Low")),
    COMMON + "AcceptanceCriteria": Field("Acceptance Criteria", "html"),
    COMMON + "StateChangeDate": Field("State Change Date", "dateTime", given=True),
    COMMON + "ClosedDate": Field("Closed Date", "dateTime", given=True),
    "Microsoft.VSTS.TCM.ReproSteps": Field("Repro Steps", "html"),
    "Microsoft.VSTS.Scheduling.RemainingWork": Field("Remaining Work", "double"),
    "Microsoft.VSTS.Scheduling.StoryPoints": Field("Story Points", "double"),
    "Microsoft.VSTS.Scheduling.DueDate": Field("Due Date", "dateTime"),
    "Custom.CustomerReference": Field("Customer Reference"),
    "Custom.Billable": Field("Billable", "boolean"),
    "Custom.SyncKey": Field("Sync Key"),
}
SHARED = (
    *(name for name in FIELDS if name.startswith("System.")),
    COMMON + "Priority",
    COMMON + "StateChangeDate",
    COMMON + "ClosedDate",
    "Microsoft.VSTS.Scheduling.DueDate",
    "Custom.CustomerReference",
    "Custom.Billable",
    "Custom.SyncKey",
)
CATEGORIES = {
    "New": ("Proposed", "b2b2b2"),
    "Active": ("InProgress", "007acc"),
    "Resolved": ("Resolved", "ff9d00"),
    "Closed": ("Completed", "339933"),
    "Removed": ("Removed", "ffffff"),
}
#: the reason that the service gives where none is sent
REASONS = {
    "New": "New",
    "Active": "Implementation started",
    "Resolved": "Fixed",
    "Closed": "Completed",
    "Removed": "Removed from the backlog",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A work item type: its fields beyond the shared ones, and its allowed changes of state."""

    name: str
    color: str
    fields: tuple[str, ...]
    moves: dict[str, tuple[str, ...]]

    @property
    def states(self) -> tuple[str, ...]:
        """The states in the order of a board."""
        return tuple(name for name in CATEGORIES if name in self.moves)

    @property
    def all_fields(self) -> tuple[str, ...]:
        """Reference names of all its fields."""
        return SHARED + self.fields


KINDS: dict[str, Kind] = {
    "bug": Kind(
        "Bug",
        "CC293D",
        (COMMON + "Severity", "Microsoft.VSTS.TCM.ReproSteps"),
        {
            "New": ("Active", "Resolved", "Closed"),
            "Active": ("New", "Resolved", "Closed"),
            "Resolved": ("Active", "Closed"),
            "Closed": ("Active", "Resolved"),
        },
    ),
    "task": Kind(
        "Task",
        "F2CB1D",
        ("Microsoft.VSTS.Scheduling.RemainingWork",),
        {
            "New": ("Active", "Closed", "Removed"),
            "Active": ("New", "Closed", "Removed"),
            "Closed": ("New", "Active"),
            "Removed": ("New", "Active"),
        },
    ),
    "user story": Kind(
        "User Story",
        "009CCC",
        (COMMON + "AcceptanceCriteria", "Microsoft.VSTS.Scheduling.StoryPoints"),
        {
            "New": ("Active", "Removed"),
            "Active": ("New", "Resolved", "Removed"),
            "Resolved": ("Active", "Closed"),
            "Closed": ("Active", "Resolved"),
            "Removed": ("New",),
        },
    ),
}
#: fields by reference name or name, in any case
LOOKUP = {one.casefold(): ref for ref, field in FIELDS.items() for one in (ref, field.name)}
FIRST = "New"
#: characters
MAX_LINE, MAX_TEXT, MAX_TAG, MAX_COMMENT = 255, 1_000_000, 400, 150_000
MAX_TAGS, MAX_RELATIONS, MAX_FILES = 100, 1_000, 100
#: bytes of one file
MAX_FILE = 60 * 1024 * 1024
