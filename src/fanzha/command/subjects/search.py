"""Find subjects by a query: a number, link, app, account or document in any form, a prefix of it, or a case number.

Whole values are looked up by the digest of kind and canonical value (of a person, of the keyed hash alone); beginnings,
of numbers and hosts only, in an index of these. Both cost the same with a thousand subjects as with millions. Every
search by value is recorded and counted before it is answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Q

from fanzha.base.errors import Malformed
from fanzha.command.organizations.services import Candidate, DisclosurePool, DisclosureRequest, record_disclosure
from fanzha.command.processes.selectors import find_instances
from fanzha.command.subjects.canonical import EXTRA_KINDS, PERSON, CanonicalValue, canonicalize
from fanzha.command.subjects.disclosure_candidates import build_candidate
from fanzha.command.subjects.graph import HasRef, subject_links
from fanzha.command.subjects.models import PREFIX_SEARCHABLE_KINDS, PoliceCase, Subject
from fanzha.command.subjects.selectors import SubjectSummary, summarize_subjects
from fanzha.command.web.roles import MAY_LOOK_UP, MAY_UNMASK
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.kinds import all_kinds

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

_UNSCOPED = unscoped("a subject is found by its value before it is known who may read it")

MAX_RESULTS = 50
SHORTEST_PURPOSE = 4
MAX_QUERY_LENGTH = 400
#: Shortest prefix of a number or host: at most a thousand mobile numbers share such a prefix.
_MIN_DIGITS, _MIN_CHARACTERS = 8, 4
_NUMBER = re.compile(r"\+?[\d\s\-().]+")
_HOST = re.compile(r"[a-z0-9][a-z0-9.\-]*")
_CATCH_ALL = frozenset({"outlet", "trunk"})
_MOBILE_PREFIX = re.compile(r"1[3-9]\d{0,8}")
_REF = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


@dataclass(frozen=True)
class SearchResult:
    """Subjects, campaign and process found; `interpretations` are the canonical values that the text may be."""

    subjects: list[Subject]
    interpretations: list[CanonicalValue]
    campaign: HasRef | None = None
    process: ProcessInstance | None = None
    is_masked: bool = False  # the viewer may not unmask values: only treatments may be shown
    is_by_value: bool = False  # the subjects were found by their whole value

    @property
    def only(self) -> Subject | None:
        """Return the subject when nothing else was found."""
        alone = len(self.subjects) == 1 and self.campaign is None and self.process is None and not self.is_masked
        return self.subjects[0] if alone else None


def search(query: str, viewer: Viewer) -> SearchResult:
    """Return what the current viewer may read for a query. Raise DisclosureRefused.

    Viewers whose role looks no values up find only references and case numbers.
    """
    text = query.strip()[:MAX_QUERY_LENGTH]
    if not text:
        return SearchResult([], [])
    if _REF.fullmatch(text.upper()):
        return _search_ref(text.upper())
    if not viewer.has(*MAY_LOOK_UP):
        return SearchResult(_search_case(text), [])
    values = list(interpret(text))
    record_disclosure(viewer, DisclosureRequest("search", DisclosurePool.VALUES, _candidates(text, values)))
    subjects = list(Subject.objects.filter(thing__in=[value.thing for value in values]).order_by("-pk")[:MAX_RESULTS])
    is_masked = not viewer.has(*MAY_UNMASK)
    if subjects:
        return SearchResult(subjects, values, is_masked=is_masked, is_by_value=True)
    return SearchResult(_search_case(text) or ([] if is_masked else _search_prefix(text, values, viewer)), values)


def _candidates(text: str, values: Sequence[CanonicalValue]) -> list[Candidate]:
    """Return what a text may be as candidates of one request: together they count as one value.

    Kinds that accept nearly every text count only where they are the likeliest.
    """
    defined = [value for value in values if value.kind not in EXTRA_KINDS] or values
    return [
        build_candidate(value, int(rank == 0), "" if value.kind in _CATCH_ALL else text)
        for rank, value in enumerate(defined)
    ]


def interpret(text: str) -> Iterator[CanonicalValue]:
    """Yield the canonical value of a text for each kind that accepts it."""
    for kind in (*_candidate_kinds(text), "sender"):
        try:
            yield canonicalize(kind, text)
        except Malformed:
            continue


def guess_kind(text: str) -> tuple[str, float]:
    """Return the kind that a text looks most like, and how much (0–1)."""
    scores = {name: kind.resembles(text) for name, kind in all_kinds().items()}
    best = max(scores, key=lambda name: scores[name])
    return best, scores[best]


def _candidate_kinds(text: str) -> list[str]:
    """Return the kinds that a text resembles, likeliest first; identity documents need a score above 0.5."""
    scores = {name: kind.resembles(text) for name, kind in all_kinds().items()}
    least = {PERSON: 0.5}
    likely = [name for name, score in scores.items() if score > least.get(name, 0.0)]
    return sorted(likely, key=lambda name: -scores[name])


def _search_ref(ref: str) -> SearchResult:
    return SearchResult(
        subjects=list(Subject.objects.filter(ref=ref)),
        interpretations=[],
        campaign=subject_links().campaign_of(ref),
        process=find_instances().filter(ref=ref).first(),
    )


def _search_case(text: str) -> list[Subject]:
    """Return the subjects of a police case."""
    keys = list(PoliceCase.objects.filter(reference=text).values_list("subject", flat=True)[:MAX_RESULTS])
    return list(Subject.objects.filter(pk__in=keys)) if keys else []


def _search_prefix(text: str, values: Sequence[CanonicalValue], viewer: Viewer) -> list[Subject]:
    """Return the subjects whose value begins with a text. Prefixes of mobile numbers count as guesses at one mask."""
    condition = Q()
    for prefix in _canonical_prefixes(text):
        condition |= _prefix_condition(prefix)
    if not condition:
        return []
    if candidate := _prefix_candidate(text, values):
        record_disclosure(viewer, DisclosureRequest("prefix", DisclosurePool.VALUES, [candidate]))
    return list(
        Subject.objects.filter(condition, kind__in=PREFIX_SEARCHABLE_KINDS).order_by("value", "pk")[:MAX_RESULTS]
    )


def _prefix_candidate(text: str, values: Sequence[CanonicalValue]) -> Candidate | None:
    """Return the candidate of a prefix of a number, None for a whole number or another text."""
    national = re.sub(r"^(00)?86|^0", "", re.sub(r"\D", "", text))
    is_whole = any(value.kind == "phone_number" for value in values)
    if not _NUMBER.fullmatch(text) or (is_whole and not _MOBILE_PREFIX.fullmatch(national)):
        return None
    return Candidate("prefix", national, f"{national[:2]}••••{national[6:8]}")  # as masks of numbers hide them


def _prefix_condition(beginning: str) -> Q:
    """Return the prefix condition that uses the index: a range on SQLite, LIKE on PostgreSQL."""
    if connection.vendor == "postgresql":
        return Q(value__startswith=beginning)
    return Q(value__gte=beginning, value__lt=beginning + "\U0010ffff")


def _canonical_prefixes(text: str) -> Iterator[str]:
    """Yield the prefixes of canonical values that match a written prefix."""
    if _NUMBER.fullmatch(text):
        digits = re.sub(r"\D", "", text)
        national = re.sub(r"^(00)?86|^0", "", digits)
        if len(national) < _MIN_DIGITS:
            return
        yield digits
        yield f"+{digits.removeprefix('00')}"
        if not text.startswith(("+", "00")):
            yield f"+86{national}"
        return
    host = text.lower()
    if len(host) >= _MIN_CHARACTERS and _HOST.fullmatch(host):
        yield host


@dataclass(frozen=True)
class SubjectLookup:
    """One value as written, its interpretations (likeliest first), and the subjects found."""

    text: str
    values: Sequence[CanonicalValue]
    summaries: list[SubjectSummary] = field(default_factory=list)

    @property
    def kinds(self) -> list[str]:
        """Return the possible kinds of the value."""
        return [value.kind for value in self.values]


def look_up(texts: Sequence[str], viewer: Viewer, purpose: str = "", channel: str = "lookup") -> list[SubjectLookup]:
    """Look up values, in order, with as many queries as for one value. Raise DisclosureRefused.

    A purpose names a list of the viewer's own work: roles that may unmask have a larger budget for it.
    """
    values = [SubjectLookup(text, list(interpret(text.strip()))) for text in texts]
    is_own_list = viewer.has(*MAY_UNMASK) and len(purpose.strip()) >= SHORTEST_PURPOSE
    pool = DisclosurePool.LISTED if is_own_list else DisclosurePool.VALUES
    candidates = [candidate for result in values for candidate in _candidates(result.text, result.values)]
    record_disclosure(viewer, DisclosureRequest(channel, pool, candidates, purpose))
    digests = {value.thing for result in values for value in result.values}
    # Two queries: first the existing subjects, then those readable. One query would scan every readable subject.
    keys = list(_UNSCOPED.rows(Subject).filter(thing__in=digests).values_list("pk", flat=True))
    rows = list(Subject.objects.filter(pk__in=keys).order_by("-pk"))
    by_thing: dict[str, list[SubjectSummary]] = {}
    for summary in summarize_subjects(rows, viewer):
        by_thing.setdefault(summary.subject.thing, []).append(summary)
    for result in values:
        result.summaries.extend(summary for value in result.values for summary in by_thing.get(value.thing, ()))
    return values


MAX_LINES = 200
#: A line whose best score is lower matches no kind.
_MIN_LIKENESS = 0.3


@dataclass(frozen=True)
class PastedLine:
    """One line, numbered from 1, with its kind ("" if none matches) and its stored value."""

    number: int
    text: str
    kind: str = ""
    value: str = ""
    summaries: Sequence[SubjectSummary] = ()


@dataclass(frozen=True)
class PastedLines:
    """All pasted lines; `repeated` counts duplicates, `left_out` the lines above the limit."""

    lines: Sequence[PastedLine]
    repeated: int
    left_out: int

    @property
    def usable(self) -> list[PastedLine]:
        """Return the lines with a recognised value."""
        return [line for line in self.lines if line.kind]

    @property
    def wrong(self) -> list[PastedLine]:
        """Return the lines without a recognised value."""
        return [line for line in self.lines if not line.kind]


def look_up_pasted_lines(text: str, viewer: Viewer, purpose: str = "") -> PastedLines:
    """Look up each line of a pasted text. Raise DisclosureRefused."""
    numbered = [(number, line.strip()[:MAX_QUERY_LENGTH]) for number, line in enumerate(text.splitlines(), start=1)]
    filled = [(number, line) for number, line in numbered if line]
    accepted = filled[:MAX_LINES]
    lines: dict[tuple[str, str], PastedLine] = {}
    results = look_up([line for _, line in accepted], viewer, purpose, "paste")
    for (number, line_text), result in zip(accepted, results, strict=True):
        kind, likely = guess_kind(line_text)
        value = next((candidate for candidate in result.values if candidate.kind == kind), None)
        if value is None or likely < _MIN_LIKENESS:
            lines.setdefault(("", line_text), PastedLine(number, line_text))
            continue
        summaries = [candidate for candidate in result.summaries if candidate.subject.kind == kind]
        lines.setdefault(
            (kind, value.value), PastedLine(number, line_text, kind, value.shown or value.value, summaries)
        )
    return PastedLines(list(lines.values()), len(accepted) - len(lines), len(filled) - len(accepted))
