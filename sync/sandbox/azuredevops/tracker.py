"""The practice Azure DevOps put together: addresses, sign-in, limits, headers."""

import secrets
import threading
import time
from collections import deque
from collections.abc import Sequence

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from sync.sandbox.app import Practice
from sync.sandbox.azuredevops import (
    comments,
    describe,
    events,
    files,
    items,
    oauth,
    pages,
    place,
    queries,
    reporting,
    switches,
    webhooks,
)
from sync.sandbox.azuredevops.refusals import error, refuse
from sync.sandbox.azuredevops.seed import digest, seed
from sync.sandbox.call import Call, Refusal, Routes
from sync.sandbox.store import Doc, Store

SIGN_IN = (
    "<!DOCTYPE html><html><head><title>Azure DevOps Services | Sign In</title></head>"
    "<body><h1>Sign in to continue</h1></body></html>"
)
#: seconds that the limits look back; the real service looks back five minutes
SPAN = 60.0


class PracticeAzureDevOps(Practice):
    """Azure DevOps Services for practice."""

    name = "Practice Azure DevOps"

    def __init__(self, store: Store) -> None:
        super().__init__(store, patience=events.patience)
        self.recent: dict[str, deque[float]] = {}
        self.counting = threading.Lock()

    def routes(self) -> Sequence[Routes]:
        """All endpoints and the pages."""
        nouns = (items, comments, files, queries, reporting, describe, webhooks, oauth)
        return [one.ROUTES for one in (*nouns, switches, pages)]

    def is_api(self, path: str) -> bool:
        """Addresses of the API stand below the organisation, with or without a project."""
        return place.is_api(path)

    def normal_path(self, path: str) -> str:
        """The address without organisation and project, in lower case, as over there case does not count."""
        return place.parted(path)[1] if self.is_api(path) else path

    def authenticate(self, request: Request) -> Doc | None:
        """Basic with a personal access token and any name, Bearer of Entra. Others are sent to a sign-in page."""
        scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
        found: Doc | None = None
        if scheme.casefold() == "bearer":
            found = oauth.holder(self.store, rest, self.now())
        elif request.authorization is not None and request.authorization.type == "basic":
            kept = self.store.get("tokens", digest(request.authorization.password or ""))
            found = self.store.get("people", kept["person"]) if kept else None
        if found is not None:
            return found
        raise Refusal(0, self._sign_in(request, given=bool(rest)))

    def _sign_in(self, request: Request, *, given: bool) -> Response:
        """401 where the caller asks for it; else a page with 203 for a wrong token, a redirect for none."""
        if request.headers.get("X-TFS-FedAuthRedirect", "").casefold() == "suppress":
            answer = Response(SIGN_IN, status=401, content_type="text/html; charset=utf-8")
            answer.headers["WWW-Authenticate"] = 'Basic realm="practice"'
            return answer
        if given:
            return Response(SIGN_IN, status=203, content_type="text/html; charset=utf-8")
        return redirect("/_signin", code=302)

    def admit(self, call: Call) -> None:
        """Ask for patience beyond one limit, refuse beyond the next, where they are set."""
        limits = self.store.get("practice", "limits")
        if limits is None or call.actor is None or not (limits["delay"] or limits["block"]):
            return
        now = time.monotonic()
        with self.counting:
            times = self.recent.setdefault(str(call.actor["id"]), deque())
            while times and times[0] <= now - SPAN:
                times.popleft()
            times.append(now)
            count, wait = len(times), max(1, round(times[0] + SPAN - now))
        reset = str(int(self.now().timestamp()) + wait)
        told = {"X-RateLimit-Resource": "AnonymousOrUser", "X-RateLimit-Reset": reset}
        told |= {"X-RateLimit-Limit": str(limits["block"] or limits["delay"]), "Retry-After": str(min(wait, 30))}
        told["X-RateLimit-Remaining"] = str(max(0, (limits["block"] or limits["delay"]) - count))
        if limits["block"] and count > limits["block"]:
            text = "TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource "
            raise Refusal(429, error("RequestBlockedException", f"{text}'Work items' in namespace 'User'."), told)
        if limits["delay"] and count > limits["delay"]:
            call.headers.update({**told, "X-RateLimit-Delay": "0.5"})

    def not_found(self, call: Call) -> Response:
        """The answer for an address that there is not: plain text, as over there."""
        if not self.is_api(call.request.path):
            return pages.missing(call)
        text = f"The controller for path '{call.request.path}' was not found or does not implement IController."
        return Response(text, status=404, content_type="text/plain; charset=utf-8")

    def unreadable(self, why: str) -> Refusal:
        """A body that is no JSON object."""
        return refuse(400, "VssPropertyValidationException", f"The body of the request cannot be read: {why}")

    def stamp(self, call: Call, response: Response) -> None:
        """The headers that the real service adds."""
        response.headers["ActivityId"] = response.headers["X-VSS-E2EID"] = secrets.token_hex(16)
        response.headers["X-TFS-ProcessId"] = secrets.token_hex(8)
        response.headers.setdefault("Cache-Control", "no-cache, no-store, must-revalidate")
        response.headers["X-Content-Type-Options"] = "nosniff"
        if response.mimetype == "application/json":
            response.headers["Content-Type"] = "application/json; charset=utf-8; api-version=7.1"


def make(store: Store, token: str) -> PracticeAzureDevOps:
    """The practice Azure DevOps on a store; `token` is the personal access token of its sync account."""
    seed(store, token)
    return PracticeAzureDevOps(store)
