"""Count names of new sites, each once; compare them with all brands, and store imitations and mentions."""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.compute

from fanzha.claims import Finding
from fanzha.detect.lookalike_website import LookalikeWebsiteDetector, SiteMention
from fanzha.events.site_seen import EVENT
from fanzha.store.site_watch import AlertBudget, DayCount, SiteCandidate, SiteWatchStore

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

_HOST = r"^(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$"
_MAX_HOST = 253
#: Made-up names: an imitation, one that mentions a brand, and one that does neither.
_WARM_UP_HOSTS = ("taobao-kf-tuikuan.example", "fans-of-taobao.example", "garden.example")


class NameBatch(NamedTuple):
    """Host names of one source as written, their times (UTC ms) and their positions in the source."""

    source: str
    names: list[bytes]
    occurred_at: list[int]
    references: list[str]


class IntakeSettings(NamedTuple):
    """The time for which a name counts as seen, and the budget of candidates a day."""

    horizon_ms: int
    budget: AlertBudget


class SiteIntake:
    """Counts each name once within the horizon; stores imitations as candidates within the budget, others as mentions.

    A mention waits until the budget of looks has room for it (`SiteWatchStore.release_mentions`).
    """

    def __init__(
        self,
        store: SiteWatchStore,
        detector: LookalikeWebsiteDetector,
        settings: IntakeSettings,
        seen_by: str = "certificate",
    ) -> None:
        self._store, self._detector, self._settings, self._seen_by = store, detector, settings, seen_by

    def for_channel(self, channel: str) -> "SiteIntake":
        """Return the intake of names from another channel (a value of `site_seen.seen_by`)."""
        return SiteIntake(self._store, self._detector, self._settings, channel)

    def warm_up(self) -> None:
        """Load and compile the comparison, which takes seconds the first time, before a transaction waits for it."""
        hosts = pa.array(_WARM_UP_HOSTS)
        column = pa.repeat(0, len(hosts))
        self._detector.compare(_events("warm-up", hosts, column, column.cast(pa.string()), 0, self._seen_by))

    def add(self, batch: NameBatch, now: int) -> None:
        """Store names in one transaction, or in the open one."""
        hosts, rows, invalid = _hosts(batch.names)
        with self._store.transaction():
            new = self._select_new(hosts.to_pylist(), now)
            self._store.count_names(DayCount(now, batch.source, len(batch.names) - invalid, len(new), invalid))
            if new:
                kept = pa.array(new, pa.int64())
                self._detect(batch, hosts.take(kept), rows.take(kept), now)

    def _select_new(self, hosts: list[str], now: int) -> list[int]:
        hashes = [_hash(host.encode()) for host in hosts]
        unseen = self._store.select_new(hashes, now, self._settings.horizon_ms)
        return [row for row, code in enumerate(hashes) if code in unseen]

    def _detect(self, batch: NameBatch, hosts: Any, rows: Any, now: int) -> None:
        occurred_at = pa.array(batch.occurred_at, pa.int64()).take(rows)
        references = pa.array(batch.references, pa.string()).take(rows)
        events = _events(batch.source, hosts, occurred_at, references, now, self._seen_by)
        compared = self._detector.compare(events)
        candidates = [_candidate(finding, batch.source) for finding in compared.findings]
        imitators = {candidate.subject for candidate in candidates}
        self._store.add_candidates(self._unlisted(candidates, now), self._settings.budget, now)
        mentions = [_mention(site, batch.source) for site in compared.mentions if site.subject not in imitators]
        self._store.add_mentions(self._unlisted(mentions, now, "mention "), now)

    def _unlisted(self, candidates: list[SiteCandidate], now: int, kind: str = "") -> Iterable[SiteCandidate]:
        """Return candidates whose domain was not stored for this brand within the horizon, as one of this kind."""
        by_hash: dict[int, SiteCandidate] = {}
        for candidate in candidates:
            by_hash.setdefault(_hash(f"{kind}{candidate.subject} {candidate.brand}".encode()), candidate)
        unseen = self._store.select_new([*by_hash], now, self._settings.horizon_ms) if by_hash else set()
        return [candidate for code, candidate in by_hash.items() if code in unseen]


def _hosts(names: list[bytes]) -> tuple[Any, Any, int]:
    """Return the different hosts in lower case without wildcards, the first row of each, and how many are no hosts."""
    column = pa.array(names, pa.binary())
    is_host = pc.and_(pc.match_substring_regex(column, _HOST), pc.less_equal(pc.binary_length(column), _MAX_HOST))
    rows = pc.indices_nonzero(is_host)
    plain = pc.utf8_lower(pc.replace_substring_regex(column.take(rows).cast(pa.string()), r"^\*\.", ""))
    table = pa.table({"host": plain, "row": rows}).group_by("host", use_threads=False).aggregate([("row", "min")])
    return table["host"].combine_chunks(), table["row_min"].combine_chunks(), len(names) - len(rows)


def _events(source: str, hosts: Any, occurred_at: Any, references: Any, now: int, seen_by: str) -> pa.RecordBatch:
    """Return `site_seen` rows; columns that a name does not determine are null."""
    known = {
        "host": hosts,
        "occurred_at": occurred_at,
        "observed_at": pa.repeat(now, len(hosts)),
        "event_id": pc.binary_join_element_wise(source, references, hosts, "/"),
        "seen_by": pa.repeat(seen_by, len(hosts)),
        "simulated": pa.repeat(False, len(hosts)),
    }
    return EVENT.conform(known, len(hosts))


class _Brand(msgspec.Struct):
    domain: str = ""


class _Evidence(msgspec.Struct):
    host: str
    brand: _Brand = msgspec.field(default_factory=_Brand)


def _candidate(finding: Finding, source: str) -> SiteCandidate:
    evidence = msgspec.json.decode(finding.evidence, type=_Evidence)
    return SiteCandidate(
        subject=finding.subject,
        host=evidence.host,
        brand=evidence.brand.domain,
        score=finding.score,
        sentence_zh=finding.sentence_zh,
        sentence_en=finding.sentence_en,
        evidence=finding.evidence,
        source=source,
        reference=_reference(finding.event_ids[0], source),
        seen_at=finding.found_at,
    )


def _mention(site: SiteMention, source: str) -> SiteCandidate:
    return SiteCandidate(
        subject=site.subject,
        host=site.host,
        brand=site.brand,
        score=site.score,
        sentence_zh=site.sentence_zh,
        sentence_en=site.sentence_en,
        evidence=site.evidence,
        source=source,
        reference=_reference(site.event_id, source),
        seen_at=site.seen_at,
        is_mention=True,
    )


def _reference(event_id: str, source: str) -> str:
    return event_id.removeprefix(f"{source}/").partition("/")[0]


def _hash(text: bytes) -> int:
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big", signed=True)
