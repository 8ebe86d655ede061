"""HTTP towards other companies' trackers: timeouts, an egress guard against SSRF, no redirects."""

import ipaddress
import socket
from dataclasses import dataclass

import httpx

from portal.core.errors import BadInput

#: seconds; a lease must outlive one request plus the time a tracker may apply it late (docs/engine.md)
TIMEOUT = 20.0
NAT64 = ipaddress.ip_network("64:ff9b::/96")
CGNAT = ipaddress.ip_network("100.64.0.0/10")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Egress:
    """Where requests may go: exact "host:port" pairs, else https on public addresses."""

    allow: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str) -> "Egress":
        """From a comma-separated list of host:port as the environment gives it."""
        return cls(frozenset(part.strip().lower() for part in text.split(",") if part.strip()))


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


def vet(url: httpx.URL, egress: Egress) -> str:
    """The one address to connect to for `url`. Raises BadInput (code egress-denied) when it may not be reached.

    1. an allowed host:port passes, whatever it resolves to; 2. otherwise only https on port 443;
    3. every address the name has must be public, so that a mixed answer cannot smuggle one in.
    """
    port = url.port or (443 if url.scheme == "https" else 80)
    host = url.host.lower()
    if f"{host}:{port}" in egress.allow:
        return resolve(host, port)[0]
    if url.scheme != "https" or port != 443 or url.userinfo:
        raise BadInput(
            f"The address {url.scheme}://{host}:{port} cannot be used: give an https address on port 443.",
            code="egress-denied",
        )
    addresses = resolve(host, port)
    if not addresses or not all(is_public(ipaddress.ip_address(a.split("%")[0])) for a in addresses):
        raise BadInput(
            f"The host {host} cannot be used: it does not lead to a public internet address.",
            code="egress-denied",
        )
    return addresses[0]


class GuardedTransport(httpx.BaseTransport):
    """Resolves once, vets, and connects to exactly the vetted address (no DNS rebinding)."""

    def __init__(self, egress: Egress, inner: httpx.BaseTransport | None = None) -> None:
        self.egress = egress
        self.inner = inner or httpx.HTTPTransport(limits=httpx.Limits(max_keepalive_connections=4))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` to the vetted address, with its own name in Host and in TLS."""
        host = request.url.host
        address = vet(request.url, self.egress)
        if address != host:
            request.headers.setdefault("Host", request.url.netloc.decode("ascii"))
            request.extensions = {**request.extensions, "sni_hostname": host}
            request.url = request.url.copy_with(host=address)
        return self.inner.handle_request(request)

    def close(self) -> None:
        """Close the pooled connections."""
        self.inner.close()


def client(egress: Egress, *, timeout: float = TIMEOUT, inner: httpx.BaseTransport | None = None) -> httpx.Client:
    """An httpx client behind the guard: no redirects, no proxies or netrc of the environment."""
    return httpx.Client(
        transport=GuardedTransport(egress, inner),
        timeout=httpx.Timeout(timeout, connect=min(timeout, 5.0)),
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": "Concord"},
    )
