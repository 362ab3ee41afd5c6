"""What is said to a possible victim of fraud, by kind of fraud: on the phone, in a flash SMS and in a text."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from fanzha.base.words import Words

#: The kind of fraud of the script that fits any.
GENERAL = "other"


class CallScript(NamedTuple):
    """The words for one kind of fraud. `name` and version identify what was said, as in `fake_loan/1`.

    The texts to the handset name no link and no number.
    """

    name: str
    opening: Words
    proof: Words
    asks: tuple[Words, ...]
    points: tuple[Words, ...]
    now: Words
    if_paid: Words
    if_refused: Words
    closing: Words
    flash: Words
    text: Words


@cache
def call_scripts() -> dict[str, CallScript]:
    """Return the scripts by kind of fraud (codes of `fanzha.base.fraud_types`), the general one first."""
    tables = tomllib.loads((files("fanzha.warn") / "data" / "call_scripts.toml").read_text("utf-8"))
    version, common = tables.pop("version"), tables.pop("common")
    return {kind: _parse_script(f"{kind}/{version}", common, table) for kind, table in tables.items()}


def find_call_script(fraud_type: str) -> CallScript:
    """Return the script for a kind of fraud, or the general one."""
    scripts = call_scripts()
    return scripts.get(fraud_type, scripts[GENERAL])


def _parse_script(name: str, common: Mapping[str, str], table: Mapping[str, Any]) -> CallScript:
    return CallScript(
        name=name,
        opening=_words(common, "opening"),
        proof=_words(common, "proof"),
        asks=_word_list(table, "asks"),
        points=_word_list(table, "points"),
        now=_words(table, "now"),
        if_paid=_words(common, "paid"),
        if_refused=_words(common, "refuses"),
        closing=_words(common, "closing"),
        flash=_words(table, "flash"),
        text=_words(table, "text"),
    )


def _words(table: Mapping[str, str], key: str) -> Words:
    return Words(table[f"{key}_zh"], table[f"{key}_en"])


def _word_list(table: Mapping[str, list[str]], key: str) -> tuple[Words, ...]:
    return tuple(Words(zh, en) for zh, en in zip(table[f"{key}_zh"], table[f"{key}_en"], strict=True))
