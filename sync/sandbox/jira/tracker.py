"""The practice Jira put together: paths of all versions, sign-in, limits, headers."""

import hmac
import re
import secrets
import threading
import time
from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import quote

from werkzeug.wrappers import Request, Response

from sync.sandbox.app import WRITES, Practice
from sync.sandbox.call import Call, Refusal, Routes, reply
from sync.sandbox.jira import (
    attachments,
    comments,
    events,
    issues,
    oauth,
    pages,
    projects,
    properties,
    search,
    site,
    switches,
    webhooks,
)
from sync.sandbox.jira.seed import digest, seed
from sync.sandbox.store import Doc, Store

NEEDS_LOGIN = "Client must be authenticated to access this resource."
#: addresses that answer somebody who is not signed in, with what nobody may see left out
OPEN = re.compile(r"/rest/api/3/(serverInfo|search/jql|project|project/search)|/oauth/.*")
GATEWAY = re.compile(r"/ex/jira/[^/]+(?=/rest/)")
VERSION = re.compile(r"/rest/api/(2|latest)(?=/)")
ISSUE = re.compile(r"/rest/api/3/issue/([^/]+)")
#: seconds that the limit of writes to one issue looks back
PER_ISSUE = 2.0


class PracticeJira(Practice):
    """Jira Cloud for practice."""

    name = "Practice Jira"
    api_prefixes = ("/rest/", "/ex/jira/", "/oauth/")

    def __init__(self, store: Store) -> None:
        super().__init__(store, patience=events.patience)
        self.recent: dict[str, deque[float]] = {}
        self.counting = threading.Lock()

    def routes(self) -> Sequence[Routes]:
        """All endpoints and the pages."""
        nouns = (issues, comments, properties, attachments, search, site, projects, webhooks, oauth)
        return [one.ROUTES for one in (*nouns, switches, pages)]

    def normal_path(self, path: str) -> str:
        """v2, "latest" and the gateway's addresses lead to the same endpoints as v3."""
        return VERSION.sub("/rest/api/3", GATEWAY.sub("", path))

    def authenticate(self, request: Request) -> Doc | None:
        """Basic with e-mail and API token, Bearer by way of the gateway; without any: nobody."""
        path = self.normal_path(request.path)
        if path.startswith("/oauth/"):
            return None
        given = request.headers.get("Authorization", "")
        if not given:
            if OPEN.fullmatch(path):
                return None
            raise Refusal(401, {"message": NEEDS_LOGIN, "status-code": 401})
        scheme, _, rest = given.partition(" ")
        if scheme.lower() == "bearer":
            person = oauth.holder(self.store, rest, self.now()) if GATEWAY.match(request.path) else None
            if person is None:
                raise Refusal(401, {"code": 401, "message": "Unauthorized"})
            return person
        basic = request.authorization
        if basic is not None and basic.type == "basic":
            person = self._by_token(basic.username or "", basic.password or "")
            if person is not None:
                return person
        raise Refusal(401, NEEDS_LOGIN, {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"})

    def _by_token(self, email: str, token: str) -> Doc | None:
        for one in self.store.all("tokens"):
            if one["email"].casefold() == email.casefold() and hmac.compare_digest(one["digest"], digest(token)):
                return self.store.get("people", one["accountId"])
        return None

    def admit(self, call: Call) -> None:
        """The burst limit and the limit of writes to one issue, where they are set."""
        limits = self.store.get("practice", "limits")
        if limits is None or not call.request.path.startswith(("/rest/", "/ex/jira/")):
            return
        path = self.normal_path(call.request.path)
        if limits["burst"]:
            self._count("all", limits["burst"], 1.0, "jira-burst-based")
        issue = ISSUE.match(path)
        if limits["per_issue"] and issue and call.request.method in WRITES:
            self._count(issue.group(1), limits["per_issue"], PER_ISSUE, "jira-per-issue-on-write")

    def _count(self, name: str, limit: int, span: float, why: str) -> None:
        """Count a request; refuse it with 429 and Jira's headers when there were too many."""
        now = time.monotonic()
        with self.counting:
            times = self.recent.setdefault(name, deque())
            while times and times[0] <= now - span:
                times.popleft()
            if len(times) < limit:
                times.append(now)
                return
            wait = max(1, round(times[0] + span - now))
        reset = (self.now() + timedelta(seconds=wait)).strftime("%Y-%m-%dT%H:%MZ")
        headers = {
            "Retry-After": str(wait),
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": reset,
            "RateLimit-Reason": why,
        }
        raise Refusal(429, {"errorMessages": ["Rate limit exceeded."], "errors": {}}, headers)

    def not_found(self, call: Call) -> Response:
        """The gateway's answer for an address that there is not."""
        if not self.is_api(call.request.path):
            return pages.missing(call)
        text = f"null for uri: {call.request.path}"
        return reply({"message": "HTTP 404 Not Found", "status-code": 404, "detail": text}, status=404)

    def unreadable(self, why: str) -> Refusal:
        """A body that is no JSON object."""
        text = "There was an error parsing JSON. Check that your request body is valid."
        return Refusal(400, {"errorMessages": [text], "errors": {}})

    def stamp(self, call: Call, response: Response) -> None:
        """The headers that the real site adds."""
        response.headers["X-Arequestid"] = secrets.token_hex(16)
        response.headers["Atl-Traceid"] = secrets.token_hex(16)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Cache-Control", "no-cache, no-store, no-transform")
        if call.actor is not None:
            response.headers["X-Aaccountid"] = quote(call.actor["accountId"], safe="")
        if response.mimetype == "application/json":
            response.headers["Content-Type"] = "application/json;charset=UTF-8"


def make(store: Store, token: str) -> PracticeJira:
    """The practice Jira on a store; `token` is the API token of its sync account."""
    seed(store, token)
    return PracticeJira(store)
