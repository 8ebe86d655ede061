"""Colours for a drawing that stands alone: the light set of static/css/tokens.css as sRGB; pure."""

import math

#: OKLCH of each state's ink and ground, and of paper, ink and lines: lightness, chroma, hue
TOKENS = {
    "paper": (1.0, 0.0, 0.0),
    "ink": (0.235, 0.018, 205.0),
    "ink-2": (0.415, 0.016, 205.0),
    "line": (0.615, 0.012, 200.0),
    "ok": (0.44, 0.105, 152.0),
    "ok-soft": (0.955, 0.032, 155.0),
    "waiting": (0.445, 0.12, 255.0),
    "waiting-soft": (0.955, 0.02, 250.0),
    "warning": (0.47, 0.1, 68.0),
    "warning-soft": (0.96, 0.045, 88.0),
    "failed": (0.47, 0.165, 27.0),
    "failed-soft": (0.955, 0.022, 22.0),
    "paused": (0.45, 0.012, 205.0),
    "paused-soft": (0.945, 0.004, 200.0),
}


def token(name: str) -> str:
    """A colour by its name, as #rrggbb."""
    return oklch(*TOKENS[name])


def company(hue: int) -> tuple[str, str]:
    """A company's ink and ground, as #rrggbb; `hue` in degrees."""
    return oklch(0.5, 0.115, hue), oklch(0.95, 0.026, hue)


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """An OKLCH colour as #rrggbb, each channel cut to what sRGB can show (CSS Color 4, sections 10.7 and 17)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * encoded(min(1.0, max(0.0, one)))):02x}" for one in linear)


def encoded(linear: float) -> float:
    """One channel of linear light as sRGB stores it."""
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
