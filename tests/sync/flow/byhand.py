"""The reference scenario made by hand, each person through the forms that their role sees."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bs4.element import Tag
from django.core.management import call_command

from governance.dictionary.rules import TermDraft
from governance.dictionary.values import value_list
from governance.rulebook.rules import Line, RuleSet
from governance.story import rulebooks, words
from governance.story.words import Member
from sync.sandbox.jira.seed import SYNC_EMAIL as BOARD_ACCOUNT
from sync.sandbox.zendesk.seed import SYNC_EMAIL as DESK_ACCOUNT
from tests.portal.ui.visitor import Visitor
from tests.sync.flow.practice import TOKEN, Practice

PASSWORD = "a sentence that is easy to keep"
#: the switches of both rulebooks' parts
PARTS = {"comments_out": True, "attachments_out": True, "comments_in": True, "attachments_in": True}
#: who drafts → who is accountable for the company and signs
SIGNERS = {"Asha": "Asha", "Ines": "Ivo"}


@dataclass(slots=True)
class Hands:
    """Everybody of the story at the site, each with cookies of their own."""

    site: str
    desk: Practice
    board: Practice
    people: dict[str, Visitor] = field(default_factory=dict)
    #: where the integration and the connection are
    care: str = ""
    connection: str = ""

    def of(self, name: str) -> Visitor:
        """Somebody who is signed in, by first name."""
        return self.people[name]

    def make_all(self) -> None:
        """The whole story, step by step."""
        self.companies()
        self.systems()
        self.integration()
        self.dictionary()
        self.grants()
        self.connect()
        self.rules("Asha", "Mercuri", rulebooks.DESK)
        self.rules("Ines", "Infinity", rulebooks.BOARD)
        self.take_back("Asha", "labels")

    def companies(self) -> None:
        """Each company is registered by its first user, who invites the others."""
        for house in (words.MERCURI, words.INFINITY):
            first, *others = house.members
            self.first_user(first)
            admin = self.of(first.name.split()[0])
            admin.open("/").follow("Register").follow("Register a company")
            admin.press(
                "Register the company",
                name=house.name,
                siam_role=house.siam_role,
                time_zone=house.time_zone,
            ).ok()
            for member in others:
                self.invite(admin, member)

    def first_user(self, member: Member) -> None:
        """The first user of a company, as docs/deploy.md makes it."""
        call_command("createsuperuser", interactive=False, email=member.email, name=member.name, verbosity=0)
        self.sign_in(member)

    def invite(self, admin: Visitor, member: Member) -> None:
        """Add somebody, hand over the link; they set their password and sign in."""
        admin.open("/register/people/new/")
        typed = {"name": member.name, "email": member.email, "role": member.role.value, "job": member.job}
        admin.press("Add the person", **typed, invite=True).ok()
        link = admin.page.find(id="handed-link")
        assert isinstance(link, Tag), admin.words
        guest = Visitor(self.site).open(urlsplit(link.get_text()).path)
        guest.press("Accept", password=PASSWORD, again=PASSWORD).ok()
        self.sign_in(member)

    def sign_in(self, member: Member) -> None:
        """Through the sign-in page."""
        guest = Visitor(self.site).open("/")
        guest.press("Sign in", username=member.email, password=PASSWORD).ok()
        self.people[member.name.split()[0]] = guest

    def systems(self) -> None:
        """Each company's tracker with its credential, checked by a worker."""
        asha, ines = self.of("Asha"), self.of("Ines")
        asha.open("/register/systems/new/?kind=zendesk")
        asha.press("Add the system", name="Mercuri Zendesk", base_url=self.desk.url, environment="Test").ok()
        asha.press("Seal it and check", user=DESK_ACCOUNT, secret=TOKEN).ok().until("Works there as")
        ines.open("/register/systems/new/?kind=jira")
        project = {"setting_project": "INF", "setting_type": "Task"}
        ines.press(
            "Add the system", name="Infinity Jira", base_url=self.board.url, environment="Test", **project
        ).ok()
        ines.press("Seal it and check", user=BOARD_ACCOUNT, secret=TOKEN).ok().until("Works there as")
        for person in (asha, ines):
            person.until("are known")
            person.follow("Credential").press("Set up the webhook there").ok()
            person.until("The tracker tells us of changes at once")

    def integration(self) -> None:
        """Infinity's integrator starts it and invites Mercuri by its code; Mercuri's administrator joins."""
        asha, ivo = self.of("Asha"), self.of("Ivo")
        asha.open("/register/")
        code = asha.page.find(id="company-code")
        assert isinstance(code, Tag), asha.words
        ivo.open("/integrations/").follow("Start an integration")
        ivo.press("Start it", name="Customer care", purpose=words.PURPOSE, owner="Ivo Brandt").ok()
        self.care = urlsplit(ivo.here).path
        ivo.press("Invite", code=code.get_text().strip()).ok()
        asha.open("/").open(self.care).press("Join").ok()

    def dictionary(self) -> None:
        """The integrator drafts the words and proposes them; the accountable person of each company signs."""
        ivo = self.of("Ivo")
        ivo.open(self.care).follow("Dictionary").press("Begin the dictionary").ok()
        for term in words.TERMS:
            ivo.follow("Add a term").press("Save the term", **term_typed(term)).ok()
        ivo.follow("Read and propose").press("Propose it").ok()
        for name in ("Ines", "Asha"):
            self.of(SIGNERS[name]).open(f"{self.care}dictionary/").press("Agree for your company").ok()

    def grants(self) -> None:
        """Each company's matrix for the other, signed by the accountable person; Mercuri takes labels back later."""
        for name, levels in (("Asha", {**words.MERCURI_GRANTS, "labels": "read"}), ("Ines", words.INFINITY_GRANTS)):
            person = self.of(name).open(self.care).follow("Access matrix").press("Begin the matrix").ok()
            person.press("Save", **partners_cells(person.page, levels)).ok()
            person.press("Propose it").ok()
            self.of(SIGNERS[name]).open(f"{self.care}access-matrix/").press("Sign and put in force").ok()

    def take_back(self, name: str, term: str) -> None:
        """Take one term back from the partner, at once."""
        person = self.of(name).open(self.care).follow("Access matrix")
        person.press("Take back at once", **partners_cells(person.page, {term: "none"})).ok()

    def connect(self) -> None:
        """Mercuri proposes, Infinity accepts."""
        asha, ines = self.of("Asha"), self.of("Ines")
        asha.open(self.care).follow("Connect two systems")
        asha.press(
            "Propose it", name="Zendesk to Jira", system="Mercuri Zendesk: ticket", partner="Infinity Solutions"
        ).ok()
        self.connection = urlsplit(asha.here).path
        ines.open(self.connection).press("Accept the connection", system="Infinity Jira: Task").ok()

    def rules(self, name: str, company: str, rules: RuleSet) -> None:
        """One side's rulebook, line by line in the editor, then signed by both; a worker puts it live."""
        person = self.of(name).open(self.connection).follow("Write the rules")
        for group, lines in (("outgoing", rules.outgoing), ("incoming", rules.incoming)):
            for number, line in enumerate(lines):
                person.press(f"add-{group}").ok()
                head = f"{group}-{number}"
                person.press(f"pair-{head}", **line_typed(head, line)).ok()
                for place, (left, right) in enumerate(line.values):
                    typed = {f"{head}-from-{place}": left, f"{head}-to-{place}": right}
                    person.press(f"pair-{head}", **typed).ok()
        switches = {**PARTS, "offer": rules.offer, "accept": rules.accept}
        person.press("propose", closed="\n".join(rules.closed), **switches).ok()
        proposal = urlsplit(person.here).path
        for signer in ("Asha", "Ivo"):
            self.of(signer).open(proposal).press("Sign version").ok()
        person.open(proposal).until("Live")


def term_typed(term: TermDraft) -> dict[str, str | bool]:
    """A term as its form is filled in."""
    return {
        "label": term.label,
        "name": term.name,
        "type": term.type,
        "semantics": term.semantics,
        "samples": "\n".join(term.samples),
        "allowed": "\n".join(value_list(term.allowed, term.allowed_labels).lines),
        "path": term.path,
        "max_length": str(term.max_length or ""),
        "classification": term.classification,
    }


def line_typed(head: str, line: Line) -> dict[str, str | bool]:
    """A line as its row of the editor is filled in."""
    typed: dict[str, str | bool] = {
        f"{head}-term": line.term,
        f"{head}-field": line.field,
        f"{head}-unmapped": line.unmapped,
        f"{head}-max_length": str(line.max_length or ""),
    }
    if head.startswith("incoming"):
        typed[f"{head}-when"] = line.when
    return typed


def partners_cells(page: Tag, levels: Mapping[str, str]) -> dict[str, str]:
    """Field → level, for the partner's column of a matrix."""
    names = [str(one["name"]) for one in page.find_all("select") if str(one.get("name")).startswith("company:")]
    cells = {name.rpartition("|")[2]: name for name in names}
    return {cells[term]: level for term, level in levels.items()}
