"""One tracker's HTTP with its errors told in our tree: what every connector sends its requests through."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import cast

import httpx

from portal.core import clock
from portal.core.errors import (
    BadInput,
    Conflict,
    Missing,
    RateLimited,
    Rejected,
    TrackerFault,
    Unauthorized,
    Unavailable,
)
from sync.connectors.base import Credential, OAuth, Vault

Json = dict[str, "object"]
#: bytes; no JSON answer of a tracker is larger, so more is a fault and not data
MAX_ANSWER = 32 * 1024 * 1024
MAX_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Explained:
    """What a tracker's error body says: its own sentence, and the field it names if any."""

    sentence: str = ""
    field: str | None = None


Explain = Callable[[object], Explained]
Authorize = Callable[[Credential], dict[str, str]]
#: an access token that ends within this time is renewed before it is used
EARLY = timedelta(seconds=30)


def authorization(credential: Credential) -> dict[str, str]:
    """The Authorization header of a credential."""
    if isinstance(credential, OAuth):
        return {"Authorization": f"Bearer {credential.access}"}
    pair = f"{credential.user}:{credential.secret}".encode()
    return {"Authorization": "Basic " + base64.b64encode(pair).decode("ascii")}


@dataclass(slots=True)
class Wire:
    """Sends requests to one tracker. `name` is the product's for sentences, `exchange` renews an OAuth token,
    `authorize` writes a credential as headers where a tracker has its own way."""

    name: str
    base_url: str
    client: httpx.Client
    vault: Vault
    explain: Explain
    exchange: Callable[[OAuth], OAuth] | None = None
    authorize: Authorize = authorization

    def url(self, path: str) -> str:
        """`path` under the base URL, whose own path is kept (a context path is common on premises)."""
        return self.base_url.rstrip("/") + "/" + path.lstrip("/")

    def same_site(self, url: str) -> bool:
        """Whether a URL out of an answer leads to this tracker itself."""
        one, two = httpx.URL(url), httpx.URL(self.base_url)
        return (one.scheme, one.host, one.port) == (two.scheme, two.host, two.port)

    def json(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        """One request, its JSON object; an empty answer is {}, a list is {"values": [...]}."""
        data = self.value(method, path, params=params, body=body, headers=headers)
        if isinstance(data, list):
            return {"values": data}
        return cast(Json, data) if isinstance(data, dict) else {}

    def value(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> object:
        """One request, its JSON value of any type. Raises the TrackerFault that its answer means."""
        content = None if body is None else self.encoded(body)
        sent = {"Accept": "application/json", **(headers or {})}
        if content is not None:
            sent["Content-Type"] = "application/json"
        response = self.send(method, path, params=params, content=content, headers=sent)
        return self.decoded(response, method)

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        content: bytes | Iterator[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One request, renewed once after a 401 on OAuth. Raises the TrackerFault that a bad answer means."""
        credential = self._credential()
        response = self._once(method, path, params, content, {**(headers or {}), **self.authorize(credential)})
        if response.status_code == 401 and isinstance(credential, OAuth) and self.exchange is not None:
            renewed = self.vault.renew(credential, self.exchange)
            if content is not None and not isinstance(content, bytes):
                raise Unavailable(f"{self.name} asked for a fresh sign-in during an upload.", sent=False)
            response = self._once(method, path, params, content, {**(headers or {}), **self.authorize(renewed)})
        if response.status_code >= 300:
            raise self.fault(response, method)
        return response

    def _credential(self) -> Credential:
        """The credential to send, renewed first when its end is near: a 401 in the midst costs an upload."""
        credential = self.vault.credential()
        if (
            self.exchange is not None
            and isinstance(credential, OAuth)
            and credential.expires_at is not None
            and credential.expires_at <= clock.now() + EARLY
        ):
            return self.vault.renew(credential, self.exchange)
        return credential

    def _once(
        self,
        method: str,
        path: str,
        params: Mapping[str, str | int] | None,
        content: bytes | Iterator[bytes] | None,
        headers: Mapping[str, str],
    ) -> httpx.Response:
        url = path if path.startswith(("https://", "http://")) else self.url(path)
        try:
            request = self.client.build_request(method, url, params=params, content=content, headers=dict(headers))
            response = self.client.send(request, stream=True)
            try:
                body = bytearray()
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > MAX_ANSWER:
                        raise Unavailable(f"{self.name} sent an answer of more than 32 MB.", sent=True)
            finally:
                response.close()
            response._content = bytes(body)  # httpx has no public "read with a limit"
            return response
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.InvalidURL) as error:
            raise Unavailable(f"{self.name} cannot be reached: {reason(error)}.", sent=False) from error
        except BadInput as error:
            raise Unavailable(str(error), sent=False) from error
        except httpx.HTTPError as error:
            raise Unavailable(f"{self.name} broke off its answer: {reason(error)}.", sent=True) from error

    @staticmethod
    def encoded(body: object) -> bytes:
        """A JSON body. Half a surrogate pair in a text cannot be sent as UTF-8 by anybody: it becomes "?"."""
        return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")

    def decoded(self, response: httpx.Response, method: str) -> object:
        """The JSON of a good answer. HTML or half a body means that no tracker answered."""
        if response.status_code == 204 or not response.content:
            return {}
        try:
            return json.loads(response.content)
        except ValueError as error:
            looks = "a web page" if b"<html" in response.content[:2000].lower() else "something that is no JSON"
            raise Unavailable(
                f"{self.name} answered {method} with {looks}. Check the address; the change is kept.",
                status=response.status_code,
            ) from error

    def fault(self, response: httpx.Response, method: str) -> TrackerFault:
        """The error that a status of 300 or more means, in one table."""
        status, said = response.status_code, self._said(response)
        told = said.sentence or f"status {status}"
        if status == 429 or (status == 503 and "retry-after" in response.headers):
            return RateLimited(
                f"{self.name} asks to wait: {told}.", retry_at=retry_at(response.headers), status=status
            )
        if status in (408, 425) or status >= 500:
            return Unavailable(f"{self.name} failed with status {status}: {told}.", status=status, sent=True)
        if status < 400:
            return Unavailable(
                f"{self.name} answered {method} with a redirect. Check the system's address.",
                status=status,
                sent=False,
            )
        return self._refusal(status, told, said.field)

    def _refusal(self, status: int, told: str, field: str | None) -> TrackerFault:
        """A status of 400 to 499 that is nothing to wait for: nothing was applied."""
        refused: dict[int, TrackerFault] = {
            401: Unauthorized(
                f"{self.name} refused the credential: {told}. Enter a new one on the system's page.",
                status=status,
            ),
            403: Rejected(f"{self.name} does not allow it: {told}.", status=status, field=field),
        }
        refused[404] = refused[410] = Missing(
            f"{self.name} does not have it, or hides it from us: {told}.", status=status
        )
        refused[409] = refused[412] = Conflict(
            f"{self.name} saw another write at the same moment: {told}.", status=status
        )
        values = Rejected(f"{self.name} refused the values: {told}.", status=status, field=field)
        return refused.get(status, values)

    def _said(self, response: httpx.Response) -> Explained:
        try:
            said = self.explain(json.loads(response.content))
        except (ValueError, TypeError, AttributeError, KeyError, IndexError):
            return Explained()
        return Explained(said.sentence.strip().rstrip(".")[:500], said.field)

    @contextmanager
    def download(self, path: str, *, hops: int = 3) -> Iterator[Iterator[bytes]]:
        """Stream a file. Redirects go through the egress guard and carry no credential: a file store has one
        in its address, and refuses a second. Our credential goes to our tracker only.

        Raises the fault of a bad answer, Rejected for a redirect that leads inside, and while it is read
        Unavailable(sent=False): the reader may be another tracker's upload, which must not get the blame.
        """
        url = path if path.startswith(("https://", "http://")) else self.url(path)
        credential = self._credential() if self.same_site(url) else None
        for _ in range(hops + 2):
            with self._opened(url, self.authorize(credential) if credential else {}) as response:
                if response.is_redirect:
                    # not response.url: the guard has put the vetted address in there
                    url = str(httpx.URL(url).join(response.headers["location"]))
                    credential = None
                    continue
                if response.status_code == 401 and isinstance(credential, OAuth) and self.exchange:
                    renewed = self.vault.renew(credential, self.exchange)
                    if renewed != credential:
                        credential = renewed
                        continue
                if response.status_code >= 300:
                    response.read()
                    raise self.fault(response, "GET")
                yield self._pieces(response)
                return
        raise Unavailable(f"{self.name} redirected a file too often.", sent=False)

    @contextmanager
    def _opened(self, url: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        try:
            request = self.client.build_request("GET", url, headers=dict(headers))
            response = self.client.send(request, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable(f"{self.name} did not hand over a file: {reason(error)}.", sent=False) from error
        except BadInput as error:
            raise Rejected(f"{self.name} keeps the file where it cannot be fetched. {error}") from error
        try:
            yield response
        finally:
            response.close()

    def _pieces(self, response: httpx.Response) -> Iterator[bytes]:
        try:
            yield from response.iter_bytes()
        except httpx.HTTPError as error:
            raise Unavailable(f"{self.name} broke off a file: {reason(error)}.", sent=False) from error


def reason(error: Exception) -> str:
    """A short reason without addresses or secrets."""
    names: dict[type[Exception], str] = {
        httpx.ConnectTimeout: "no connection within 5 seconds",
        httpx.ReadTimeout: "no answer in time",
        httpx.WriteTimeout: "it stopped reading",
        httpx.ConnectError: "nobody answers at its address",
        httpx.RemoteProtocolError: "the connection ended early",
    }
    return names.get(type(error), type(error).__name__)


def retry_at(headers: Mapping[str, str]) -> datetime:
    """When to ask again: Retry-After (seconds or HTTP date), ratelimit-reset, a minute; an hour at most."""
    now, text = clock.now(), headers.get("retry-after") or headers.get("ratelimit-reset") or "60"
    try:
        at = now + timedelta(seconds=float(text))
    except (ValueError, OverflowError):
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            at = now + timedelta(seconds=60)
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return min(max(at, now), now + MAX_WAIT)
