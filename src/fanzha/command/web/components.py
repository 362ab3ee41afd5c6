"""What the parts of pages are given: values that a view builds and a template shows."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Tone(StrEnum):
    """How loud something is. `HARM` is for harm and lateness alone."""

    QUIET = "quiet"
    PLAIN = "plain"
    ACCENT = "accent"
    WARN = "warn"
    HARM = "harm"


@dataclass(frozen=True)
class Badge:
    """A word with a sign: colour never says anything alone."""

    word: str
    icon: str = ""
    tone: Tone = Tone.QUIET


@dataclass(frozen=True)
class ActionButton:
    """One thing to press: it posts `fields` to `url`, or leads there; `confirm` is asked before, `key` presses it."""

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
    """One thing in a list: what it is, why it stands here in words and numbers, by when, whose; one need not open it.

    `pick` is the value of its checkbox, "" for none. `side` stands at the right (a score, a figure).
    """

    title: str
    href: str
    why: str = ""
    side: str = ""
    badges: tuple[Badge, ...] = ()
    due: datetime | None = None
    at: datetime | None = None
    meta: tuple[str, ...] = ()
    pick: str = ""
    presses: tuple[ActionButton, ...] = ()
    is_subject: bool = False


@dataclass(frozen=True)
class KeyFigure:
    """One number over its words; `is_harm` where it counts harm or lateness."""

    number: str
    words: str
    href: str = ""
    is_harm: bool = False


@dataclass(frozen=True)
class FactItem:
    """A key with its value: words, a moment, or several words."""

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
    """A table with a caption; columns of `numbers` (counted from 0) stand at the right."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class EmptyState:
    """What a list says when nothing is in it: why that is, and what to do next."""

    words: str
    icon: str = "check"
    press: ActionButton | None = None


@dataclass(frozen=True)
class Listing:
    """Rows under a heading with a way to all of them."""

    title: str
    rows: list[ListRow]
    empty: EmptyState
    all_url: str = ""
    note: str = ""
    ident: str = field(default="")
