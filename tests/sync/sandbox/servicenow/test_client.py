"""ServiceNow's own Python client (PySNC) works against the practice ServiceNow, end to end."""

import pytest
import requests
from pysnc import ServiceNowClient
from pysnc.exceptions import AuthenticationException, RoleException, UpdateException

from sync.sandbox.servicenow.seed import SYNC_USER
from tests.sync.sandbox.servicenow.site import TOKEN, TOM, Site


class Plain(requests.adapters.HTTPAdapter):
    """The client takes https addresses only; the practice system speaks http."""

    def send(self, request: requests.PreparedRequest, *args: object, **kwargs: object) -> requests.Response:
        """Sent as http."""
        request.url = str(request.url).replace("https://", "http://", 1)
        return super().send(request, *args, **kwargs)  # type: ignore[arg-type]


def client(site: Site, user: str, password: str) -> ServiceNowClient:
    """The client with a session of ours, which it takes as the way to sign in."""
    session = requests.Session()
    session.auth = (user, password)
    session.mount("https://", Plain())
    return ServiceNowClient(site.address.replace("http://", "https://"), session, auto_retry=False)


@pytest.fixture
def snow(site: Site) -> ServiceNowClient:
    """The client as its users make it."""
    return client(site, SYNC_USER, TOKEN)


def test_an_incident_lives_a_whole_life(snow: ServiceNowClient) -> None:
    made = snow.GlideRecord("incident")
    made.initialize()
    made.short_description, made.urgency, made.caller_id = "Bill is wrong 😀", "1", "Tom Baker"
    number = made.insert()
    one = snow.GlideRecord("incident")
    assert one.get(number)
    assert (one.get_value("state"), one.get_display_value("state")) == ("1", "New")
    assert one.get_display_value("caller_id") == "Tom Baker"
    one.short_description = "Bill is right"
    one.comments = "On it"
    assert one.update()
    assert (one.get_value("sys_mod_count"), one.get_value("short_description")) == ("1", "Bill is right")
    entries = snow.GlideRecord("sys_journal_field")
    entries.add_query("element_id", number)
    entries.query()
    assert [entry.get_value("value") for entry in entries] == ["On it"]
    assert one.delete()
    assert not snow.GlideRecord("incident").get(number)


def test_a_query_reads_all_pages_in_order(snow: ServiceNowClient, site: Site) -> None:
    for place in range(7):
        site.create(short_description=f"Issue {place}", urgency=str(1 + place % 3))
    found = snow.GlideRecord("incident", batch_size=3)
    found.order_by("number")
    found.query()
    assert len(found) == 7
    assert [one.get_value("short_description") for one in found] == [f"Issue {place}" for place in range(7)]
    some = snow.GlideRecord("incident")
    condition = some.add_query("urgency", "1")
    condition.add_or_condition("urgency", "2")
    some.add_query("short_description", "STARTSWITH", "Issue")
    some.limit = 2
    some.query()
    assert len(list(some)) == 2
    assert some.get_row_count() == 5


def test_many_are_changed_and_deleted_in_one_batch(snow: ServiceNowClient, site: Site) -> None:
    for _ in range(3):
        site.create()
    found = snow.GlideRecord("incident")
    found.query()
    for one in found:
        one.urgency = "1"
    assert found.update_multiple()
    assert {row["urgency"] for row in site.rows("incident")} == {"1"}
    assert found.delete_multiple()
    assert site.rows("incident") == []


def test_a_file_goes_up_and_comes_back(snow: ServiceNowClient, site: Site) -> None:
    one = snow.GlideRecord("incident")
    assert one.get(site.create()["sys_id"])
    one.add_attachment("Grüße.txt", b"hello world", "text/plain")
    (file,) = one.get_attachments()
    assert (file.file_name, file.read()) == ("Grüße.txt", b"hello world")
    file.delete()
    assert len(one.get_attachments()) == 0


def test_refusals_are_told(snow: ServiceNowClient, site: Site) -> None:
    one = snow.GlideRecord("incident")
    assert one.get(site.create()["sys_id"])
    one.state = "6"
    with pytest.raises((UpdateException, RoleException)):
        one.update()
    with pytest.raises(AuthenticationException):
        client(site, SYNC_USER, "wrong").GlideRecord("incident").query()
    with pytest.raises(RoleException):
        client(site, TOM, TOKEN).GlideRecord("incident").query()
