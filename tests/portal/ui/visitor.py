"""A person at the site without a browser: real HTTP, cookies, links, and forms as they stand on the page."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

import httpx
from bs4 import BeautifulSoup
from bs4.element import Tag

#: seconds that an answer of a worker may take
SECONDS = 60.0


@dataclass(slots=True)
class Visitor:
    """Somebody with cookies of their own and one page open."""

    site: str
    http: httpx.Client = field(init=False)
    page: BeautifulSoup = field(init=False)
    shown: httpx.Response = field(init=False)
    status: int = 0

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.site, follow_redirects=True, timeout=20, trust_env=False)

    @property
    def here(self) -> str:
        """The address of the open page."""
        return str(self.shown.url)

    def open(self, address: str) -> "Visitor":
        """Open an address of the site; the page must be there."""
        self.take(self.http.get(address))
        assert self.status == 200, f"{address}: {self.status} {self.words}"
        return self

    def take(self, answer: httpx.Response) -> None:
        """An answer becomes the open page."""
        self.shown, self.status = answer, answer.status_code
        self.page = BeautifulSoup(answer.text, "html.parser")

    @property
    def words(self) -> str:
        """What the page says."""
        main = self.page.find("main")
        return " ".join((main or self.page).get_text(" ").split())

    def follow(self, words: str) -> "Visitor":
        """Click the link that says this."""
        links = [link for link in self.page.find_all("a") if said(link) == words]
        assert links, f"No link “{words}” on {self.here}: {self.words}"
        return self.open(urljoin(self.here, str(links[0]["href"])))

    def press(self, button: str, /, **typed: str | bool) -> "Visitor":
        """Press the button that begins with these words or has this value, with what is typed into its form.

        What a form's field is called, `typed` names; a choice is made by its words or its value.
        """
        pressed = self.button(button)
        form = pressed.find_parent("form")
        assert form is not None, f"The button “{button}” is in no form."
        data = filled(form, typed)
        if pressed.get("name"):
            data[str(pressed["name"])] = str(pressed.get("value", ""))
        action = urljoin(self.here, str(pressed.get("formaction") or form.get("action") or ""))
        assert str(form.get("method")).lower() == "post", "Only forms that post are pressed here."
        self.take(self.http.post(action, data=data, headers={"Referer": self.here}))
        return self

    def button(self, words: str) -> Tag:
        """The first button that has this value or begins with these words."""
        buttons = self.page.find_all("button")
        found = [one for one in buttons if words == one.get("value") or said(one).startswith(words)]
        assert found, f"No button “{words}” on {self.here} ({self.status}): {self.words}"
        return found[0]

    def ok(self) -> "Visitor":
        """What was pressed was taken."""
        refused = self.status != 200 or self.page.select_one(".error-summary")
        assert not refused, f"{self.here} answered {self.status}: {self.words}"
        return self

    def until(self, words: str) -> "Visitor":
        """Look at the page again until it says this."""
        end = time.monotonic() + SECONDS
        while words not in self.open(self.here).words:
            assert time.monotonic() < end, f"{self.here} did not say “{words}” in {SECONDS:.0f} s: {self.words}"
            time.sleep(0.2)
        return self


def said(tag: Tag) -> str:
    """What a link or a button says."""
    return " ".join(tag.get_text(" ").split())


def filled(form: Tag, typed: Mapping[str, str | bool]) -> dict[str, str]:
    """What a browser would send of a form: every field as it stands, and what is typed instead."""
    data, left = {}, dict(typed)
    for control in form.find_all(["input", "select", "textarea"]):
        name = str(control.get("name", ""))
        if not name:
            continue
        given = left.pop(name, None)
        value = entered(control, given)
        if value is not None:
            data[name] = value
    assert not left, f"The form has no field {', '.join(left)}."
    return data


def entered(control: Tag, given: str | bool | None) -> str | None:
    """The value of one field with what is typed into it, or None when nothing of it is sent."""
    if control.name == "textarea":
        return control.get_text().removeprefix("\n") if given is None else str(given)
    if control.name == "select":
        return chosen(control, given)
    if control.get("type") in ("checkbox", "radio"):
        is_on = control.has_attr("checked") if given is None else bool(given)
        return str(control.get("value", "on")) if is_on else None
    return str(control.get("value", "")) if given is None else str(given)


def chosen(select: Tag, given: str | bool | None) -> str:
    """The value of a choice, named by its words or its value."""
    options = {str(one.get("value", said(one))): one for one in select.find_all("option")}
    if given is None:
        marked = [value for value, one in options.items() if one.has_attr("selected")]
        return (marked or list(options))[0]
    found = [value for value, one in options.items() if given in (value, said(one))]
    assert found, f"{select.get('name')} offers no “{given}”, but {[said(one) for one in options.values()]}."
    return found[0]
