"""Internationalised names: IDNA (RFC 5891, UTS 46) and confusable characters (UTS 39)."""

import re
import unicodedata
from functools import cache
from importlib.resources import files

import idna

from fanzha.base.errors import Malformed
from fanzha.kinds.web.public_suffixes import to_ascii_label

#: Characters that browsers treat as a dot in a host (UTS 46 §2.3), and the one-dot leader used in messages.
DOTS = str.maketrans("。．｡․", "....")

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)


def ascii_host(raw: str) -> str:
    """Return a host name in canonical ASCII form: lower case, no final dot. Raise Malformed if it is invalid."""
    name = raw.strip().translate(DOTS).lower()
    if name.endswith("."):
        name = name[:-1]
    if len(name) > 253:
        raise Malformed("host name longer than 253 characters")
    if not name.isascii():
        name = ".".join(_ascii_label(label) for label in _mapped(name).translate(DOTS).split("."))
    labels = name.split(".")
    if len(name) > 253:
        raise Malformed("host name longer than 253 characters")
    if len(labels) < 2:
        raise Malformed("not a host name: no dot")
    if not all(map(_LABEL.fullmatch, labels)):
        raise Malformed("not a host name: a label is empty, too long or has a forbidden character")
    if labels[-1].isdigit():
        raise Malformed("not a host name: the last label is a number")
    return name


def _mapped(name: str) -> str:
    visible = _INVISIBLE.sub("", name)
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).lower())


def _ascii_label(label: str) -> str:
    if label.isascii():
        return label
    try:
        return idna.encode(label).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        # Accept names that IDNA 2008 forbids (emoji, mixed scripts): registries sell them and they resolve.
        if not all(unicodedata.category(c)[0] in "LMN" or unicodedata.category(c) == "So" or c in "-_" for c in label):
            raise Malformed("not a host name: a label has a forbidden character") from None
        return to_ascii_label(label)


def unicode_host(host: str) -> str:
    """Return a canonical host in Unicode form; invalid punycode labels are unchanged."""
    return ".".join(map(_unicode_label, host.split("."))) if "xn--" in host else host


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
        return decoded if decoded.isprintable() and "." not in decoded else label
    except (UnicodeError, OverflowError, ValueError):
        return label


@cache
def _table(name: str) -> dict[int, str]:
    text = files("fanzha.kinds.web").joinpath("data", f"{name}.tsv").read_text(encoding="utf-8")
    return {ord(line[0]): line[2:] for line in text.splitlines()}


def fold_confusables(text: str) -> str:
    """Replace confusable characters by lower-case ASCII (UTS 39); others, such as Chinese, are unchanged."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return plain.translate(_table("confusables")).lower()


def fold_traditional(text: str) -> str:
    """Replace traditional Chinese characters by simplified ones (UAX 38), one for one."""
    return text if text.isascii() else text.translate(_table("simplified"))


#: Confusable ASCII digits and letters.
_ASCII_TWINS = str.maketrans("015i", "olsl", "-_")


def skeleton(label: str) -> str:
    """Return the visual skeleton of a label: confusables replaced, 0=o, 1=i=l, 5=s, hyphens removed."""
    return fold_confusables(label).translate(_ASCII_TWINS)


def scripts(text: str) -> frozenset[str]:
    """Return the scripts of the letters of a text, from their Unicode names (LATIN, CYRILLIC, CJK, …)."""
    return frozenset(unicodedata.name(c, "UNKNOWN").split()[0].split("-")[0] for c in text if c.isalpha())
