"""Values that views build and page components show."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Tone(StrEnum):
    """Emphasis of a component. Use `HARM` only for harm and lateness, `CALM` for people to be helped."""

    QUIET = "quiet"
    PLAIN = "plain"
    ACCENT = "accent"
    WARN = "warn"
    HARM = "harm"
    CALM = "calm"
    SIMULATED = "simulated"  # not shown where a banner says that all is simulated


@dataclass(frozen=True)
class Badge:
    """A word with an icon. Colour never carries meaning alone."""

    word: str
    icon: str = ""
    tone: Tone = Tone.QUIET


@dataclass(frozen=True)
class ActionButton:
    """A button that posts `fields` to `url`, or a link. `confirm` is asked first; `key` is its keyboard shortcut."""

    word: str
    url: str
    post: bool = True
    fields: tuple[tuple[str, str], ...] = ()
    icon: str = ""
    main: bool = False
    confirm: str = ""
    key: str = ""


@dataclass(frozen=True)
class ListRow:
    """One row of a list: title, summary, time and owner, enough to decide without opening it.

    `checkbox_value` is "" for a row without a checkbox, `href` for one without a link. `aside` is shown at the right (a
    score, a number). `group` is the key of its list where rows of several lists are built together.
    """

    title: str
    href: str
    summary: str = ""
    aside: str = ""
    badges: tuple[Badge, ...] = ()
    due: datetime | None = None
    at: datetime | None = None
    meta: tuple[str, ...] = ()
    checkbox_value: str = ""
    actions: tuple[ActionButton, ...] = ()
    is_subject: bool = False
    group: str = ""


@dataclass(frozen=True)
class KeyFigure:
    """One number with a label. `is_harm` is set if it counts harm or lateness."""

    number: str
    words: str
    href: str = ""
    is_harm: bool = False


@dataclass(frozen=True)
class FactItem:
    """A label with its value: a text, a time, or several texts."""

    key: str
    value: object


@dataclass(frozen=True)
class TimelineItem:
    """One entry of a timeline."""

    at: datetime
    what: str
    who: str = ""
    note: str = ""
    href: str = ""
    is_harm: bool = False


@dataclass(frozen=True)
class Stage:
    """One stage of a stepper."""

    word: str
    done: bool = False
    now: bool = False


@dataclass(frozen=True)
class DataTable:
    """A table with a caption. Columns in `numbers` (from 0) are right-aligned."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class EmptyState:
    """Text of an empty list: the reason, and what to do next."""

    words: str
    icon: str = "check"
    action: ActionButton | None = None


@dataclass(frozen=True)
class Listing:
    """Rows under a heading, with a link to the full list."""

    title: str
    rows: list[ListRow]
    empty: EmptyState
    all_url: str = ""
    note: str = ""
    ident: str = field(default="")
