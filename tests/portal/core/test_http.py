"""The egress guard: addresses a user gives never lead inside."""

import socket
from collections.abc import Iterable
from contextlib import AbstractContextManager

import httpcore
import httpx
import pytest

from portal.core import http
from portal.core.errors import BadInput

PUBLIC = "93.184.216.34"
#: what attackers give; every name in it resolves to what stands behind the arrow, or by itself
CORPUS = """
http://example.com/
https://example.com:8443/
https://user:pass@example.com/
ftp://example.com/
https://127.0.0.1/
https://127.0.0.2/
https://127.1/
https://2130706433/
https://0x7f000001/
https://0x7f.0x0.0x0.0x1/
https://017700000001/
https://0177.0.0.1/
https://localhost/
https://LOCALHOST/
https://localhost./
https://0.0.0.0/
https://0/
https://10.0.0.1/
https://10.255.255.255/
https://172.16.0.1/
https://172.31.255.255/
https://192.168.0.1/
https://100.64.0.1/
https://169.254.169.254/latest/meta-data/
https://192.0.0.1/
https://198.18.0.1/
https://224.0.0.1/
https://240.0.0.1/
https://255.255.255.255/
https://[::1]/
https://[::]/
https://[::ffff:127.0.0.1]/
https://[::ffff:7f00:1]/
https://[::ffff:169.254.169.254]/
https://[fe80::1]/
https://[fc00::1]/
https://[fd00:ec2::254]/
https://[ff02::1]/
https://[64:ff9b::7f00:1]/
https://[64:ff9b::a9fe:a9fe]/
https://[2002:7f00:1::]/
https://[2001:0:53aa:64c:0:ffff:80ff:fffe]/
https://[2001:db8::1]/
https://metadata.internal.example/ -> 169.254.169.254
https://mixed.example/ -> 93.184.216.34 10.0.0.5
https://wrapped.example/ -> ::ffff:10.0.0.5
https://①②⑦.⓪.⓪.①/
""".strip().splitlines()

Row = tuple[int, int, int, str, tuple[str, int]]


class Names:
    """A resolver at the socket's edge: known names give their answers in turn, literals are themselves."""

    def __init__(self, known: dict[str, list[list[str]]]) -> None:
        self.known = known
        self.asked: list[str] = []

    def getaddrinfo(self, host: str, port: int, **_: int) -> list[Row]:
        """What socket.getaddrinfo would say."""
        self.asked.append(host)
        if host in self.known:
            answers = self.known[host]
            addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        else:
            rows = REAL(host, port, flags=0 if host.rstrip(".").lower() == "localhost" else socket.AI_NUMERICHOST)
            addresses = [str(row[4][0]) for row in rows]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]


REAL = socket.getaddrinfo


class Stream(httpcore.MockStream):
    """One connection: answers what the wire says, and notes the name that TLS is asked to check."""

    def __init__(self, wire: "Wire", place: str) -> None:
        super().__init__([wire.answer] * 10)
        self.wire, self.place = wire, place

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Note the head of a request."""
        if b" HTTP/1.1" in buffer:
            self.wire.sent.append((self.place, buffer))

    def start_tls(
        self, ssl_context: object, server_hostname: str | None = None, timeout: float | None = None
    ) -> "Stream":
        """Note the name."""
        self.wire.secured.append(server_hostname)
        return self


class Wire(httpcore.NetworkBackend):
    """The network itself: notes where connections go and what is sent over them."""

    def __init__(self, answer: str = "200 OK", head: str = "", deaf: Iterable[str] = ()) -> None:
        self.answer = f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n{head}\r\n".encode()
        self.deaf = set(deaf)
        self.opened: list[str] = []
        self.secured: list[str | None] = []
        self.sent: list[tuple[str, bytes]] = []

    def connect_tcp(self, host: str, port: int, *_: object, **__: object) -> httpcore.NetworkStream:
        """Open one, unless nobody is there."""
        place = f"{host}:{port}"
        self.opened.append(place)
        if host in self.deaf:
            raise httpcore.ConnectError("refused")
        return Stream(self, place)


def guarded(wire: Wire, allow: str = "") -> AbstractContextManager[httpx.Client]:
    """The client as in production, on this network."""
    egress = http.Egress.parse(allow)
    return http.client(egress, transport=http.GuardedTransport(egress, wire))


def names(monkeypatch: pytest.MonkeyPatch, **known: list[list[str]]) -> Names:
    """Put the resolver in place; keys name hosts with _ for a dot."""
    resolver = Names({name.replace("_", "."): answers for name, answers in known.items()})
    monkeypatch.setattr(socket, "getaddrinfo", resolver.getaddrinfo)
    return resolver


@pytest.mark.parametrize("line", CORPUS)
def test_no_address_of_the_corpus_is_reached(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    url, _, behind = line.partition(" -> ")
    known = {httpx.URL(url).host: [behind.split()]} if behind else {}
    resolver = Names({"example.com": [[PUBLIC]], **known})
    monkeypatch.setattr(socket, "getaddrinfo", resolver.getaddrinfo)
    wire = Wire()
    with guarded(wire) as client, pytest.raises((BadInput, httpx.HTTPError, httpx.InvalidURL)):
        client.get(url)
    assert wire.opened == []


def test_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 40


def test_a_public_address_is_reached_by_the_vetted_number_with_its_own_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names(monkeypatch, acme_example=[[PUBLIC]])
    wire = Wire()
    with guarded(wire) as client:
        assert client.get("https://acme.example/api?x=1").status_code == 200
    assert (wire.opened, wire.secured) == ([f"{PUBLIC}:443"], ["acme.example"])
    assert b"Host: acme.example\r\n" in wire.sent[0][1]


def test_a_name_is_resolved_once_for_a_connection_so_that_it_cannot_be_rebound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolver = names(monkeypatch, rebind_example=[[PUBLIC], ["127.0.0.1"]])
    wire = Wire()
    with guarded(wire) as client:
        client.get("https://rebind.example/")
        client.get("https://rebind.example/")
    assert resolver.asked == ["rebind.example"]
    assert [place for place, _ in wire.sent] == [f"{PUBLIC}:443"] * 2
    assert wire.opened == [f"{PUBLIC}:443"]


def test_a_new_connection_is_vetted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, rebind_example=[[PUBLIC], ["127.0.0.1"]])
    wire = Wire(head="Connection: close\r\n")
    with guarded(wire) as client:
        client.get("https://rebind.example/")
        with pytest.raises(BadInput, match="does not lead to a public internet address"):
            client.get("https://rebind.example/")
    assert wire.opened == [f"{PUBLIC}:443"]


def test_two_names_at_one_address_share_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, acme_example=[[PUBLIC]], other_example=[[PUBLIC]])
    wire = Wire()
    with guarded(wire) as client:
        client.get("https://acme.example/")
        client.get("https://other.example/")
    assert wire.secured == ["acme.example", "other.example"]


def test_a_vetted_address_opens_no_other_port_scheme_or_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, acme_example=[[PUBLIC]])
    wire = Wire()
    with guarded(wire) as client:
        client.get("https://acme.example/")
        for url in ("https://acme.example:8443/", "http://acme.example/", "https://user:pass@acme.example/"):
            with pytest.raises(BadInput, match="give an https address on port 443"):
                client.get(url)
    assert len(wire.sent) == 1


def test_an_address_that_nobody_answers_at_is_looked_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver = names(monkeypatch, moved_example=[[PUBLIC], ["93.184.216.35"]])
    wire = Wire(deaf=[PUBLIC])
    with guarded(wire) as client:
        with pytest.raises(httpx.ConnectError):
            client.get("https://moved.example/")
        assert client.get("https://moved.example/").status_code == 200
    assert wire.opened == [f"{PUBLIC}:443", "93.184.216.35:443"]
    assert resolver.asked == ["moved.example"] * 2


def test_no_cookie_of_one_answer_is_sent_with_another_request() -> None:
    wire = Wire(head="Set-Cookie: session=of-one-company; Path=/\r\n")
    with guarded(wire, "127.0.0.1:8101") as client:
        client.get("http://127.0.0.1:8101/")
        client.get("http://127.0.0.1:8101/")
    assert len(wire.sent) == 2
    assert not any(b"cookie" in head.lower() for _, head in wire.sent)


def test_a_redirect_is_an_answer_and_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, acme_example=[[PUBLIC]])
    wire = Wire("302 Found", "Location: http://169.254.169.254/\r\n")
    with guarded(wire) as client:
        assert client.get("https://acme.example/").status_code == 302
    assert len(wire.sent) == 1


def test_an_allowed_host_and_port_is_reached_whatever_it_is() -> None:
    wire = Wire()
    with guarded(wire, " 127.0.0.1:8101 , OTHER:1") as client:
        assert client.get("http://127.0.0.1:8101/").status_code == 200
        with pytest.raises(BadInput):
            client.get("http://127.0.0.1:8102/")
    assert wire.opened == ["127.0.0.1:8101"]


def test_proxies_and_passwords_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    names(monkeypatch, acme_example=[[PUBLIC]])
    wire = Wire()
    with guarded(wire) as client:
        assert client.get("https://acme.example/").status_code == 200
    assert wire.opened == [f"{PUBLIC}:443"]


def test_a_name_that_does_not_resolve_is_a_connection_error(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch)
    with guarded(Wire()) as client, pytest.raises(httpx.ConnectError):
        client.get("https://nowhere.example/")


def test_the_refusal_says_what_to_give_instead() -> None:
    with pytest.raises(BadInput) as caught:
        http.admit(httpx.URL("http://example.com/"), http.Egress())
    assert caught.value.code == "egress-denied"
    assert "give an https address on port 443" in str(caught.value)
