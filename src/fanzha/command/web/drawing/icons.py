"""Inline SVG icons on a 16 by 16 grid, shown beside words."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

#: SVG paths by name. An icon is never shown without a word.
ICONS = {
    "account": "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14c.6-2.6 2.8-4 5.5-4s4.9 1.4 5.5 4",
    "alert": "M8 2 1.5 13.5h13zM8 6.5v3.5M8 12v.01",
    "arrow": "M3 8h10M9 4l4 4-4 4",
    "bank": "M2 6.5 8 2.5l6 4zM3.5 6.5v6M6.5 6.5v6M9.5 6.5v6M12.5 6.5v6M2 13.5h12",
    "bell": "M4 11V7a4 4 0 0 1 8 0v4l1.5 1.5h-11zM6.5 14h3",
    "calls": "M3 3h3l1 3-1.5 1.2a8 8 0 0 0 3.3 3.3L10 9l3 1v3c-5.5.5-10.5-4.5-10-10z",
    "campaign": "M8 3.5a2 2 0 1 0 0 .01M3.5 10.5a2 2 0 1 0 0 .01"
    "M12.5 10.5a2 2 0 1 0 0 .01M7 5.5 4.5 9M9 5.5 11.5 9M5.5 12h5",
    "check": "m3 8.5 3.5 3.5L13 4.5",
    "clock": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 4.5V8l2.5 1.5",
    "copy": "M5.5 5.5h8v8h-8zM3 10.5H2.5v-8h8V3",
    "cross": "m4 4 8 8M12 4l-8 8",
    "download": "M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
    "eye": "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
    "globe": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM2 8h12"
    "M8 2c2 1.8 2.5 4 2.5 6s-.5 4.2-2.5 6c-2-1.8-2.5-4-2.5-6S6 3.8 8 2z",
    "letter": "M2 4h12v8.5H2zM2.5 4.5 8 9l5.5-4.5",
    "history": "M2.5 3.5V7H6M2.8 7A5.5 5.5 0 1 1 3 10.5M8 5v3.2l2 1.3",
    "home": "M2.5 7.5 8 3l5.5 4.5M4 6.5v7h8v-7M6.8 13.5v-3.5h2.4v3.5",
    "key": "M10.5 2a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM8 8l-5.5 5.5M4.5 11.5 6 13",
    "link": "M6.5 9.5a2.5 2.5 0 0 0 3.6 0l2.4-2.4a2.5 2.5 0 0 0-3.6-3.6L8 4.4"
    "M9.5 6.5a2.5 2.5 0 0 0-3.6 0L3.5 8.9a2.5 2.5 0 0 0 3.6 3.6l.9-.9",
    "list": "M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4v.01M2.5 8v.01M2.5 12v.01",
    "lock": "M3.5 7h9v6.5h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2",
    "map": "M2 4.5 6 3l4 1.5L14 3v8.5L10 13l-4-1.5L2 13zM6 3v8.5M10 4.5V13",
    "menu": "M2.5 4h11M2.5 8h11M2.5 12h11",
    "more": "m4 6.5 4 4 4-4",
    "organization": "M2.5 14V3h7v11M9.5 6.5h4V14M1.5 14h13M5 5.5h2M5 8h2M5 10.5h2",
    "print": "M4.5 6V2.5h7V6M4.5 11.5h-2v-5h11v5h-2M4.5 9.5h7v4h-7z",
    "question": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM6.2 6.3c.2-2.2 3.7-2 3.6.1 0 1.3-1.8 1.3-1.8 2.6M8 11.2v.01",
    "refuse": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM3.8 12.2l8.4-8.4",
    "search": "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3 14 14",
    "send": "M14 2 7 9M14 2 9.5 14 7 9 2 6.5z",
    "shield": "M8 1.5 13.5 4v4c0 3.3-2.3 5.6-5.5 6.5C4.8 13.6 2.5 11.3 2.5 8V4z",
    "undo": "M5.5 3 2.5 6l3 3M2.5 6H10a3.5 3.5 0 0 1 0 7H6",
    "users": "M6 7.5A2.5 2.5 0 1 0 6 2.5a2.5 2.5 0 0 0 0 5zM1.5 13.5c.3-2.5 2-4 4.5-4s4.2 1.5 4.5 4"
    "M10.5 2.8a2.5 2.5 0 0 1 0 4.4M12 9.8c1.4.6 2.3 1.9 2.5 3.7",
}


def icon(name: str) -> SafeString:
    """Return an icon as SVG, hidden from screen readers. Raise KeyError for an unknown name."""
    return format_html('<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="{}"/></svg>', ICONS[name])
