"""The pages for requests that go wrong outside a page: they make no query, as the database may be what is broken."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from portal.ui import faults


@pytest.mark.parametrize(
    ("view", "status"),
    [(faults.bad_request, 400), (faults.forbidden, 403), (faults.not_found, 404), (faults.broken, 500)],
)
def test_a_fault_page_needs_no_database(view: object, status: int) -> None:
    assert callable(view)
    answer = view(RequestFactory().get("/"))
    assert isinstance(answer, HttpResponse)
    assert answer.status_code == status
    assert faults.SENTENCES[status] in answer.content.decode()


def test_a_rejected_form_is_a_403() -> None:
    request: HttpRequest = RequestFactory().post("/")
    assert faults.no_csrf(request, reason="no cookie").status_code == 403
