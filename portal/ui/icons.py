"""Our own icons: 16 × 16, drawn with strokes of the text's colour."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

PATHS: dict[str, str] = {
    "home": "M2.5 7.2 8 2.6l5.5 4.6v6.1h-4V9.6h-3v3.7h-4z",
    "integrations": "M7.9 11.3A3.9 3.9 0 1 1 9.5 6.8M8.1 4.7A3.9 3.9 0 1 1 6.5 9.2",
    "cases": "M8 2.2 14 5.4 8 8.6 2 5.4zM2 8.2l6 3.2 6-3.2M2 11l6 3.2 6-3.2",
    "triage": "M2 9.2 4 3h8l2 6.2v3.8H2zM2 9.2h3.4l1 1.8h3.2l1-1.8H14",
    "agreements": "M3.5 1.8h6l3 3v9.4h-9zM9.5 1.8v3h3M5.8 9.6l1.5 1.5 2.9-3",
    "bell": "M8 2a4 4 0 0 0-4 4v3.2L2.6 12h10.8L12 9.2V6a4 4 0 0 0-4-4zM6.6 13.6a1.5 1.5 0 0 0 2.8 0",
    "handbook": (
        "M8 3.8C6.4 2.7 4.4 2.4 2 2.6v10c2.4-.2 4.4.1 6 1.2 1.6-1.1 3.6-1.4 6-1.2v-10c-2.4-.2-4.4.1-6 1.2zM8 3.8v10"
    ),
    "reports": "M2.2 2.2v11.6h11.6M5.2 11V8.4M8.2 11V5M11.2 11V6.8",
    "register": "M2.6 13.8V3.4L8.4 2v11.8M8.4 6.2l5 1.2v6.4M1.6 13.8h12.8M5 5.9h1M5 8.5h1M5 11.1h1",
    "search": "M7 2.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6zM10.5 10.5l3.4 3.4",
    "person": ("M8 2.2a2.9 2.9 0 1 0 0 5.8 2.9 2.9 0 0 0 0-5.8zM2.6 13.8c.4-2.6 2.6-3.9 5.4-3.9s5 1.3 5.4 3.9"),
    "people": (
        "M6 2.8a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM1.5 13.2c.3-2.3 2.1-3.4 4.5-3.4s4.2 1.1 4.5 3.4"
        "M10.6 3a2.4 2.4 0 0 1 0 4.6M12 10.2c1.4.5 2.3 1.5 2.5 3"
    ),
    "exit": "M6.2 2.4H2.8v11.2h3.4M6.8 8h7M11 5.2 13.8 8 11 10.8",
    "sun": (
        "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.4v1.2M8 13.4v1.2M1.4 8h1.2M13.4 8h1.2"
        "M3.3 3.3l.9.9M11.8 11.8l.9.9M3.3 12.7l.9-.9M11.8 4.2l.9-.9"
    ),
    "moon": "M13.4 9.7A5.8 5.8 0 0 1 6.3 2.6a5.8 5.8 0 1 0 7.1 7.1z",
    "auto": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 2v12M8 5h4.8M8 8h6M8 11h4.8",
    "ok": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM5.4 8.2l1.8 1.8 3.5-3.7",
    "waiting": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 4.8V8l2.2 1.4",
    "warning": "M8 2.3 14.3 13.2H1.7zM8 6.5v3M8 11.4h.01",
    "failed": "M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5zM6 6l4 4M10 6l-4 4",
    "withheld": (
        "M2 2l12 12M6.4 3.9A7 7 0 0 1 8 3.7c3 0 5.2 2.1 6.4 4.3a9.7 9.7 0 0 1-1.7 2.3"
        "M4.3 5.1A9.3 9.3 0 0 0 1.6 8c1.2 2.2 3.4 4.3 6.4 4.3 1.3 0 2.5-.4 3.5-1"
        "M6.6 6.7a2 2 0 0 0 2.7 2.8"
    ),
    "paused": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM6.4 5.9v4.2M9.6 5.9v4.2",
    "right": "M2.5 8h11M9.5 4l4 4-4 4",
    "left": "M13.5 8h-11M6.5 4l-4 4 4 4",
    "both": "M2 5.5h11M10 2.5l3 3-3 3M14 10.5H3M6 7.5l-3 3 3 3",
    "next": "M6 3.5 10.5 8 6 12.5",
    "previous": "M10 3.5 5.5 8 10 12.5",
    "down": "M3.5 6 8 10.5 12.5 6",
    "up": "M3.5 10 8 5.5l4.5 4.5",
    "out": "M6.5 3.5h-4v10h10v-4M9.5 2.5h4v4M13.5 2.5 7.5 8.5",
    "plus": "M8 3v10M3 8h10",
    "retry": "M13.5 2.6v3.6H9.9M13.2 6A5.6 5.6 0 1 0 13.6 9.2",
    "skip": "M3 3.5 8.5 8 3 12.5zM12.5 3.5v9",
    "comment": "M2.2 3h11.6v8H7.5l-3 2.6V11H2.2z",
    "attachment": (
        "M13 7.4 8 12.3a3.2 3.2 0 0 1-4.6-4.5l5.2-5.2a2.1 2.1 0 0 1 3 3L6.5 10.7a1 1 0 0 1-1.5-1.4L9.6 4.7"
    ),
    "key": "M10.3 2.2a3.5 3.5 0 1 0 .01 0zM7.8 8.2l-5.3 5.3M4.2 11.8l1.7 1.7",
    "keyboard": "M1.5 4h13v8.5h-13zM4 6.6h.01M6.7 6.6h.01M9.3 6.6h.01M12 6.6h.01M5 9.8h6",
    "more": "M3.5 8h.01M8 8h.01M12.5 8h.01",
    "pencil": "M10.8 2.7l2.5 2.5-7.8 7.8-3.2.7.7-3.2z",
    "close": "M4 4l8 8M12 4l-8 8",
    "lock": "M3.5 7.2h9v6.3h-9zM5.3 7.2V5a2.7 2.7 0 0 1 5.4 0v2.2",
    "system": "M2.5 2.8h11v4.2h-11zM2.5 9h11v4.2h-11zM5 4.9h.01M5 11.1h.01",
    "flow": "M1.8 8h3l1.7-4.5 3 9L11.2 8h3",
    "envelope": "M2 3.8h12v8.4H2zM2.2 4.2 8 8.8l5.8-4.6",
    "history": "M2.5 8A5.5 5.5 0 1 0 4.3 4M2.6 2.2v2.7h2.7M8 5v3.2l2 1.3",
    "copy": "M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1",
    "print": "M4.5 6V2.5h7V6M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7v4h-7z",
    "download": "M8 2.5v7.5M4.8 7 8 10.2 11.2 7M2.5 13.5h11",
    "upload": "M8 10.2V2.7M4.8 5.9 8 2.7l3.2 3.2M2.5 13.5h11",
    "columns": "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
    "view": "M3.5 2.5h9v11L8 10.3l-4.5 3.2z",
    "filter": "M2 3h12L9.5 8.5v4.2l-3 1.3V8.5z",
    "dictionary": (
        "M3 2.5h8.5a1.5 1.5 0 0 1 1.5 1.5v9.5H4.5A1.5 1.5 0 0 1 3 12zM3 12a1.5 1.5 0 0 1 1.5-1.5H13M6 5.5h4"
    ),
    "rules": ("M2.5 4h4M9.5 4h4M6.5 2.5v3h3v-3zM2.5 12h7M12.5 12h1M9.5 10.5v3h3v-3zM2.5 8h1M6.5 8h7M3.5 6.5v3h3v-3z"),
}


def drawn(name: str, title: str = "") -> SafeString:
    """The icon as inline SVG: hidden from screen readers, or named by `title`."""
    path = mark_safe(PATHS[name])  # noqa: S308 - a constant of this file
    if title:
        return format_html(
            '<svg class="icon" viewBox="0 0 16 16" role="img"><title>{}</title><path d="{}"/></svg>',
            title,
            path,
        )
    return format_html('<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="{}"/></svg>', path)
