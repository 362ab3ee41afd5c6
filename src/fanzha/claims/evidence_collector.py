"""Evidence gathered for a snapshot: millions of pieces in some bytes each, fused where they come together.

Most subjects have one piece, and most pieces say of one subject what others say of another: that is fused once. Reasons
are left out; `fanzha.claims.fusion` tells them of whoever is asked about.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fanzha.claims.allowlist import AllowlistEntry
from fanzha.claims.contents_builder import ContentsBuilder, Subject
from fanzha.claims.evidence import Evidence
from fanzha.claims.fusion import fuse_subject
from fanzha.claims.policy import Policy
from fanzha.claims.snapshot_entry import HOUR_MS, SnapshotEntry, build_entry
from fanzha.claims.snapshot_format.keys import NUMBERS, number_key, number_text
from fanzha.claims.url_expressions import whole_expression
from fanzha.claims.verdict import FOREVER, Case

_NO_END = FOREVER // HOUR_MS
#: Kinds whose subjects are listed as links too: everything that lies on the host.
_HOSTS = ("website", "host")


class EvidenceCollector:
    """All evidence for one moment; what does not hold then is dropped at once."""

    def __init__(self, at: int, policy: Policy, *, simulated: bool = False) -> None:
        """Gather for a moment (UTC ms); made-up evidence only when it is wanted."""
        self._at, self._policy, self._wanted = at, policy, simulated
        self._said: dict[Evidence, int] = {}
        self._keys, self._what, self._since, self._until = array("Q"), array("I"), array("q"), array("q")
        self._others: dict[Subject, list[Evidence]] = {}
        self._cases: dict[Subject, Case] = {}
        self.used = self.dropped = 0

    def add(self, pieces: Iterable[Evidence]) -> None:
        """Take pieces in."""
        for piece in pieces:
            if piece.at > self._at or (piece.simulated and not self._wanted):
                self.dropped += 1
                continue
            self.used += 1
            key = number_key(piece.subject) if piece.subject_kind in NUMBERS else 0
            if key:
                what = piece._replace(subject_kind="", subject="", at=0, until=0, id="", zh="", en="")
                self._keys.append(key)
                self._what.append(self._said.setdefault(what, len(self._said)))
                self._since.append(piece.at)
                self._until.append(piece.until)
            else:
                self._others.setdefault(_subject(piece.subject_kind, piece.subject), []).append(piece)

    def add_cases(self, cases: Iterable[Case]) -> None:
        """Take police cases in; of one subject the latest counts."""
        for case in cases:
            subject = _subject(case.subject_kind, case.subject)
            known = self._cases.get(subject)
            if known is None or (case.at, case.reference) > (known.at, known.reference):
                self._cases[subject] = case

    def listing(self, spared: Mapping[str, Sequence[AllowlistEntry]] | None = None) -> ContentsBuilder:
        """Fuse everything and list whoever is to be listed; `spared` are the entries of the spared list by number."""
        listing, known = ContentsBuilder(), spared or {}
        cases = {subject for subject in self._cases if subject not in self._others}
        for subject, pieces in self._apart(listing, known):
            cases.discard(subject)
            self._list(listing, subject, pieces, known)
        for subject in (*self._others, *cases):
            self._list(listing, subject, self._others.get(subject, []), known)
        return listing

    def _apart(
        self, listing: ContentsBuilder, spared: Mapping[str, object]
    ) -> Iterator[tuple[Subject, list[Evidence]]]:
        """List the numbers of one piece each that nothing else is known of; yield the others with their pieces."""
        keys = np.frombuffer(self._keys, np.uint64) if self._keys else np.zeros(0, np.uint64)
        order = np.argsort(keys, kind="stable")
        different, first, counts = np.unique(keys[order], return_index=True, return_counts=True)
        named = [number_key(value) for kind, value in self._cases if kind in NUMBERS] + [*map(number_key, spared)]
        apart = (counts > 1) | np.isin(different, np.array(named, np.uint64))
        self._list_alike(listing, keys, order[first[~apart]])
        for place in np.flatnonzero(apart):
            rows = order[first[place] : first[place] + counts[place]]
            subject = ("phone_number", number_text(int(different[place])))
            yield subject, [self._piece(row, subject) for row in rows.tolist()]

    def _list_alike(self, listing: ContentsBuilder, keys: NDArray[np.uint64], rows: NDArray[np.int64]) -> None:
        """List numbers of one piece each: those that say the same until the same hour share one entry."""
        if not len(rows):
            return
        what, until = np.frombuffer(self._what, np.uint32)[rows], np.frombuffer(self._until, np.int64)[rows]
        groups = np.stack([what.astype(np.int64), until // HOUR_MS], axis=1)
        different, which = np.unique(groups, axis=0, return_inverse=True)
        by_group = np.argsort(which, kind="stable")
        ends = np.cumsum(np.bincount(which, minlength=len(different)))
        for (said, hour), members in zip(different.tolist(), np.split(by_group, ends[:-1]), strict=True):
            until_ms = FOREVER if hour == _NO_END else hour * HOUR_MS
            piece = self._pieces[said]._replace(subject_kind="phone_number", at=self._at, until=until_ms)
            if (entry := self._entry([piece], None, ())) is not None:
                listing.add_keys(keys[rows[members]], entry)

    def _piece(self, row: int, subject: Subject) -> Evidence:
        said = self._pieces[self._what[row]]
        return said._replace(subject_kind=subject[0], subject=subject[1], at=self._since[row], until=self._until[row])

    @cached_property
    def _pieces(self) -> list[Evidence]:
        return list(self._said)

    def _list(
        self,
        listing: ContentsBuilder,
        subject: Subject,
        pieces: Sequence[Evidence],
        spared: Mapping[str, Sequence[AllowlistEntry]],
    ) -> None:
        sparing = spared.get(subject[1], ()) if subject[0] == "phone_number" else ()
        entry = self._entry(pieces, self._cases.get(subject), sparing)
        if entry is None:
            return
        listing.add(*subject, entry)
        if link := host_expression(*subject):
            listing.add_urls({link: entry})

    def _entry(
        self, pieces: Sequence[Evidence], case: Case | None, spared: Sequence[AllowlistEntry]
    ) -> SnapshotEntry | None:
        return build_entry(fuse_subject(pieces, self._at, self._policy, spared), case, self._at)


def host_expression(kind: str, value: str) -> str:
    """Return the URL expression under which a subject is listed too: all that lies on a host; "" for what is none."""
    return whole_expression(value) if kind in _HOSTS and not value.startswith("AS") else ""


def _subject(kind: str, value: str) -> Subject:
    return ("phone_number" if kind in NUMBERS else kind), value
