"""Read the number that an identity of a call claims: with URI parts, a phone context or post-dial characters.

Equipment treats such additions in different ways, and a handset may show the number alone.
"""

import re
from urllib.parse import unquote

from fanzha.kinds.numbering.number_reader import NumberCodes, read_number
from fanzha.kinds.numbering.terms import CLASSES, REASONS, VALIDITIES, NumberClass, Validity
from fanzha.kinds.numbering.terms import NumberReason as Why

_INVALID, _FOREIGN = CLASSES.index(NumberClass.INVALID), CLASSES.index(NumberClass.FOREIGN)
_NO, _NOT_IN_PLAN = VALIDITIES.index(Validity.NO), REASONS.index(Why.NOT_IN_COUNTRY_PLAN)
#: White space of ASCII alone ends a URI: another space is not shown, so that a number would go on behind it.
_URI = re.compile(r"(tel|sips?):([^<>\s]*)", re.IGNORECASE | re.ASCII)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_CONTEXT = re.compile(r";phone-context=(\+[0-9().-]+)(?=;|$)", re.IGNORECASE)
#: A number, and what is dialled after it: `95588#`, `95588p1`. Signs that no display shows are left out before.
_NUMBER = re.compile(r"([+＋]*\d+)(?:[*#pPwWtT][\dA-DpPwWtTa-d*#]*)?")
_KEPT = frozenset("+＋*#")


def split_identities(value: str) -> list[str]:
    """Return the user parts in a header field value such as `"name" <sip:…>, <tel:…>`; a number stays as it is.

    A user part keeps its parameters, such as the phone context. A SIP URI with two @ has two of them, and so has a
    telephone URI with one, because parsers differ on where the number is.
    """
    if ":" not in value:
        return [value]
    uris = _URI.findall(_QUOTED.sub("", value))
    return [user for scheme, uri in uris for user in _split_users(scheme.lower(), uri)] or [value]


def _split_users(scheme: str, uri: str) -> list[str]:
    first, at_sign, rest = uri.partition("@")
    if not at_sign or not first:
        return [rest.rpartition("@")[0] or uri.rstrip(",")]
    if scheme == "tel":
        return [first, rest]
    return [first, uri.rpartition("@")[0]] if "@" in rest else [first]


def read_identity(text: str) -> NumberCodes:
    """Return the number that a text claims; equal to `read_number` for a plain number."""
    return complete_reading(text, read_number(text))


def complete_reading(text: str, number: NumberCodes) -> NumberCodes:
    """Return the number that a text claims, where `number` is what `read_number` returned for it.

    A local number with the context of another country (RFC 3966 §5.1.5) is a number of that country, also where it
    looks like one of ours.
    """
    return _read_decorated(text, number) if number.number_class == _INVALID or ";" in text else number


def _read_decorated(text: str, number: NumberCodes) -> NumberCodes:
    user = split_identities(text)[0]
    written = unquote(next((part for part in re.split("[;:]", user) if part), ""))
    bare = _NUMBER.fullmatch("".join(sign for sign in written if sign.isalnum() or sign in _KEPT).lstrip("*#"))
    if bare is None:
        return number
    context = _CONTEXT.search(user)
    if context is None or bare[1].startswith(("+", "＋")) or _is_home(context[1]):
        return read_number(bare[1])
    claimed = read_number(context[1] + bare[1])
    if claimed.number_class == _FOREIGN:
        return claimed
    return NumberCodes(_FOREIGN, _NO, _NOT_IN_PLAN, claimed.canonical, claimed.region)


def _is_home(context: str) -> bool:
    return re.sub(r"[().-]", "", context).startswith("+86")
