"""What the practice instance is made of: tables with their columns, choices, and the order of states."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column as sys_dictionary tells it. `choice` "" = no drop-down, "1" = one with "none", "3" = without."""

    element: str
    label: str
    type: str = "string"
    length: int = 40
    reference: str = ""
    choice: str = ""
    mandatory: bool = False
    read_only: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `parent` is the table it extends, `prefix` begins its numbers."""

    name: str
    label: str
    columns: tuple[Column, ...]
    parent: str = ""
    prefix: str = ""
    display: str = "name"


def _ref(element: str, label: str, table: str) -> Column:
    return Column(element, label, "reference", 32, table)


def _pick(element: str, label: str, *, choice: str = "1", length: int = 40, default: str = "") -> Column:
    return Column(element, label, "string", length, choice=choice, default=default)


def _number(element: str, label: str, default: str = "") -> Column:
    return Column(element, label, "integer", 40, choice="3", default=default)


SYSTEM = (
    Column("sys_id", "Sys ID", "GUID", 32, read_only=True),
    Column("sys_created_on", "Created", "glide_date_time", read_only=True),
    Column("sys_created_by", "Created by", read_only=True),
    Column("sys_updated_on", "Updated", "glide_date_time", read_only=True),
    Column("sys_updated_by", "Updated by", read_only=True),
    Column("sys_mod_count", "Updates", "integer", read_only=True),
)
TASK = (
    *SYSTEM,
    Column("sys_class_name", "Task type", "sys_class_name", 80, read_only=True),
    Column("number", "Number", read_only=True),
    Column("short_description", "Short description", length=160),
    Column("description", "Description", length=4000),
    _number("state", "State", "1"),
    Column("priority", "Priority", "integer", choice="3", read_only=True, default="5"),
    _number("urgency", "Urgency", "3"),
    _number("impact", "Impact", "3"),
    _ref("assigned_to", "Assigned to", "sys_user"),
    _ref("assignment_group", "Assignment group", "sys_user_group"),
    _ref("opened_by", "Opened by", "sys_user"),
    Column("opened_at", "Opened", "glide_date_time"),
    Column("closed_at", "Closed", "glide_date_time"),
    _ref("closed_by", "Closed by", "sys_user"),
    Column("close_notes", "Close notes", length=4000),
    Column("active", "Active", "boolean", default="true"),
    Column("due_date", "Due date", "due_date"),
    _pick("contact_type", "Contact type"),
    _ref("parent", "Parent", "task"),
    Column("comments", "Additional comments", "journal_input", 4000),
    Column("work_notes", "Work notes", "journal_input", 4000),
    Column("correlation_id", "Correlation ID", length=100),
    Column("correlation_display", "Correlation display", length=100),
)
INCIDENT = (
    _ref("caller_id", "Caller", "sys_user"),
    _pick("category", "Category"),
    _number("hold_reason", "On hold reason"),
    _pick("close_code", "Resolution code"),
    Column("resolved_at", "Resolved", "glide_date_time"),
    _ref("resolved_by", "Resolved by", "sys_user"),
    _ref("parent_incident", "Parent Incident", "incident"),
    Column("u_customer_reference", "Customer reference", length=100),
    _pick("u_product", "Product"),
)
CHANGE = (
    _pick("type", "Type", choice="3", default="normal"),
    _number("risk", "Risk", "3"),
    _pick("close_code", "Close code"),
    Column("start_date", "Planned start date", "glide_date_time"),
    Column("end_date", "Planned end date", "glide_date_time"),
    Column("justification", "Justification", length=4000),
    _ref("requested_by", "Requested by", "sys_user"),
)
REQUEST = (_ref("requested_for", "Requested for", "sys_user"), _pick("request_state", "Request state", choice="3"))
ITEM = (
    _ref("request", "Request", "sc_request"),
    _ref("requested_for", "Requested for", "sys_user"),
    Column("quantity", "Quantity", "integer", default="1"),
)
USER = (
    *SYSTEM,
    Column("user_name", "User ID"),
    Column("name", "Name", length=151),
    Column("email", "Email", "email", 100),
    Column("time_zone", "Time zone"),
    Column("active", "Active", "boolean", default="true"),
)
GROUP = (
    *SYSTEM,
    Column("name", "Name", length=80),
    Column("active", "Active", "boolean", default="true"),
)
JOURNAL = (
    *SYSTEM,
    Column("name", "Name"),
    Column("element", "Element"),
    Column("element_id", "Element ID", length=32),
    Column("value", "Value", length=65000),
)
AUDIT = (
    *SYSTEM,
    Column("tablename", "Table name"),
    Column("documentkey", "Document key", length=32),
    Column("fieldname", "Field name"),
    Column("oldvalue", "Old value", length=4000),
    Column("newvalue", "New value", length=4000),
    Column("user", "User"),
    Column("reason", "Reason"),
    Column("record_checkpoint", "Update count", "integer"),
)
GONE = (
    *SYSTEM,
    Column("tablename", "Table name"),
    Column("documentkey", "Document key", length=32),
    Column("display_value", "Display value", length=255),
)
FILE = (
    *SYSTEM,
    Column("file_name", "File name", length=255),
    Column("table_name", "Table name", length=80),
    Column("table_sys_id", "Table sys ID", length=32),
    Column("content_type", "Content type", length=100),
    Column("size_bytes", "Size bytes", "integer"),
    Column("size_compressed", "Size compressed", "integer"),
    Column("compressed", "Compressed", "boolean"),
    Column("hash", "Hash", length=64),
    Column("state", "State"),
    Column("download_link", "Download link", length=255),
)
DICTIONARY = (
    *SYSTEM,
    Column("name", "Table"),
    Column("element", "Column name"),
    Column("column_label", "Column label"),
    Column("internal_type", "Type"),
    Column("max_length", "Max length", "integer"),
    Column("mandatory", "Mandatory", "boolean"),
    Column("read_only", "Read only", "boolean"),
    Column("reference", "Reference"),
    Column("choice", "Choice", "integer"),
    Column("default_value", "Default value"),
    Column("active", "Active", "boolean"),
)
CHOICE = (
    *SYSTEM,
    Column("name", "Table"),
    Column("element", "Element"),
    Column("value", "Value"),
    Column("label", "Label"),
    Column("language", "Language"),
    Column("sequence", "Sequence", "integer"),
    Column("inactive", "Inactive", "boolean"),
    Column("dependent_value", "Dependent value"),
)
OBJECT = (*SYSTEM, Column("name", "Name"), Column("label", "Label"), _ref("super_class", "Extends", "sys_db_object"))
SCRIPT = (
    *SYSTEM,
    Column("name", "Name", length=80),
    Column("collection", "Table", length=80),
    Column("when", "When"),
    Column("active", "Active", "boolean", default="true"),
    Column("advanced", "Advanced", "boolean"),
    Column("action_insert", "Insert", "boolean"),
    Column("action_update", "Update", "boolean"),
    Column("action_delete", "Delete", "boolean"),
    Column("script", "Script", "script", 8000),
)
PROPERTY = (*SYSTEM, Column("name", "Name"), Column("value", "Value", length=4000))

TABLES: dict[str, Table] = {
    one.name: one
    for one in (
        Table("task", "Task", TASK, display="number"),
        Table("incident", "Incident", INCIDENT, "task", "INC", "number"),
        Table("change_request", "Change Request", CHANGE, "task", "CHG", "number"),
        Table("sc_request", "Request", REQUEST, "task", "REQ", "number"),
        Table("sc_req_item", "Requested Item", ITEM, "task", "RITM", "number"),
        Table("sys_user", "User", USER),
        Table("sys_user_group", "Group", GROUP),
        Table("sys_journal_field", "Journal entry", JOURNAL, display="element"),
        Table("sys_audit", "Audit", AUDIT, display="fieldname"),
        Table("sys_audit_delete", "Audit deleted record", GONE, display="display_value"),
        Table("sys_attachment", "Attachment", FILE, display="file_name"),
        Table("sys_dictionary", "Dictionary entry", DICTIONARY, display="element"),
        Table("sys_choice", "Choice", CHOICE, display="label"),
        Table("sys_db_object", "Table", OBJECT),
        Table("sys_script", "Business Rule", SCRIPT),
        Table("sys_properties", "System property", PROPERTY),
    )
}
#: tables whose records people work on
WORK = ("incident", "change_request", "sc_request", "sc_req_item")

_THREE = (("1", "1 - High"), ("2", "2 - Medium"), ("3", "3 - Low"))
CHOICES: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("task", "priority"): (
        ("1", "1 - Critical"),
        ("2", "2 - High"),
        ("3", "3 - Moderate"),
        ("4", "4 - Low"),
        ("5", "5 - Planning"),
    ),
    ("task", "urgency"): _THREE,
    ("task", "impact"): _THREE,
    ("task", "contact_type"): (("email", "Email"), ("phone", "Phone"), ("self-service", "Self-service")),
    ("task", "state"): (("-5", "Pending"), ("1", "Open"), ("2", "Work in Progress"), ("3", "Closed Complete")),
    ("incident", "state"): (
        ("1", "New"),
        ("2", "In Progress"),
        ("3", "On Hold"),
        ("6", "Resolved"),
        ("7", "Closed"),
        ("8", "Canceled"),
    ),
    ("incident", "hold_reason"): (
        ("1", "Awaiting Caller"),
        ("3", "Awaiting Problem"),
        ("4", "Awaiting Vendor"),
        ("5", "Awaiting Change"),
    ),
    ("incident", "category"): (
        ("inquiry", "Inquiry / Help"),
        ("software", "Software"),
        ("hardware", "Hardware"),
        ("network", "Network"),
    ),
    ("incident", "close_code"): tuple(
        (one, one)
        for one in (
            "Duplicate",
            "Known error",
            "No resolution provided",
            "Resolved by caller",
            "Resolved by change",
            "Solution provided",
            "Workaround provided",
            "User error",
        )
    ),
    ("incident", "u_product"): (("checkout", "Checkout"), ("billing", "Billing"), ("store", "Store network")),
    ("change_request", "state"): (
        ("-5", "New"),
        ("-4", "Assess"),
        ("-3", "Authorize"),
        ("-2", "Scheduled"),
        ("-1", "Implement"),
        ("0", "Review"),
        ("3", "Closed"),
        ("4", "Canceled"),
    ),
    ("change_request", "type"): (("normal", "Normal"), ("standard", "Standard"), ("emergency", "Emergency")),
    ("change_request", "risk"): (("2", "High"), ("3", "Moderate"), ("4", "Low")),
    ("change_request", "close_code"): (
        ("successful", "Successful"),
        ("successful_issues", "Successful with issues"),
        ("unsuccessful", "Unsuccessful"),
    ),
    ("sc_request", "state"): (
        ("1", "Open"),
        ("2", "Work in Progress"),
        ("3", "Closed Complete"),
        ("4", "Closed Incomplete"),
        ("7", "Closed Skipped"),
    ),
    ("sc_request", "request_state"): (
        ("requested", "Pending Approval"),
        ("in_process", "Approved"),
        ("closed_complete", "Closed Complete"),
    ),
    ("sc_req_item", "state"): (
        ("-5", "Pending"),
        ("1", "Open"),
        ("2", "Work in Progress"),
        ("3", "Closed Complete"),
        ("4", "Closed Incomplete"),
        ("7", "Closed Skipped"),
    ),
}
#: states in which a record is no longer active
ENDED = {
    "incident": ("7", "8"),
    "change_request": ("3", "4"),
    "sc_request": ("3", "4", "7"),
    "sc_req_item": ("3", "4", "7"),
}
#: a normal change goes through its states one by one
CHANGE_FLOW = ("-5", "-4", "-3", "-2", "-1", "0", "3")
PRIORITY = {"11": "1", "12": "2", "13": "3", "21": "2", "22": "3", "23": "4", "31": "3", "32": "4", "33": "5"}
JOURNALS = ("comments", "work_notes")


def line(table: str) -> list[Table]:
    """A table and the tables it extends, itself first."""
    found: list[Table] = []
    while table:
        found.append(TABLES[table])
        table = TABLES[table].parent
    return found


def columns(table: str) -> dict[str, Column]:
    """All columns of a table by name, inherited ones too."""
    return {column.element: column for one in reversed(line(table)) for column in one.columns}


def choices(table: str, element: str) -> tuple[tuple[str, str], ...]:
    """The (value, label) choices of a column, the parent's where the table has none of its own."""
    return next((CHOICES[one.name, element] for one in line(table) if (one.name, element) in CHOICES), ())
