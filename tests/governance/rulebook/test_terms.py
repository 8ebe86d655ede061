"""What a partner may know of rules: terms, and never a field."""

from dataclasses import replace

from governance.rulebook.rules import Condition, Line, Parts, RuleSet
from governance.rulebook.terms import body_seal, entries, headline, terms_digest, terms_of
from governance.rulebook.totality import Word

WORDS = {
    "title": Word("title", "Title", classification="internal", sample="Printer on fire"),
    "phone": Word("phone", "Phone", classification="personal", sample="+49 30 1"),
}
OLD = RuleSet(outgoing=(Line("title", "canary_field", (("canary_a", "b"),)),), parts=Parts(attachments_out=False))
NEW = replace(
    OLD,
    outgoing=(*OLD.outgoing, Line("phone", "canary_two", expr='value + "canary"')),
    scope=(Condition("canary_three", "is", "canary_four"),),
    offer=True,
)


def test_a_newly_disclosed_term_comes_with_classification_and_sample() -> None:
    rows = entries(terms_of(OLD, WORDS), terms_of(NEW, WORDS))
    phone = next(row for row in rows if row.name == "phone")
    assert (phone.change, phone.classification, phone.sample) == ("added", "personal", "+49 30 1")
    assert headline(rows) == "Newly disclosed: Phone; switched: Offers its items."


def test_no_field_map_condition_or_expression_is_in_it() -> None:
    assert "canary" not in str(terms_of(NEW, WORDS))


def test_a_change_of_fields_alone_says_so() -> None:
    moved = replace(OLD, outgoing=(Line("title", "elsewhere"),))
    assert headline(entries(terms_of(OLD, WORDS), terms_of(moved, WORDS))).startswith("The same terms flow")


def test_no_rules_at_all_disclose_nothing() -> None:
    assert headline(entries(terms_of(OLD, WORDS), terms_of(None, WORDS))).startswith("No longer disclosed: Title")


def test_digests_pin_what_is_signed() -> None:
    terms = {"before": terms_of(None, WORDS), "after": terms_of(OLD, WORDS)}
    assert terms_digest("one", terms) != terms_digest("two", terms)
    assert body_seal("n", {"a": 1}, "d") != body_seal("n", {"a": 2}, "d")
    assert body_seal("n", {"a": 1}, "d") != body_seal("m", {"a": 1}, "d")
