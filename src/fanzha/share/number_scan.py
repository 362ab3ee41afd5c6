"""Find telephone numbers and digests of them in texts and host names, however they are written.

What goes to another country passes this. It errs on the safe side: a text that might hold a number stays here.
"""

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

from fanzha.kinds.website import is_address, unicode_host

#: Digits of the shortest number that is no service number.
MIN_DIGITS = 7
_ROUNDS = 4
_WORDS = "zero|oh|one|two|three|four|five|six|seven|eight|nine"
_SPELLED = re.compile(rf"(?:\b(?:{_WORDS})\b[\W_]{{0,3}}){{{MIN_DIGITS},}}", re.IGNORECASE)
_HAN = str.maketrans("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两弌弍弎貳參陸", "0012345678912345678912123236")
#: Letters used in place of digits to hide numbers from filters.
_LOOKALIKES = str.maketrans("OoΟοОоlI|ıΙІ", "000000111111")
#: At least so many of its characters are digits.
_TRUE_DIGITS = 3
_SEPARATORS = r"[\s\-‐‑‒–—―.·•・_()\[\]{}/\\,:;*~+'\"、，。：；（）]"
_RUN = re.compile(rf"[0-9](?:{_SEPARATORS}{{0,8}}[0-9]){{{MIN_DIGITS - 1},}}")
#: Digits with one other character between each two, and what `mask_numbers` leaves of a number.
_INTERLEAVED = re.compile(r"[0-9](?:[^0-9][0-9]){6,}")
_MASKED = re.compile(r"[0-9][0-9\s-]*[•*＊×]{2,}|[•*＊×]{2,}\s*[0-9]")
_SCHEME = re.compile(
    r"\b(?:tel|sms|smsto|mms|mmsto|callto|facetime|whatsapp|viber|sips?|wa\.me|phone|mobile|msisdn|call)\b"
    r"[^0-9\n]{0,12}[0-9](?:[\s\-.()/_]{0,3}[0-9]){4,}",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d([-/.年])(?:0?[1-9]|1[0-2])[-/.月](?:0?[1-9]|[12]\d|3[01])日?"
    r"(?:[T ]{1,2}(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?(?!\d)"
)
#: Hexadecimal digests of 128 bits and more, and Base64 of as much.
_DIGEST = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{2}[: -]?){16,}(?![0-9a-f])", re.IGNORECASE)
_CODED = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_CODED_DIGEST = 40
#: Numbers as digits alone: Chinese mobile, landline, 400 and 800, and IoT.
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_WHOLE_MOBILE = re.compile(r"(?:00)?(?:86)?1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(?:0|0086|86)[1-9][0-9]{1,2}[2-9][0-9]{6,7}|[48]00[0-9]{7}")
_HOST_RUN = re.compile(r"[0-9](?:[-._]*[0-9])*")
_HOST_DIGEST = re.compile(r"[0-9a-f]{32,}|[a-z2-7]{51,}")


def holds_number(text: str) -> bool:
    """Return whether a text may hold a telephone number, or a digest that may be one of a number."""
    return any(_holds_plain_number(reading) for reading in _read(text)) or holds_digest(text)


def holds_digest(text: str) -> bool:
    """Return whether a text holds a digest of 128 bits or more, in hexadecimal or Base64."""
    for reading in _read(text):
        if _DIGEST.search(reading):
            return True
        for token in _CODED.findall(reading):
            if len(token) >= _CODED_DIGEST and re.search(r"[0-9]", token) and re.search(r"[A-Za-z]", token):
                return True
            if _holds_plain_number(_decode(token)):
                return True
    return False


def host_holds_number(host: str) -> bool:
    """Return whether the labels of a host name are a telephone number or a digest. Addresses are neither."""
    if is_address(host):
        return False
    for reading in _read(unicode_host(host)):
        if _SPELLED.search(reading) or _HOST_DIGEST.search(re.sub(r"[-.]", "", reading.casefold())):
            return True
        folded = reading.translate(_LOOKALIKES)
        for match in _HOST_RUN.finditer(folded):
            digits = re.sub(r"[^0-9]", "", match[0])
            if _true_digits(reading[match.start() : match.end()]) >= _TRUE_DIGITS and _is_number(digits):
                return True
        if _WHOLE_MOBILE.fullmatch(re.sub(r"[^0-9]", "", reading)):
            return True
    return False


def _is_number(digits: str) -> bool:
    return bool(_MOBILE.search(digits) or _LANDLINE.fullmatch(digits)) or _is_valid_number(digits)


def _holds_plain_number(reading: str) -> bool:
    if _SCHEME.search(reading) or _SPELLED.search(reading) or _MASKED.search(reading):
        return True
    plain = _DATE.sub("x", reading)
    if _RUN.search(plain) or _INTERLEAVED.search(plain):
        return True
    folded = plain.translate(_LOOKALIKES)
    return any(_true_digits(plain[match.start() : match.end()]) >= _TRUE_DIGITS for match in _RUN.finditer(folded))


def _true_digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


def _read(text: str) -> Iterator[str]:
    """Yield the text with its digits as 0-9, then as each round of decoding changes it."""
    for _ in range(_ROUNDS):
        yield _fold(text)
        decoded = html.unescape(unquote(text, errors="replace"))
        if decoded == text:
            return
        text = decoded
    yield _fold(text)


def _fold(text: str) -> str:
    """Return a text with compatibility forms folded, invisible characters left out, and all digits as 0-9."""
    plain = unicodedata.normalize("NFKC", text).translate(_HAN)
    return "".join(_digit(one) for one in plain if unicodedata.category(one) not in ("Cf", "Mn", "Me", "Cc"))


def _digit(character: str) -> str:
    if character.isascii():
        return character
    value = unicodedata.numeric(character, None)
    return str(int(value)) if value is not None and value in range(10) else character


def _decode(token: str) -> str:
    """Return what a Base64 token says, "" if that is no text."""
    try:
        plain = token.rstrip("=").replace("+", "-").replace("/", "_")
        decoded = base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4)).decode()
    except (binascii.Error, ValueError):
        return ""
    return decoded if decoded.isprintable() else ""


def _is_valid_number(digits: str) -> bool:
    """Return whether digits are a valid number: of any country with its code, or of China or North America without."""
    import phonenumbers

    if not 10 <= len(digits) <= 15:
        return False
    for text, region in ((f"+{digits.removeprefix('00')}", None), (digits, "CN"), (digits, "US")):
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(text, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False
