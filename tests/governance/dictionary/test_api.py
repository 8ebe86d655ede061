"""Dictionaries in the API: proposed, signed, refused, and told what they do to rules."""

from governance.dictionary.models import Dictionary
from governance.dictionary.services.versions import draft_dictionary
from tests.characters import Character, as_subject
from tests.governance.dictionary.table import accountable_are
from tests.governance.dictionary.test_usage import shortened
from tests.governance.test_api import Program
from tests.story import Story


def here(row: Dictionary) -> str:
    """A version's address."""
    return f"dictionaries/{row.uid}/"


def test_a_program_proposes_refuses_and_signs_for_its_person(
    draft: Dictionary, ada: Character, ben: Character
) -> None:
    a, b = Program(ada.api()), Program(ben.api())
    accountable_are(ada, ben)
    proposed = a.send("post", f"{here(draft)}propose/", tag=a.tag(here(draft)))
    assert (proposed["state"], len(str(proposed["sha256"]))) == ("proposed", 64)
    refused = b.send("post", f"{here(draft)}refuse/", {"reason": "Too short."}, tag=b.tag(here(draft)))
    assert (refused["state"], refused["reason"]) == ("draft", "Ben refused it: Too short.")
    again = a.send("post", f"{here(draft)}propose/", tag=a.tag(here(draft)))
    assert a.send("post", f"{here(draft)}withdraw/", tag=a.tag(here(draft)))["state"] == "draft"
    a.send("post", f"{here(draft)}propose/", tag=a.tag(here(draft)))
    a.send("post", f"{here(draft)}agree/", tag=a.tag(here(draft)))
    made = b.send("post", f"{here(draft)}agree/", tag=b.tag(here(draft)))
    assert (made["state"], made["sha256"]) == ("agreed", again["sha256"])
    signed = b.read(f"agreements/?dictionary={draft.uid}")["results"]
    assert {row["sha256"] for row in signed} == {made["sha256"]}


def test_a_term_tells_its_values_and_homes_and_a_change_leaves_what_it_does_not_name(
    story: Story, ada: Character, ben: Character
) -> None:
    a, b = Program(ada.api()), Program(ben.api())
    with as_subject(ada.subject) as by:
        made = draft_dictionary(by=by, integration=story.integration)
    body = {
        "dictionary": str(made.uid),
        "name": "impact",
        "label": "Impact",
        "type": "choice",
        "allowed": ["low", "high"],
        "allowed_labels": ["One person", "Everybody"],
        "samples": ["low"],
        "system_of_record": str(story.desk.uid),
    }
    term = a.send("post", "terms/", body, tag=a.tag(here(made)), code=201)
    assert (term["allowed_labels"], term["system_name"]) == (["One person", "Everybody"], "Desk")
    path = f"terms/{term['uid']}/"
    changed = b.send("patch", path, {"label": "Reach"}, tag=b.tag(path))
    assert (changed["label"], changed["system_name"], changed["system_of_record"]) == ("Reach", "Desk", None)
    assert changed["allowed"] == ["low", "high"]
    wrong = b.send("patch", path, {"system_of_record": str(story.desk.uid)}, tag=b.tag(path), code=422)
    assert "system_of_record" in str(wrong)


def test_a_program_reads_what_a_version_does_to_rules(story: Story, ada: Character, ben: Character) -> None:
    made = shortened(story, ada)
    found = Program(ben.api()).read(f"{here(made)}effects/")
    assert {(one["term"], one["rules"], one["held"]) for one in found} == {
        ("title", "live", True),
        ("description", "live", True),
    }


def test_another_companys_dictionary_is_not_there(draft: Dictionary, dan: Character) -> None:
    stranger = Program(dan.api())
    assert stranger.read("dictionaries/")["results"] == []
    stranger.send("post", f"{here(draft)}propose/", code=404, tag='"1"')
