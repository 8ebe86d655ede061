"""HTTP towards other companies' trackers: timeouts, an egress guard against SSRF, no redirects."""

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from portal.core.errors import BadInput

#: seconds; a lease must outlive one request plus the time a tracker may apply it late (docs/engine.md)
TIMEOUT = 20.0
NAT64 = ipaddress.ip_network("64:ff9b::/96")
CGNAT = ipaddress.ip_network("100.64.0.0/10")
LIMITS = httpx.Limits(max_keepalive_connections=10, keepalive_expiry=30.0)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Egress:
    """Where requests may go: exact "host:port" pairs, else https on public addresses."""

    allow: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str) -> "Egress":
        """From a comma-separated list of host:port as the environment gives it."""
        return cls(frozenset(part.strip().lower() for part in text.split(",") if part.strip()))

    def allows(self, host: str, port: int) -> bool:
        """Whether exactly this host and port are allowed, whatever they are."""
        return f"{host.lower()}:{port}" in self.allow


def is_public(address: Address) -> bool:
    """Whether an address is a host of the public internet, also inside IPv6 wrappings of IPv4."""
    if isinstance(address, ipaddress.IPv6Address):
        for inner in (address.ipv4_mapped, address.sixtofour):
            if inner is not None:
                return is_public(inner)
        if address in NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address.teredo is not None:
            return False
    elif address in CGNAT:
        return False
    return address.is_global and not address.is_multicast


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host name, in the resolver's order. Raises httpx.ConnectError when there is none."""
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(f"The name {host} does not resolve.") from error
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def admit(url: httpx.URL, egress: Egress) -> None:
    """Raises BadInput (code egress-denied) unless `url` is an allowed host:port, or https on port 443."""
    port = url.port or (443 if url.scheme == "https" else 80)
    if egress.allows(url.host, port):
        return
    if url.scheme != "https" or port != 443 or url.userinfo:
        raise BadInput(
            f"The address {url.scheme}://{url.host}:{port} cannot be used: give an https address on port 443.",
            code="egress-denied",
        )


def vet(host: str, port: int, egress: Egress) -> str:
    """The one address to connect to. Raises BadInput (code egress-denied) when the host may not be reached.

    1. an allowed host:port passes, whatever it resolves to; 2. otherwise every address that the name has must be
    public, so that a mixed answer cannot smuggle one in.
    """
    addresses = resolve(host, port)
    if egress.allows(host, port):
        return addresses[0]
    if not addresses or not all(is_public(ipaddress.ip_address(a.split("%")[0])) for a in addresses):
        raise BadInput(
            f"The host {host} cannot be used: it does not lead to a public internet address.",
            code="egress-denied",
        )
    return addresses[0]


class Gate(httpcore.NetworkBackend):
    """Opens connections to vetted addresses alone: a name is resolved once for each connection, right here.

    The pool keeps connections by name, and TLS checks that name, so that no name can be rebound to an address that
    was not vetted, and none uses a connection that was made for another.
    """

    def __init__(self, egress: Egress, network: httpcore.NetworkBackend | None = None) -> None:
        self.egress = egress
        self.network = network or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the vetted address of `host`."""
        return self.network.connect_tcp(vet(host, port, self.egress), port, timeout, local_address, socket_options)


class GuardedTransport(httpx.HTTPTransport):
    """Sends to admitted URLs only, over connections that the gate opened."""

    def __init__(self, egress: Egress, network: httpcore.NetworkBackend | None = None) -> None:
        context = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=context, trust_env=False)
        self.egress = egress
        # httpx offers no argument for it: the same pool, with our gate as its way out
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=LIMITS.max_connections,
            max_keepalive_connections=LIMITS.max_keepalive_connections,
            keepalive_expiry=LIMITS.keepalive_expiry,
            network_backend=Gate(egress, network),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`. Raises BadInput when it may not go there."""
        admit(request.url, self.egress)
        return super().handle_request(request)


class Client(httpx.Client):
    """An httpx client whose requests go straight to the transport.

    Nothing of one request is kept for the next, as systems of different companies share it: no cookies. No redirect
    is followed and no sign-in is added.
    """

    def __init__(self, transport: httpx.BaseTransport, timeout: httpx.Timeout) -> None:
        super().__init__(transport=transport, timeout=timeout, trust_env=False, headers={"User-Agent": "Concord"})
        self.transport = transport

    def send(self, request: httpx.Request, *, stream: bool = False, **_: Any) -> httpx.Response:
        """Send `request`; the whole answer unless `stream`, whose caller closes it."""
        response = self.transport.handle_request(request)
        response.request = request
        if not stream:
            try:
                response.read()
            finally:
                response.close()
        return response


def client(egress: Egress, *, timeout: float = TIMEOUT, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """An httpx client behind the guard: no cookies, no redirects, no proxies or netrc of the environment."""
    return Client(transport or GuardedTransport(egress), httpx.Timeout(timeout, connect=min(timeout, 5.0)))
