"""The practice ServiceNow put together: versions of paths, sign-in, rate rule, headers."""

import re
import threading
from collections import Counter
from collections.abc import Sequence

from werkzeug.wrappers import Request, Response

from sync.sandbox.app import Practice
from sync.sandbox.call import Call, Refusal, Routes, reply
from sync.sandbox.servicenow import attachments, batch, oauth, outbound, pages, switches, table
from sync.sandbox.servicenow.rules import refused
from sync.sandbox.servicenow.seed import CLIENT_ID, seed
from sync.sandbox.store import Doc, Store

VERSION = re.compile(r"/api/now/v[12](?=/)")
HOUR = 3600


class PracticeServiceNow(Practice):
    """ServiceNow for practice."""

    name = "Practice ServiceNow"
    api_prefixes = ("/api/", "/oauth_token.do")

    def __init__(self, store: Store) -> None:
        super().__init__(store, patience=outbound.patience)
        self.counted: Counter[tuple[str, int]] = Counter()
        self.counting = threading.Lock()

    def routes(self) -> Sequence[Routes]:
        """All endpoints and the pages."""
        return [one.ROUTES for one in (table, attachments, batch, oauth, switches, pages)]

    def normal_path(self, path: str) -> str:
        """Both versions and none lead to the same endpoints."""
        return VERSION.sub("/api/now", path)

    def authenticate(self, request: Request) -> Doc | None:
        """Basic with user name and password, or Bearer."""
        if not request.path.startswith("/api/"):
            return None
        scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
        person: Doc | None = None
        if scheme.lower() == "bearer":
            person = oauth.holder(self.store, rest, self.now())
        elif request.authorization is not None and request.authorization.type == "basic":
            given = request.authorization
            person = oauth.signed_in(self.store, given.username or "", given.password or "")
        if person is None:
            raise refused("User Not Authenticated", "Required to provide Auth information", status=401)
        return person

    def admit(self, call: Call) -> None:
        """The rate rule: so many requests in the clock's hour, then 429 until it is over."""
        limits = self.store.get("practice", "limits")
        if limits is None or not limits["hourly"] or call.actor is None:
            return
        now = int(self.now().timestamp())
        hour = now // HOUR
        with self.counting:
            self.counted[call.actor["user_name"], hour] += 1
            many = self.counted[call.actor["user_name"], hour]
        if many > limits["hourly"]:
            reset = (hour + 1) * HOUR
            text = f"Rate limit of {limits['hourly']} requests per hour for Table API exceeded"
            raise Refusal(
                429,
                {"error": {"message": "Rate limit exceeded", "detail": text}, "status": "failure"},
                {
                    "Retry-After": str(reset - now),
                    "X-RateLimit-Limit": str(limits["hourly"]),
                    "X-RateLimit-Reset": str(reset),
                    "X-RateLimit-Rule": "practice",
                },
            )

    def not_found(self, call: Call) -> Response:
        """The answer for an address that there is not."""
        if not self.is_api(call.request.path):
            return pages.missing(call)
        text = "Requested URI does not represent any resource"
        return reply({"error": {"message": text, "detail": ""}, "status": "failure"}, status=400)

    def welcome(self, address: str) -> None:
        """Let the OAuth client send people back to this address."""
        client = self.store.copy("clients", CLIENT_ID)
        if client is not None and address not in client["addresses"]:
            client["addresses"] = [*client["addresses"], address]
            self.store.put("clients", CLIENT_ID, client)

    def unreadable(self, why: str) -> Refusal:
        """A body that is no JSON object."""
        return refused("Exception while reading request", f"The payload is not valid JSON: {why}", status=400)

    def stamp(self, call: Call, response: Response) -> None:
        """The headers that the real instance adds."""
        response.headers["X-Is-Logged-In"] = "true" if call.actor is not None else "false"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Cache-Control", "no-cache,no-store,must-revalidate,max-age=-1")
        if response.mimetype == "application/json":
            response.headers["Content-Type"] = "application/json;charset=UTF-8"


def make(store: Store, token: str) -> PracticeServiceNow:
    """The practice ServiceNow on a store; `token` is the password of its sync account."""
    seed(store, token)
    return PracticeServiceNow(store)
