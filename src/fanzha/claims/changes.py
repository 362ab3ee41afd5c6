"""What must be published so that one state of a snapshot becomes another: a delta's worth of contents."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from fanzha.claims.listing import Listing
from fanzha.claims.snapshot import Contents, Data, File, Head, compile_base
from fanzha.claims.snapshot_format import comparing, differing
from fanzha.claims.snapshot_format.profiles import entry_of
from fanzha.claims.snapshot_state import State


class Changes(NamedTuple):
    """Contents of a delta, and how many subjects and lists it changes."""

    contents: Contents
    subjects: int
    lists: int


def changes(before: State, wanted: Contents) -> Changes:
    """Return what contents change of a state: subjects that are new, different or gone, and lists that differ.

    A list that is not among the contents stays as it is.
    """
    after = _compiled(before, wanted)
    meant, listing = differing.meanings(before, after), Listing()
    subjects = _numbers(before, after, meant, listing) + _others(before, after, meant, listing)
    lists = _differing(before, after, wanted.lists)
    if wanted.urls is not None and _urls_changed(before, after, meant):
        rows, words = wanted.profiles.rows, list(wanted.profiles.words)
        found = {expression: entry_of(rows, words, row) for expression, row in wanted.urls.items()}
        listing.add_urls(found)
    contents = listing.contents(lists)
    return Changes(contents, subjects, len(lists) + (contents.urls is not None))


def changed_lists(before: State, wanted: Sequence[Data]) -> Contents:
    """Return those lists that differ from a state's, and nothing of subjects."""
    after = _compiled(before, Listing().contents(wanted))
    return Listing().contents(_differing(before, after, wanted))


def _compiled(before: State, wanted: Contents) -> State:
    head = Head(what="base", sequence=0, created_at=0, salt=before.base.head.salt)
    return State(File(memoryview(b"".join(compile_base(wanted, head))), "wanted"))


def _differing(before: State, after: State, lists: Sequence[Data]) -> list[Data]:
    return [one for one in lists if differing.digest(before, one.name) != differing.digest(after, one.name)]


def _numbers(before: State, after: State, meant: comparing.Meanings, listing: Listing) -> int:
    count = 0
    for keys, only_gone in differing.all_numbers(before, after):
        found = np.zeros(len(keys), np.bool_)
        comparing.changed(keys, before.tables, after.tables, meant, found)
        changed = keys[found]
        profiles = after.profiles_of(changed)
        if only_gone:
            changed, profiles = changed[profiles == 0], profiles[profiles == 0]
        for profile in np.unique(profiles).tolist():
            listing.add_keys(changed[profiles == profile], after.entry(profile))
        count += len(changed)
    return count


def _others(before: State, after: State, meant: comparing.Meanings, listing: Listing) -> int:
    words, then, now = differing.matched(differing.other_rows(before), differing.other_rows(after))
    different = ((then == 0) != (now == 0)) | (meant[0][then] != meant[1][now])
    for pair, profile in zip(words[different].tolist(), now[different].tolist(), strict=True):
        listing.add_hashed((pair[0], pair[1]), after.entry(profile))
    return int(different.sum())


def _urls_changed(before: State, after: State, meant: comparing.Meanings) -> bool:
    _, then, now = differing.matched(differing.url_rows(before), differing.url_rows(after))
    return bool((((then == 0) != (now == 0)) | (meant[0][then] != meant[1][now])).any())
