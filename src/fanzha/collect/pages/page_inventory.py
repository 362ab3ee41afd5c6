"""The inventory of a page, taken in the browser: data of an untrusted page, checked for types and sizes."""

from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urljoin

import msgspec


class PageLink(msgspec.Struct, frozen=True):
    """A `link` element."""

    href: str = ""
    rel: str = ""


class PageInput(msgspec.Struct, frozen=True):
    """An input: its type, the words about it, whether it is invisible, and the most characters it takes (-1: any)."""

    type: str = ""
    words: str = ""
    hidden: bool = False
    length: int = -1


class InputGroup(msgspec.Struct, frozen=True):
    """The inputs of one form, or those outside of forms."""

    action: str = ""
    method: str = ""
    inputs: tuple[PageInput, ...] = ()


class PageFrame(msgspec.Struct, frozen=True):
    """An `iframe` element."""

    src: str = ""
    hidden: bool = False


class PageMarks(msgspec.Struct, frozen=True):
    """Whether certain code is in the page, and the words around the first sign of copyright."""

    popup: bool = False
    mouseover: bool = False
    rightclick: bool = False
    copyright: str = ""


class PageInventory(msgspec.Struct, frozen=True):
    """What a page holds. `actions` has None for a form without one; boxes of `pictures` are x, y, width, height."""

    url: str = ""
    title: str = ""
    text: str = ""
    anchors: tuple[str, ...] = ()
    links: tuple[PageLink, ...] = ()
    media: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    actions: tuple[str | None, ...] = ()
    forms: tuple[InputGroup, ...] = ()
    frames: tuple[PageFrame, ...] = ()
    pictures: tuple[tuple[float, float, float, float], ...] = ()
    marks: PageMarks = PageMarks()
    height: float = 0


@cache
def inventory_script() -> str:
    """Return the script that takes the inventory."""
    return resources.files(__package__).joinpath("inventory.js").read_text("utf-8")


def read_inventory(value: Any) -> PageInventory:
    """Return the inventory that the script returned; an empty one if it is malformed."""
    try:
        return msgspec.convert(value, PageInventory, strict=False)
    except msgspec.ValidationError:
        return PageInventory()


def resolve_link(base: str, href: str) -> str:
    """Return the absolute URL of a link as the page wrote it, "" if it is malformed (`http://[host/`)."""
    try:
        return urljoin(base, href)
    except ValueError:
        return ""
