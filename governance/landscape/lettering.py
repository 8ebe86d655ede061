"""Text in a picture that knows no fonts: how wide it is at most, and where it is cut; pure."""

import unicodedata

#: what XML cannot hold, and what turns the direction of the text around it
UNFIT = frozenset({"Cc", "Cs", "Cn"})
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
NARROW = frozenset("iljtfrI.,:;|'!()[] ·")


def clean(text: str) -> str:
    """The text in one line, without characters that XML cannot hold or that turn its direction."""
    kept = (" " if one in "\t\n\r" else one for one in text)
    return "".join(one for one in kept if one not in TURNING and unicodedata.category(one) not in UNFIT)


def width(text: str, size: float) -> float:
    """About how many pixels a text takes at a font size; rather too many than too few."""
    return sum(share(one) for one in text) * size


def share(one: str) -> float:
    """How wide a character is, in parts of the font size."""
    if unicodedata.east_asian_width(one) in "WF":
        return 1.0
    if one in NARROW:
        return 0.44
    return 0.86 if one.isupper() or one in "mw@%→←↓↑" else 0.66


def fitted(text: str, pixels: float, size: float) -> str:
    """The text if it fits, else its beginning and an ellipsis."""
    line = clean(text)
    if width(line, size) <= pixels:
        return line
    while line and width(line + "…", size) > pixels:
        line = line[:-1]
    return line.rstrip() + "…"


def number(count: int) -> str:
    """A count that stays short: 950, 1.2k, 34k, 5.6m."""
    for size, unit in ((1_000_000, "m"), (1_000, "k")):
        if count >= size:
            whole = count / size
            return f"{whole:.1f}{unit}" if whole < 10 else f"{int(whole)}{unit}"
    return str(count)
