"""Made-up look-alikes of a domain, trick by trick, to measure what share of each a matcher names."""

import random
from collections.abc import Callable

KEYBOARD = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
VOWELS = "aeiou"
SUFFIXES = ("top", "xyz", "vip", "cc", "icu", "shop", "online", "club")
BAIT = ("login", "kefu", "guanwang", "vip", "verify", "denglu", "jifen", "yanzheng", "support", "account")
GLYPHS = {"a": "а", "e": "е", "o": "о", "p": "р", "c": "с", "x": "х", "i": "і", "s": "ѕ"}
DIGITS = {"o": "0", "l": "1", "i": "1", "s": "5"}
PAIRS = {"m": "rn", "w": "vv", "d": "cl"}

Trick = Callable[[str, str, random.Random], str]


def neighbours(letter: str) -> str:
    """Return the keys beside a letter's."""
    for row in KEYBOARD:
        if letter in row:
            place = row.index(letter)
            return row[max(0, place - 1) : place] + row[place + 1 : place + 2]
    return letter


def place_of(label: str, draw: random.Random) -> int:
    """Draw a place inside a label, not its first letter."""
    return draw.randrange(1, len(label)) if len(label) > 1 else 0


def left_out(label: str, suffix: str, draw: random.Random) -> str:
    """Leave a letter out."""
    place = place_of(label, draw)
    return f"{label[:place]}{label[place + 1 :]}.{suffix}"


def repeated(label: str, suffix: str, draw: random.Random) -> str:
    """Double a letter."""
    place = place_of(label, draw)
    return f"{label[:place]}{label[place]}{label[place:]}.{suffix}"


def swapped(label: str, suffix: str, draw: random.Random) -> str:
    """Swap two neighbours."""
    place = draw.randrange(1, max(2, len(label) - 1))
    return f"{label[:place]}{label[place + 1 : place + 2]}{label[place : place + 1]}{label[place + 2 :]}.{suffix}"


def replaced(label: str, suffix: str, draw: random.Random) -> str:
    """Hit the key beside."""
    place = place_of(label, draw)
    return f"{label[:place]}{draw.choice(neighbours(label[place]))}{label[place + 1 :]}.{suffix}"


def added(label: str, suffix: str, draw: random.Random) -> str:
    """Add a letter at the end."""
    return f"{label}{draw.choice('abcdefghijklmnopqrstuvwxyz')}.{suffix}"


def vowel(label: str, suffix: str, draw: random.Random) -> str:
    """Put another vowel for one."""
    places = [place for place, letter in enumerate(label) if letter in VOWELS and place]
    if not places:
        return ""
    place = draw.choice(places)
    return f"{label[:place]}{draw.choice(VOWELS.replace(label[place], ''))}{label[place + 1 :]}.{suffix}"


def exchanged(table: dict[str, str]) -> Trick:
    """Return a trick that puts look-alikes for one letter."""

    def trick(label: str, suffix: str, draw: random.Random) -> str:
        letters = sorted(set(label) & set(table))
        return f"{label.replace(letter := draw.choice(letters), table[letter], 1)}.{suffix}" if letters else ""

    return trick


def hyphen(label: str, suffix: str, draw: random.Random) -> str:
    """Put a hyphen in."""
    place = place_of(label, draw)
    return f"{label[:place]}-{label[place:]}.{suffix}"


def split(label: str, suffix: str, draw: random.Random) -> str:
    """Put a dot in."""
    place = place_of(label, draw)
    return f"{label[:place]}.{label[place:]}.{suffix}"


def other_suffix(label: str, suffix: str, draw: random.Random) -> str:
    """Take another suffix."""
    return f"{label}.{draw.choice(SUFFIXES)}"


def with_word(label: str, suffix: str, draw: random.Random) -> str:
    """Set a bait word beside the name."""
    word, join = draw.choice(BAIT), draw.choice(("", "-"))
    return f"{draw.choice((f'{label}{join}{word}', f'{word}{join}{label}'))}.{draw.choice(SUFFIXES)}"


def whole(label: str, suffix: str, draw: random.Random) -> str:
    """Put the whole domain in front of another."""
    inside = draw.choice((f"{label}.{suffix}.", f"{label}-{suffix.replace('.', '-')}-"))
    return f"{inside}{draw.choice(BAIT)}{draw.randrange(100)}.{draw.choice(SUFFIXES)}"


TRICKS: dict[str, Trick] = {
    "letter left out": left_out,
    "letter doubled": repeated,
    "letters swapped": swapped,
    "key beside": replaced,
    "letter added": added,
    "other vowel": vowel,
    "other script": exchanged(GLYPHS),
    "digit for letter": exchanged(DIGITS),
    "letter pair": exchanged(PAIRS),
    "hyphen": hyphen,
    "dot": split,
    "other suffix": other_suffix,
    "bait word": with_word,
    "whole domain": whole,
}
