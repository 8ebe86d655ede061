"""What keeps rules from going live."""

from governance.rulebook.checks import Ground, Word, findings
from governance.rulebook.rules import Line, RuleSet

STATUS = Word("status", "Status", path=True, allowed=("new", "done"))
TITLE = Word("title", "Title")
GROUND = Ground(
    {"status": STATUS, "title": TITLE},
    readable=frozenset({"status", "title"}),
    writable=frozenset({"status", "title"}),
    partner="Birch",
)


def sentences(*, outgoing: tuple[Line, ...] = (), incoming: tuple[Line, ...] = (), ground: Ground = GROUND) -> str:
    """All findings as one text."""
    return " | ".join(one.sentence for one in findings(RuleSet(outgoing, incoming), ground))


def test_rules_that_hold_have_no_findings() -> None:
    out = (Line("title", "subject"), Line("status", "state", (("Open", "new"), ("Shut", "done"))))
    into = (Line("status", "state", (("new", "Open"), ("done", "Shut"))),)
    assert findings(RuleSet(out, into), GROUND) == ()


def test_a_term_that_is_not_agreed_is_named() -> None:
    assert "no term colour" in sentences(outgoing=(Line("colour", "f"),))
    assert "no term colour" in sentences(incoming=(Line("colour", "f"),))


def test_a_line_that_sends_what_the_matrix_does_not_grant_names_line_and_term() -> None:
    ground = Ground(GROUND.words, frozenset(), frozenset(), "Birch")
    said = sentences(outgoing=(Line("title", "subject"),), ground=ground)
    assert "subject → Title" in said
    assert "does not let Birch read Title" in said


def test_a_line_that_takes_in_what_the_partner_may_only_read_is_refused() -> None:
    ground = Ground(GROUND.words, frozenset({"title"}), frozenset(), "Birch")
    assert "does not let Birch write Title" in sentences(incoming=(Line("title", "summary"),), ground=ground)


def test_a_path_term_needs_a_value_map() -> None:
    assert "needs a value map" in sentences(outgoing=(Line("status", "state"),))


def test_a_path_terms_map_must_speak_of_every_allowed_value() -> None:
    assert "says nothing of 'done'" in sentences(incoming=(Line("status", "state", (("new", "Open"),)),))


def test_a_default_makes_a_map_total() -> None:
    line = Line("status", "state", (("new", "Open"),), "default", "Open")
    assert sentences(incoming=(line,)) == ""


def test_a_mapped_value_outside_the_allowed_ones_is_named() -> None:
    assert "'gone' is no allowed value" in sentences(outgoing=(Line("status", "s", (("Open", "gone"),)),))
    into = Line("status", "s", (("new", "A"), ("done", "B"), ("gone", "C")))
    assert "'gone' is no allowed value" in sentences(incoming=(into,))
