"""The spared list as fusion asks it: by number; read again when its file is another."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from fanzha.claims.spared import SparedNumber
from fanzha.store.spared import spared_digest, spared_numbers


def spared_by_number() -> Mapping[str, Sequence[SparedNumber]]:
    """Return the entries of the list by number."""
    return _by_number(spared_digest())


@lru_cache(maxsize=1)
def _by_number(which: str) -> Mapping[str, Sequence[SparedNumber]]:
    found: dict[str, list[SparedNumber]] = {}
    for one in spared_numbers().numbers if which else ():
        found.setdefault(one.number, []).append(one)
    return found
