"""The wire to Azure DevOps: its two ways to send us to a sign-in page, and its requests for patience."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import httpx

from portal.core import clock
from portal.core.errors import RateLimited, TrackerFault, Unauthorized
from sync.connectors.base import Basic, Credential, OAuth
from sync.connectors.wire import Json, Wire, authorization, retry_at

REFUSED = "Azure DevOps refused the credential. Enter a new one on the system's page."
PATCH = {"Content-Type": "application/json-patch+json"}


def headers(credential: Credential) -> dict[str, str]:
    """A personal access token goes as Basic with an empty name; a token of Microsoft Entra as Bearer.

    The second header asks for 401 where the service would send a browser to its sign-in page.
    """
    if not isinstance(credential, OAuth):
        credential = Basic("", credential.secret)
    return {**authorization(credential), "X-TFS-FedAuthRedirect": "Suppress"}


class Gate(Wire):
    """One organisation's HTTP. A Retry-After may come with a good answer: no verb begins before it is over."""

    #: no verb begins before this time, UTC
    patience: datetime | None = None

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        content: bytes | Iterator[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """As Wire.send; what a good answer says of patience is kept for `heed`."""
        response = super().send(method, path, params=params, content=content, headers=headers)
        if response.status_code == 203:
            raise Unauthorized(REFUSED, status=203)
        if "retry-after" in response.headers:
            self.patience = retry_at(response.headers)
        return response

    def heed(self) -> None:
        """Begin a verb. Raises RateLimited while the service has asked for patience.

        In the midst of a verb its requests go on: one that broke off each time would never end.
        """
        if self.patience is not None and clock.now() < self.patience:
            raise RateLimited("Azure DevOps asked to wait before the next request.", retry_at=self.patience)
        self.patience = None

    def fault(self, response: httpx.Response, method: str) -> TrackerFault:
        """A redirect to a sign-in page is a refused credential; another one is a wrong address."""
        to = response.headers.get("location", "").casefold()
        if response.status_code in (302, 303) or (response.is_redirect and "signin" in to):
            return Unauthorized(REFUSED, status=response.status_code)
        return super().fault(response, method)

    def patch(self, method: str, path: str, operations: list[Json], params: Mapping[str, str | int]) -> Json:
        """Send a JSON Patch; the work item that it leaves."""
        sent = {"Accept": "application/json", **PATCH}
        response = self.send(method, path, params=params, content=self.encoded(operations), headers=sent)
        found = self.decoded(response, method)
        return found if isinstance(found, dict) else {}

    def _pieces(self, response: httpx.Response) -> Iterator[bytes]:
        """A sign-in page is no file."""
        if response.status_code == 203:
            raise Unauthorized(REFUSED, status=203)
        yield from super()._pieces(response)
