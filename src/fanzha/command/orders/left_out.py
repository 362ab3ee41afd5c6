"""Who no order hits: numbers that are everybody's, and those on the spared list."""

from collections.abc import Iterable

from fanzha.base.words import Words
from fanzha.dispose import Target
from fanzha.store.screen_lists import protected_numbers
from fanzha.store.spared import spared_by_number

_NUMBERS = ("phone_number", "short_code")


def protected(targets: Iterable[Target]) -> dict[Target, Words]:
    """Return the targets that are everybody's: emergency and service numbers, each with whose it is."""
    names = {one.number: Words(one.zh, one.en) for one in protected_numbers()}
    return {one: names[one.value] for one in targets if one.kind in _NUMBERS and one.value in names}


def spared(targets: Iterable[Target], at: int) -> dict[Target, Words]:
    """Return the targets that are spared at a moment (UTC ms), each with who is."""
    listed, found = spared_by_number(), {}
    for one in targets:
        entries = listed.get(one.value, ()) if one.kind in _NUMBERS else ()
        held = next((entry for entry in entries if entry.holds(at)), None)
        if held is not None:
            found[one] = Words(f"免扰名单：{held.owner}", f"on the spared list: {held.owner}")
    return found


def left_out(targets: Iterable[Target], at: int) -> dict[Target, Words]:
    """Return the targets that an order leaves out at a moment (UTC ms), each with why."""
    meant = list(targets)
    return spared(meant, at) | protected(meant)
