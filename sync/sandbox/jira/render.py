"""The practice site's answers: people, issues, comments, files and history as Jira's API writes them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from portal.core.text import adf, wiki
from sync.sandbox.call import Call
from sync.sandbox.jira import catalog
from sync.sandbox.jira.seed import person, project
from sync.sandbox.store import Doc, Json, Store

#: comments inside an issue are cut at this number; history entries at the next
COMMENTS_INSIDE = 20
HISTORY_INSIDE = 100
EXPAND = "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations"


@dataclass(frozen=True, slots=True)
class View:
    """For whom an answer is written: API version, address, time zone, viewer."""

    store: Store
    version: int
    base: str
    zone: ZoneInfo
    viewer: Doc | None = None

    @classmethod
    def of(cls, call: Call) -> "View":
        """The view of a request."""
        path = call.request.path
        version = 3 if "/rest/api/3/" in path else 2
        zone = ZoneInfo(call.actor["timeZone"] if call.actor else "Etc/UTC")
        return cls(call.store, version, call.request.host_url.rstrip("/"), zone, call.actor)

    def link(self, rest: str) -> str:
        """An address of the API."""
        return f"{self.base}/rest/api/{self.version}/{rest}"

    def time(self, stored: str | None) -> str | None:
        """A stored time (ISO, UTC) in the viewer's offset: 2025-07-25T21:15:12.997+0200."""
        if stored is None:
            return None
        local = datetime.fromisoformat(stored).astimezone(self.zone)
        return local.strftime("%Y-%m-%dT%H:%M:%S.") + f"{local.microsecond // 1000:03d}" + local.strftime("%z")

    def body(self, document: Json | None) -> Any:
        """A rich text: the document itself in v3, wiki text in v2."""
        if document is None:
            return None
        return document if self.version == 3 else wiki_text(document)

    def sees(self, comment: Doc) -> bool:
        """Whether the viewer may see a comment (one limited to a role is for its people only)."""
        role = (comment.get("visibility") or {}).get("value")
        return role is None or (self.viewer is not None and role in self.viewer["roles"])


def stored(at: datetime) -> str:
    """A time as it is kept: UTC, milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def wiki_text(document: Json | None) -> str:
    """A document as v2 and the change log show it."""
    return "" if document is None else wiki.from_markdown(adf.to_markdown(document))


def user(view: View, key: str | None) -> Json | None:
    """A person."""
    found = person(view.store, key)
    if found is None:
        return None
    initials = f"{view.base}/avatar/{quote(found['displayName'])}"
    return {
        "self": view.link(f"user?accountId={quote(found['accountId'], safe='')}"),
        "accountId": found["accountId"],
        "emailAddress": found["emailAddress"],
        "avatarUrls": {f"{size}x{size}": f"{initials}?size={size}" for size in (48, 24, 16, 32)},
        "displayName": found["displayName"],
        "active": found["active"],
        "timeZone": found["timeZone"],
        "accountType": found["accountType"],
    }


def status(view: View, key: str) -> Json:
    """A status with its category."""
    name, category = catalog.STATUSES[key]
    kind = catalog.CATEGORIES[category]
    return {
        "self": view.link(f"status/{key}"),
        "description": "",
        "iconUrl": f"{view.base}/",
        "name": name,
        "id": key,
        "statusCategory": {"self": view.link(f"statuscategory/{kind['id']}"), **kind},
    }


def priority(view: View, key: str | None) -> Json | None:
    """A priority."""
    if key is None:
        return None
    name = catalog.PRIORITIES[key]
    icon = f"{view.base}/images/icons/priorities/{name.lower()}_new.svg"
    return {"self": view.link(f"priority/{key}"), "iconUrl": icon, "name": name, "id": key}


def resolution(view: View, key: str | None) -> Json | None:
    """A resolution."""
    if key is None:
        return None
    name, text = catalog.RESOLUTIONS[key]
    return {"self": view.link(f"resolution/{key}"), "id": key, "description": text, "name": name}


def issue_type(view: View, key: str) -> Json:
    """A kind of issue."""
    name, text, level = catalog.TYPES[key]
    icon = f"{view.base}/rest/api/2/universal_avatar/view/type/issuetype/avatar/10318?size=medium"
    return {
        "self": view.link(f"issuetype/{key}"),
        "id": key,
        "description": text,
        "iconUrl": icon,
        "name": name,
        "subtask": level < 0,
        "avatarId": 10318,
        "hierarchyLevel": level,
    }


def component(view: View, key: str) -> Json:
    """A component."""
    return {"self": view.link(f"component/{key}"), "id": key, "name": catalog.COMPONENTS[key]}


def product(view: View, key: str | None) -> Json | None:
    """An option of the select field."""
    if key is None:
        return None
    return {"self": view.link(f"customFieldOption/{key}"), "value": catalog.PRODUCTS[key], "id": key}


def project_ref(view: View, key: str) -> Json:
    """A project as issues name it."""
    found = project(view.store, key)
    number = found["id"] if found else ""
    avatar = f"{view.base}/rest/api/2/universal_avatar/view/type/project/avatar/10407"
    return {
        "self": view.link(f"project/{number}"),
        "id": number,
        "key": key,
        "name": found["name"] if found else key,
        "projectTypeKey": "software",
        "simplified": False,
        "avatarUrls": {"48x48": avatar, "24x24": f"{avatar}?size=small"},
    }


def attachment(view: View, doc: Doc) -> Json:
    """A file's description."""
    return {
        "self": view.link(f"attachment/{doc['id']}"),
        "id": doc["id"],
        "filename": doc["filename"],
        "author": user(view, doc["author"]),
        "created": view.time(doc["created"]),
        "size": doc["size"],
        "mimeType": doc["mimeType"],
        "content": view.link(f"attachment/content/{doc['id']}"),
    }


def comment(view: View, doc: Doc, *, expand: str = "") -> Json:
    """A comment; `expand` may ask for its properties."""
    said: Json = {
        "self": view.link(f"issue/{doc['issue']}/comment/{doc['id']}"),
        "id": doc["id"],
        "author": user(view, doc["author"]),
        "body": view.body(doc["body"]),
        "updateAuthor": user(view, doc["updateAuthor"]),
        "created": view.time(doc["created"]),
        "updated": view.time(doc["updated"]),
        "jsdPublic": doc["jsdPublic"],
    }
    if doc.get("visibility"):
        said["visibility"] = doc["visibility"]
    if "properties" in expand.split(","):
        said["properties"] = [{"key": key, "value": value} for key, value in doc["properties"].items()]
    return said


def comments(view: View, issue_id: str) -> list[Doc]:
    """The comments of an issue that the viewer may see, oldest first."""
    return [one for one in view.store.all(f"comments/{issue_id}") if view.sees(one)]


def history(view: View, doc: Doc) -> Json:
    """One entry of the change log."""
    said: Json = {
        "id": doc["id"],
        "author": user(view, doc["author"]),
        "created": view.time(doc["created"]),
        "items": doc["items"],
    }
    if doc.get("historyMetadata"):
        said["historyMetadata"] = doc["historyMetadata"]
    return said


def fields(view: View, doc: Doc) -> Json:
    """All fields of an issue."""
    number, shown = doc["id"], comments(view, doc["id"])
    return {
        "statuscategorychangedate": view.time(doc["statuschanged"]),
        "issuetype": issue_type(view, doc["issuetype"]),
        "timespent": None,
        "project": project_ref(view, doc["project"]),
        "fixVersions": [],
        "resolution": resolution(view, doc["resolution"]),
        "resolutiondate": view.time(doc["resolutiondate"]),
        "workratio": -1,
        "watches": {"self": view.link(f"issue/{doc['key']}/watchers"), "watchCount": 0, "isWatching": False},
        "created": view.time(doc["created"]),
        "priority": priority(view, doc["priority"]),
        "labels": sorted(doc["labels"]),
        "versions": [],
        "issuelinks": [],
        "assignee": user(view, doc["assignee"]),
        "updated": view.time(doc["updated"]),
        "status": status(view, doc["status"]),
        "components": [component(view, one) for one in doc["components"]],
        "description": view.body(doc["description"]),
        "customfield_10050": doc["customfield_10050"],
        "customfield_10051": product(view, doc["customfield_10051"]),
        "security": None,
        "attachment": [attachment(view, one) for one in view.store.all(f"files/{number}")],
        "summary": doc["summary"],
        "creator": user(view, doc["creator"]),
        "subtasks": [],
        "reporter": user(view, doc["reporter"]),
        "environment": None,
        "duedate": doc["duedate"],
        "progress": {"progress": 0, "total": 0},
        "votes": {"self": view.link(f"issue/{doc['key']}/votes"), "votes": 0, "hasVoted": False},
        "comment": {
            "comments": [comment(view, one) for one in shown[:COMMENTS_INSIDE]],
            "self": view.link(f"issue/{number}/comment"),
            "maxResults": min(len(shown), COMMENTS_INSIDE),
            "total": len(shown),
            "startAt": 0,
        },
    }


def chosen(whole: Json, wanted: str) -> Json:
    """The fields that a list like "*all", "*navigable,-comment" or "summary,status" asks for."""
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    keep = {name for name in names if not name.startswith(("-", "*"))}
    if "*all" in names or not any(not name.startswith("-") for name in names):
        keep |= set(whole)
    if "*navigable" in names:
        keep |= set(whole) - catalog.NOT_NAVIGABLE
    keep -= {name[1:] for name in names if name.startswith("-")}
    return {name: value for name, value in whole.items() if name in keep}


def issue(view: View, doc: Doc, *, wanted: str = "*all", expand: str = "", properties: str = "") -> Json:
    """An issue with the fields, expansions and properties that were asked for."""
    asked = {part.strip() for part in expand.split(",")}
    shown = {"id", "key"} if wanted == "id" else chosen(fields(view, doc), wanted)
    said: Json = {
        "expand": EXPAND,
        "id": doc["id"],
        "self": view.link(f"issue/{doc['id']}"),
        "key": doc["key"],
    }
    if wanted != "id":
        said["fields"] = shown
    if "names" in asked:
        said["names"] = {key: field.name for key, field in catalog.FIELDS.items() if key in shown}
    if "schema" in asked:
        said["schema"] = {key: field.schema for key, field in catalog.FIELDS.items() if key in shown}
    if "changelog" in asked:
        said["changelog"] = changelog(view, doc["id"])
    names = [name.strip() for name in properties.split(",") if name.strip()]
    if names:
        kept = doc["properties"]
        said["properties"] = {key: kept[key] for key in kept if "*all" in names or key in names}
    return said


def changelog(view: View, issue_id: str) -> Json:
    """The share of the history that an issue carries: the newest entries, newest first."""
    entries = view.store.all(f"log/{issue_id}")
    share = entries[::-1][:HISTORY_INSIDE]
    return {
        "startAt": 0,
        "maxResults": len(share),
        "total": len(entries),
        "histories": [history(view, one) for one in share],
    }
