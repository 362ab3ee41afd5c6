"""Deltas laid together: as one delta, or with their base as a new base. Nothing that is said of anybody changes.

Every order may be a delta of its own, and each costs whoever opens a snapshot some microseconds: now and then those
that came since the base become one.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fanzha.claims.entry import Entry
from fanzha.claims.listing import Listing
from fanzha.claims.snapshot import Contents, Data, File
from fanzha.claims.snapshot_format import differing
from fanzha.claims.snapshot_format.overlay import Overlay
from fanzha.claims.snapshot_state import State
from fanzha.claims.url_expressions import HASH_BYTES

#: Sections that are no lists: they are compiled anew.
_OF_URLS = frozenset(["urls", "url_profiles"])
_COMPILED = _OF_URLS | {"profiles", "words", "numbers", "spilled", "others", "changed_numbers", "changed_others"}


def folded(state: State) -> Contents:
    """Return what the deltas of a state say together, as the contents of one delta."""
    return _contents(state, *_changed(state, state.deltas), _holders(state.deltas))


def later(state: State, since: State) -> Contents:
    """Return what deltas say that was not said in an earlier state, as the contents of a delta of any base."""
    deltas = [one for one in state.deltas if one.identity not in since.identities]
    keys, others = _changed(state, deltas)
    then, now = since.profiles_of(keys).tolist(), state.profiles_of(keys).tolist()
    differ = [since.entry(one) != state.entry(other) for one, other in zip(then, now, strict=True)]
    others = {one: row for one, row in others.items() if since.entry(since.profile_of_other(one)) != state.entry(row)}
    lists = {
        name: file
        for name, file in _holders(deltas).items()
        if name not in _COMPILED and differing.digest(since, name) != file.section(name).digest
    }
    if any(one.has("urls") for one in deltas) and url_entries(state) != url_entries(since):
        lists["urls"] = _holders(deltas)["urls"]
    return _contents(state, keys[np.array(differ, np.bool_)], others, lists)


def whole(state: State) -> Contents:
    """Return all that a state says, as the contents of a base under the same salt."""
    keys = np.concatenate([*state.number_keys(), np.zeros(0, np.uint64)])
    words, profiles, _ = differing.matched(differing.other_rows(state), differing.other_rows(state))
    pairs = [(first, second) for first, second in words.tolist()]
    others = {pair: row for pair, row in zip(pairs, profiles.tolist(), strict=True) if row}
    return _contents(state, keys[state.profiles_of(keys) > 0], others, _holders(state.files))


def _changed(state: State, deltas: Sequence[File]) -> tuple[NDArray[np.uint64], dict[tuple[int, int], int]]:
    """Return the keys of the numbers that deltas name, and other subjects with their profile in a state."""
    overlay = Overlay(deltas, [0] * len(deltas))
    keys = np.fromiter(overlay.numbers, np.uint64, len(overlay.numbers))
    return keys, {words: state.profile_of_other(words) for words in overlay.others}


def _holders(files: Sequence[File]) -> dict[str, File]:
    """Return the newest file of each section."""
    return {one.name: file for file in files for one in file.head.sections}


def _contents(
    state: State, keys: NDArray[np.uint64], others: Mapping[tuple[int, int], int], holders: Mapping[str, File]
) -> Contents:
    """Return subjects with what a state says of them, and lists, each from the file that holds it."""
    listing, profiles = Listing(), state.profiles_of(keys)
    order = np.argsort(profiles, kind="stable")
    different, first = np.unique(profiles[order], return_index=True)
    for profile, members in zip(different.tolist(), np.split(keys[order], first[1:]), strict=False):
        listing.add_keys(members, state.entry(profile))
    for words, profile in others.items():
        listing.add_hashed(words, state.entry(profile))
    if "urls" in holders:
        listing.add_url_hashes(url_entries(state))
    return listing.contents([_copied(file, name) for name, file in holders.items() if name not in _COMPILED])


def url_entries(state: State) -> dict[bytes, Entry]:
    """Return the listed URL expressions by their SHA-256."""
    file = _holders(state.files).get("urls")
    if file is None:
        return {}
    hashes, rows = bytes(file.packed("urls")), np.frombuffer(file.packed("url_profiles"), "<u4").tolist()
    start = state.starts[file.identity]
    known = ((hashes[at * HASH_BYTES : (at + 1) * HASH_BYTES], row) for at, row in enumerate(rows) if row)
    return {one: entry for one, row in known if (entry := state.entry(row + start)) is not None}


def _copied(file: File, name: str) -> Data:
    one = file.section(name)
    return Data(name, bytes(file.packed(name)), one.words, one.multiplier, one.places, one.used)
