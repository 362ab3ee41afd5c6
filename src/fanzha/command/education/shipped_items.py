"""The items that come with the platform: one YAML file an item in `items/`, in both languages.

Nothing of them is shown until an editor of the operator submitted the set and another person approved it.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from fanzha.base.errors import UsageError


class ItemText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The text of an item in one language."""

    title: str
    summary: str
    body: str


class ShippedItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file: what the item is, and its texts. `slug` is the name of the file."""

    kind: Literal["column", "case", "quiz", "sheet", "poster"]
    zh: ItemText
    en: ItemText
    situation: str = ""
    fraud_type: str = ""
    audience: str = "everybody"
    teaches: str = ""
    slug: str = ""


@cache
def shipped_items() -> dict[str, ShippedItem]:
    """Return the shipped items by slug, in the order of their slugs. Raise UsageError with the file that is wrong."""
    found = {}
    folder = files("fanzha.command.education") / "items"
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if not path.name.endswith(".yaml"):
            continue
        slug = path.name.removesuffix(".yaml")
        try:
            item = msgspec.yaml.decode(path.read_bytes(), type=ShippedItem)
        except msgspec.ValidationError as error:
            raise UsageError(f"{path.name}: {error}", fix="see docs/how-to/teach.md") from None
        found[slug] = msgspec.structs.replace(item, slug=slug)
    return found
