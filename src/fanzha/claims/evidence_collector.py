"""Collect millions of pieces of evidence in compact arrays, and fuse them into the contents of a snapshot.

Most subjects have a single piece, and many pieces differ only in their subject: each distinct piece is fused once.
Reasons are omitted; `fanzha.claims.fusion` returns them for one subject.
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
#: Kinds that are also listed as a URL expression that covers the whole host.
_HOSTS = ("website", "host")


class EvidenceCollector:
    """Collects the evidence in force at one moment; other evidence is dropped."""

    def __init__(self, at: int, policy: Policy, *, simulated: bool = False) -> None:
        """Collect for a moment (UTC ms); keep simulated evidence only if `simulated` is set."""
        self._at, self._policy, self._include_simulated = at, policy, simulated
        self._distinct: dict[Evidence, int] = {}
        self._keys, self._piece_ids, self._since, self._until = array("Q"), array("I"), array("q"), array("q")
        self._others: dict[Subject, list[Evidence]] = {}
        self._cases: dict[Subject, Case] = {}
        self.used = self.dropped = 0

    def add(self, pieces: Iterable[Evidence]) -> None:
        """Add pieces of evidence."""
        for piece in pieces:
            if piece.at > self._at or (piece.simulated and not self._include_simulated):
                self.dropped += 1
                continue
            self.used += 1
            key = number_key(piece.subject) if piece.subject_kind in NUMBERS else 0
            if key:
                template = piece._replace(subject_kind="", subject="", at=0, until=0, id="", zh="", en="")
                self._keys.append(key)
                self._piece_ids.append(self._distinct.setdefault(template, len(self._distinct)))
                self._since.append(piece.at)
                self._until.append(piece.until)
            else:
                self._others.setdefault(_subject(piece.subject_kind, piece.subject), []).append(piece)

    def add_cases(self, cases: Iterable[Case]) -> None:
        """Add police cases; the latest case of a subject counts."""
        for case in cases:
            subject = _subject(case.subject_kind, case.subject)
            latest = self._cases.get(subject)
            if latest is None or (case.at, case.reference) > (latest.at, latest.reference):
                self._cases[subject] = case

    def build_contents(self, spared: Mapping[str, Sequence[AllowlistEntry]] | None = None) -> ContentsBuilder:
        """Fuse all evidence and list the resulting entries; `spared` maps numbers to allowlist entries."""
        builder, entries = ContentsBuilder(), spared or {}
        cases = {subject for subject in self._cases if subject not in self._others}
        for subject, pieces in self._list_single_pieces(builder, entries):
            cases.discard(subject)
            self._list(builder, subject, pieces, entries)
        for subject in (*self._others, *cases):
            self._list(builder, subject, self._others.get(subject, []), entries)
        return builder

    def _list_single_pieces(
        self, builder: ContentsBuilder, spared: Mapping[str, object]
    ) -> Iterator[tuple[Subject, list[Evidence]]]:
        """List the numbers with a single piece and no case or allowlist entry; yield the others with their pieces."""
        keys = np.frombuffer(self._keys, np.uint64) if self._keys else np.zeros(0, np.uint64)
        order = np.argsort(keys, kind="stable")
        different, first, counts = np.unique(keys[order], return_index=True, return_counts=True)
        named = [number_key(value) for kind, value in self._cases if kind in NUMBERS] + [*map(number_key, spared)]
        needs_fusion = (counts > 1) | np.isin(different, np.array(named, np.uint64))
        self._list_groups(builder, keys, order[first[~needs_fusion]])
        for index in np.flatnonzero(needs_fusion):
            rows = order[first[index] : first[index] + counts[index]]
            subject = ("phone_number", number_text(int(different[index])))
            yield subject, [self._piece(row, subject) for row in rows.tolist()]

    def _list_groups(self, builder: ContentsBuilder, keys: NDArray[np.uint64], rows: NDArray[np.int64]) -> None:
        """List numbers with a single piece; equal pieces that end in the same hour share one entry."""
        if not len(rows):
            return
        piece_ids, until = np.frombuffer(self._piece_ids, np.uint32)[rows], np.frombuffer(self._until, np.int64)[rows]
        groups = np.stack([piece_ids.astype(np.int64), until // HOUR_MS], axis=1)
        different, group_ids = np.unique(groups, axis=0, return_inverse=True)
        by_group = np.argsort(group_ids, kind="stable")
        ends = np.cumsum(np.bincount(group_ids, minlength=len(different)))
        for (piece_id, hour), members in zip(different.tolist(), np.split(by_group, ends[:-1]), strict=True):
            until_ms = FOREVER if hour == _NO_END else hour * HOUR_MS
            piece = self._pieces[piece_id]._replace(subject_kind="phone_number", at=self._at, until=until_ms)
            if (entry := self._entry([piece], None, ())) is not None:
                builder.add_keys(keys[rows[members]], entry)

    def _piece(self, row: int, subject: Subject) -> Evidence:
        template = self._pieces[self._piece_ids[row]]
        return template._replace(
            subject_kind=subject[0], subject=subject[1], at=self._since[row], until=self._until[row]
        )

    @cached_property
    def _pieces(self) -> list[Evidence]:
        return list(self._distinct)

    def _list(
        self,
        builder: ContentsBuilder,
        subject: Subject,
        pieces: Sequence[Evidence],
        spared: Mapping[str, Sequence[AllowlistEntry]],
    ) -> None:
        entries = spared.get(subject[1], ()) if subject[0] == "phone_number" else ()
        entry = self._entry(pieces, self._cases.get(subject), entries)
        if entry is None:
            return
        builder.add(*subject, entry)
        if link := host_expression(*subject):
            builder.add_urls({link: entry})

    def _entry(
        self, pieces: Sequence[Evidence], case: Case | None, spared: Sequence[AllowlistEntry]
    ) -> SnapshotEntry | None:
        return build_entry(fuse_subject(pieces, self._at, self._policy, spared), case, self._at)


def host_expression(kind: str, value: str) -> str:
    """Return the URL expression that covers a whole website or host; "" for other kinds."""
    return whole_expression(value) if kind in _HOSTS and not value.startswith("AS") else ""


def _subject(kind: str, value: str) -> Subject:
    return ("phone_number" if kind in NUMBERS else kind), value
