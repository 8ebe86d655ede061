"""What a survey can say of one term of one item: the kinds of mark, with their words; pure.

A mark is stored as "kind:term". Kinds that begin with "in-" tell of what the partner sent, the others of one's own
item.
"""

from collections.abc import Mapping
from types import MappingProxyType

#: kind → what the list of these items is called
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "full": "Filled",
        "empty": "Empty",
        "double": "The same value as another item",
        "alien": "Not in the allowed list",
        "long": "Longer than agreed",
        "gap": "No entry in the value map",
        "equal": "In step",
        "transit": "In transit",
        "differs": "Differs",
        "unsent": "Never sent",
        "withheld": "Withheld",
        "in-full": "Received with a value",
        "in-empty": "Received empty",
        "in-alien": "Received, not in the allowed list",
        "in-long": "Received, longer than agreed",
    }
)
#: how the two sides of a term stand; of each term that flows an item has exactly one
TOGETHER = ("equal", "transit", "differs", "unsent", "withheld")


def mark(kind: str, term: str) -> str:
    """As stored."""
    return f"{kind}:{term}"
