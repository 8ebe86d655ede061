"""Fields of a system as terms, and how a field moved since it was taken."""

from governance.dictionary.described import Field, fields_of, moved, proposed
from governance.dictionary.inforce import AgreedTerm
from governance.dictionary.values import ValueList

BODY = {
    "kind": "Task",
    "fields": [
        {"key": "summary", "label": "Summary", "type": "text", "required": True, "max_length": 254, "unit": "chars"},
        {"key": "notes", "label": "Comment", "type": "rich", "max_length": 32767, "unit": "bytes"},
        {
            "key": "customfield_1",
            "label": "Größe (T-Shirt)",
            "type": "option",
            "options": [{"value": "s", "label": "Small"}, {"value": "m", "label": ""}],
        },
        {"key": "status", "label": "Status", "type": "status", "options": [{"value": "To Do"}, {"value": "Done"}]},
        {"key": "2nd", "label": "2nd line", "type": "user"},
        {"key": "odd", "label": "Odd", "type": "option", "options": [{"value": "x" * 81}]},
    ],
}
FIELDS = fields_of(BODY)
STATUS = AgreedTerm("status", "Status", "choice", True, None, ("To Do", "Done"), None)


def test_a_field_makes_a_term_of_its_type_length_and_values() -> None:
    summary = proposed(FIELDS["summary"], ())
    assert (summary.name, summary.type, summary.max_length, summary.mandatory) == ("summary", "text", 254, True)
    status = proposed(FIELDS["status"], ())
    assert (status.type, status.path, status.allowed, status.allowed_labels) == (
        "choice",
        True,
        ("To Do", "Done"),
        (),
    )
    size = proposed(FIELDS["customfield_1"], ())
    assert (size.name, size.allowed, size.allowed_labels) == ("groe-t-shirt", ("s", "m"), ("Small", "m"))


def test_names_are_free_words_and_no_parts() -> None:
    assert proposed(FIELDS["notes"], ()).name == "comment-field"
    assert proposed(FIELDS["summary"], {"summary", "summary-2"}).name == "summary-3"
    assert proposed(FIELDS["2nd"], ()).name == "field-2nd-line"


def test_bytes_are_no_characters_people_are_personal_and_a_list_too_long_is_text() -> None:
    assert proposed(FIELDS["notes"], ()).max_length is None
    assert proposed(FIELDS["2nd"], ()).classification == "personal"
    odd = proposed(FIELDS["odd"], ())
    assert (odd.type, odd.allowed) == ("text", ())


def test_a_field_as_it_was_has_not_moved() -> None:
    assert [moved(one.told, one, None) for one in FIELDS.values()] == [[]] * len(FIELDS)


def test_a_field_that_is_gone_or_of_another_type_says_so() -> None:
    [gone] = moved(FIELDS["summary"].told, None, None)
    assert gone.sentence == "Summary is no longer there."
    [other] = moved(FIELDS["summary"].told, Field("summary", "Summary", "rich", max_length=254), None)
    assert other.sentence == "It was text, and is rich."


def test_a_shorter_field_tells_what_to_do_with_a_longer_term() -> None:
    title = AgreedTerm("title", "Title", "text", False, 200, (), None)
    [short] = moved(FIELDS["summary"].told, Field("summary", "Summary", "text", max_length=100), title)
    assert short.sentence == "It took 254 characters, and takes 100 characters."
    assert "shorten the term" in short.advice
    [enough] = moved(FIELDS["summary"].told, Field("summary", "Summary", "text", max_length=200), title)
    assert enough.advice.startswith("Nothing has to be done")


def test_options_that_came_and_went_are_named() -> None:
    now = Field("status", "Status", "status", options=ValueList(("To Do", "In Review")))
    gone, new = moved(FIELDS["status"].told, now, STATUS)
    assert (gone.sentence, new.sentence) == ("It has no “Done” any more.", "It has “In Review” now.")
    assert "still allows “Done”" in gone.advice
