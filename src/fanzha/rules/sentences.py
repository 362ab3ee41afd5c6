"""Say what a rule has seen: its sentence with the values at one firing, in Chinese and English."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np

from fanzha.base.words import Words
from fanzha.kinds import all_kinds
from fanzha.kinds.phone_number import KIND as PHONE_NUMBER
from fanzha.rules._checking.expression_checker import infer_type
from fanzha.rules.catalog import FACTS, PROFILE_FIELDS
from fanzha.rules.engine import Fired
from fanzha.rules.sentence_template import UNKNOWN, OptionalPart, SentenceSlot, parse_template
from fanzha.rules.tree import (
    Binary,
    Expression,
    FieldReference,
    FunctionCall,
    NumberLiteral,
    Rule,
    Type,
    WindowExpression,
    walk,
)

_NUMBER = re.compile(r"\+?\d{7,15}")
#: Kinds that identify a person; websites, trunks and outlets are named in full.
_MASKED = frozenset({"phone_number", "sim_card", "device", "person", "account", "payment_account"})
_MOST_PREFIX = 9  # digits of a prefix that is shown: 86 and the seven digits of a range of mobile numbers
_LEAST_BLOCK = 2  # digits that a block leaves out to be shown
_CHINA = timedelta(hours=8)
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400
#: Units of durations: seconds in one, the seconds below which it is used, and its words (Chinese, one, many).
_UNITS = (
    (1, 2 * _MINUTE_S, "秒", "second", "seconds"),
    (_MINUTE_S, 2 * _HOUR_S, "分钟", "minute", "minutes"),
    (_HOUR_S, 2 * _DAY_S, "小时", "hour", "hours"),
    (_DAY_S, float("inf"), "天", "day", "days"),
)


def render_sentence(fired: Fired, row: int) -> Words | None:
    """Return the sentence of a rule with the values at one firing; None if the rule has no sentence."""
    sentence = fired.rule.sentence
    if sentence is None:
        return None
    values = {name: _read_value(fired, node, row) for name, node in sentence.values}
    nodes = dict(sentence.values)

    def write(slot: SentenceSlot) -> Words | None:
        node = nodes[slot.name]
        return _write_value(values[slot.name], node, _slot_type(fired.rule, slot.name), slot, fired.rule.on.fact)

    return Words(
        _fill(sentence.words.zh, lambda slot: _language(write(slot), 0), values),
        _fill(sentence.words.en, lambda slot: _language(write(slot), 1), values),
    )


def _language(words: Words | None, index: int) -> str:
    return (UNKNOWN if words is None else words)[index]


def _fill(text: str, write: Callable[[SentenceSlot], str], values: dict[str, float | str | bool | None]) -> str:
    """Return a text with its slots filled; optional parts with a value that is unknown, false or 0 are left out."""
    return "".join(_filled_parts(text, write, values))


def _filled_parts(
    text: str, write: Callable[[SentenceSlot], str], values: dict[str, float | str | bool | None]
) -> Iterator[str]:
    for part in parse_template(text):
        pieces = part.parts if isinstance(part, OptionalPart) else (part,)
        if isinstance(part, OptionalPart) and not all(
            values[piece.name] for piece in pieces if isinstance(piece, SentenceSlot)
        ):
            continue
        for piece in pieces:
            yield write(piece) if isinstance(piece, SentenceSlot) else piece


@lru_cache(maxsize=1024)
def _slot_type(rule: Rule, name: str) -> Type:
    assert rule.sentence is not None
    return infer_type(dict(rule.sentence.values)[name], rule.on.fact)


def _read_value(fired: Fired, node: Expression, row: int) -> float | str | bool | None:
    """Return a value at one firing: number, milliseconds, text or truth; None if it is unknown."""
    if fired.at.is_truth(node):
        return True if fired.at.true(node)[row] else False if fired.at.false(node)[row] else None
    if fired.at.is_text(node):
        return fired.stretch.codes.text(int(fired.at.whole(node)[row]))
    value = float(fired.at.numbers(node)[row])
    return None if np.isnan(value) else value


def _write_value(
    value: float | str | bool | None, node: Expression, sort: Type, slot: SentenceSlot, fact: str
) -> Words | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return Words("", "")  # the words around the slot name it
    if isinstance(value, str):
        text = mask_text(value, node, fact)
        return Words(text, text)
    match sort:
        case Type.DURATION:
            return duration_words(value)
        case Type.MOMENT:
            return moment_words(value)
    if slot.percent or is_share(node):
        return Words(percent_text(value), percent_text(value))
    number = number_text(value)
    if not slot.one:
        return Words(number.replace(",", ""), number)
    counted = f"no {slot.many}" if number == "0" else f"{number} {slot.one if number == '1' else slot.many}"
    return Words(number.replace(",", ""), counted)


def is_share(node: Expression) -> bool:
    """Return whether a number is a share from 0 to 1: a window `share`, 1 less one, or a percentage as written."""
    match node:
        case WindowExpression(what="share" | "top_share"):
            return True
        case NumberLiteral(written=written):
            return written.endswith("%")
        case Binary(operator="-", left=NumberLiteral(value=1.0), right=right):
            return is_share(right)
    return False


def number_text(value: float) -> str:
    """Return a number with at most one decimal, below 1 with two digits."""
    if 0 < abs(value) < 1:
        return f"{value:.2g}"
    text = f"{value:,.1f}"
    return text.removesuffix(".0")


def percent_text(value: float) -> str:
    """Return a share as a percentage; only all is 100% and only nothing 0%."""
    whole = round(100 * value)
    if 0.999 < value < 1:
        return ">99.9%"
    if 0 < value < 0.001:
        return "<0.1%"
    is_rounded_away = (whole == 100 and value != 1) or (whole < 2 and value > 0)
    return f"{100 * value:.1f}%" if is_rounded_away else f"{whole}%"


def duration_words(ms: float) -> Words:
    """Return a duration in seconds, minutes, hours or days."""
    seconds = ms / 1_000
    size, _, chinese, one, many = next(unit for unit in _UNITS if abs(seconds) < unit[1])
    amount = seconds / size
    text = f"{amount:.0f}" if abs(amount) >= 10 else f"{amount:.1f}".removesuffix(".0")
    return Words(f"{text} {chinese}", f"{text} {one if text == '1' else many}")


def moment_words(ms: float) -> Words:
    """Return a moment (UTC ms) as date and time in China."""
    moment = datetime.fromtimestamp(ms / 1_000, UTC) + _CHINA
    return Words(f"{moment.month} 月 {moment.day} 日 {moment:%H:%M}", f"{moment:%H:%M} on {moment.day} {moment:%B}")


def mask_text(value: str, node: Expression, fact: str) -> str:
    """Return a value, masked if it identifies a person; a block ends in one star for each digit left out."""
    if isinstance(node, FunctionCall) and node.function == "profile":
        kind = PROFILE_FIELDS[node.column].kind
        return all_kinds()[kind].mask(value) if kind in _MASKED else value
    if isinstance(node, FunctionCall) and not _shows_whole(value, node):
        return value + "*" * (node.count or 0) if node.function == "block" else value
    source = node.source if isinstance(node, WindowExpression) else fact
    names = [part.name for part in walk(node) if isinstance(part, FieldReference) and part.name in FACTS[source]]
    kinds = [FACTS[source][name].kind for name in names]
    masked = [kind for kind in kinds if kind in _MASKED]
    if _NUMBER.fullmatch(value) and (PHONE_NUMBER.name in masked or not all(kinds)):
        masked = [PHONE_NUMBER.name]  # claimed numbers are no subjects and have no kind
    return all_kinds()[masked[0]].mask(value) if masked else value


def _shows_whole(value: str, node: FunctionCall) -> bool:
    """Return whether a prefix or block may show so much of a number that it identifies the holder."""
    if node.function == "prefix":
        return len(value) < (node.count or 0) or len(value.lstrip("+")) > _MOST_PREFIX
    return node.function == "block" and (node.count or 0) < _LEAST_BLOCK
