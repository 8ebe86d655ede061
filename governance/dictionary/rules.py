"""What makes a term: what is entered of it, and what is wrong with it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from governance.dictionary.models import Term
from governance.dictionary.values import ValueList, wrong

#: names that grants and rules use for parts of an item; no term may take one
RESERVED = frozenset({"comment", "attachment"})
#: positions are small integers
MOST_TERMS = 30_000
#: samples of one term, and values of one list
MOST_SAMPLES, MOST_VALUES = 5, 500
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
#: what identifies an item is compared as it is written
IDENTIFYING = frozenset({Term.Type.TEXT.value, Term.Type.NUMBER.value, Term.Type.DATE.value})
#: only these are texts with a length
LONG = frozenset({Term.Type.TEXT.value, Term.Type.RICH.value})


@dataclass(frozen=True, slots=True)
class TermDraft:
    """What is entered of a term: `source_of_truth` a party's company id, `system_of_record` a system's id.

    `allowed` = keys of a choice's value list, `allowed_labels` = a label for each, or empty.
    """

    name: str
    label: str
    type: str = Term.Type.TEXT
    semantics: str = ""
    samples: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    allowed_labels: tuple[str, ...] = ()
    max_length: int | None = None
    classification: str = Term.Classification.INTERNAL
    path: bool = False
    source_of_truth: int | None = None
    system_of_record: int | None = None
    unique: bool = False
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a term is entered: ids of the parties, and the systems (id → name) that may be named there."""

    companies: Collection[int]
    systems: Mapping[int, str]


def wrong_term(draft: TermDraft, place: Place, *, taken: bool) -> dict[str, str]:
    """What is wrong with a term, by field; `taken` says that another term has its name."""
    found, name = {}, draft.name.strip()
    if not NAME.fullmatch(name):
        found["name"] = "Use small letters, digits and hyphens, for example customer-reference."
    elif name in RESERVED:
        found["name"] = f"{name} is reserved for parts of an item. Choose another word."
    elif taken:
        found["name"] = f"The dictionary has a term {name} already."
    if not 1 <= len(draft.label.strip()) <= 80:
        found["label"] = "Enter what people call it, up to 80 characters."
    if draft.type not in Term.Type.values:
        found["type"] = "Choose what the term holds."
    if draft.classification not in Term.Classification.values:
        found["classification"] = "Choose how carefully a value is to be handled."
    if draft.unique and draft.type not in IDENTIFYING:
        found["unique"] = "Only text, a number or a date can identify an item."
    if draft.source_of_truth is not None and draft.source_of_truth not in place.companies:
        found["source_of_truth"] = "Choose one of the parties."
    if draft.system_of_record is not None and draft.system_of_record not in place.systems:
        found["system_of_record"] = "Choose a system of your own company, or leave what stands there."
    return found | wrong_contents(draft) | wrong_values(draft)


def wrong_contents(draft: TermDraft) -> dict[str, str]:
    """What is wrong with a term's texts and lengths."""
    found = {}
    samples = [one.strip() for one in draft.samples]
    if len(samples) > MOST_SAMPLES or any(not 1 <= len(one) <= 200 for one in samples):
        found["samples"] = f"At most {MOST_SAMPLES} samples, a line each, of at most 200 characters."
    if draft.max_length is not None and not 1 <= draft.max_length <= 1_000_000:
        found["max_length"] = "Enter a number of characters, 1 to 1,000,000."
    elif draft.max_length is not None and draft.type not in LONG:
        found["max_length"] = "Only a text has a longest length."
    elif draft.max_length is not None and any(len(one) > draft.max_length for one in samples):
        found["samples"] = f"A sample is longer than {draft.max_length:,} characters."
    return found


def wrong_values(draft: TermDraft) -> dict[str, str]:
    """What is wrong with a term's allowed values, and with samples that are none of them."""
    if draft.type != Term.Type.CHOICE:
        found = {"allowed": "Only a choice has allowed values."} if draft.allowed else {}
        return found | ({"path": "Only a choice can be delivered value by value."} if draft.path else {})
    if not draft.allowed:
        return {"allowed": "Enter the allowed values, one a line."}
    if len(draft.allowed) > MOST_VALUES:
        return {"allowed": f"A list holds at most {MOST_VALUES} values."}
    sentence = wrong(ValueList(draft.allowed, draft.allowed_labels))
    if sentence:
        return {"allowed": sentence}
    strange = [one for one in draft.samples if one.strip() not in draft.allowed]
    return {"samples": f"“{strange[0][:60]}” is none of the allowed values."} if strange else {}
