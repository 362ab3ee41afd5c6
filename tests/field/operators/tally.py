"""Compare the findings of `fanzha analyze` with the truth: found actors, accused innocents, warned victims."""

import json
import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import pyarrow as pa
from tests.field.operators.records import DAY
from tests.field.operators.truth import Actor, Truth

VICTIM = "victim_at_risk"
Key = tuple[str, str]  # family or kind, detector or mode


@dataclass
class Tally:
    """Counts of one run; tallies of several runs are added up."""

    of: Counter[str] = field(default_factory=Counter)  # actors planted, or unit-days of innocents
    live: Counter[str] = field(default_factory=Counter)  # of these, found or accused by a live finding
    shadow: Counter[str] = field(default_factory=Counter)  # by findings in shadow alone
    by_detector: Counter[Key] = field(default_factory=Counter)  # by each detector, in either mode
    by_live_detector: Counter[Key] = field(default_factory=Counter)
    parts: Counter[Key] = field(default_factory=Counter)  # identifiers of planted kinds: (kind, of | found | live)
    victims: Counter[Key] = field(default_factory=Counter)  # (kind, of | live | shadow | late)
    warned_others: Counter[Key] = field(
        default_factory=Counter
    )  # (mode, whom): person-days of people who are no victims
    unknown: Counter[Key] = field(default_factory=Counter)  # (detector, subject kind) of subjects in no family
    line_days: int = 0
    rows: Counter[str] = field(default_factory=Counter)  # written, used, rejected, refused, repeats

    def add(self, other: "Tally") -> None:
        """Add the counts of another run."""
        for name, value in vars(other).items():
            if isinstance(value, Counter):
                getattr(self, name).update(value)
        self.line_days += other.line_days


def encode_tally(tally: Tally) -> bytes:
    """Return a tally as one line of JSON; pairs of words become one word with a bar between."""
    counts = {
        name: {key if isinstance(key, str) else "|".join(key): count for key, count in value.items()}
        for name, value in vars(tally).items()
        if isinstance(value, Counter)
    }
    return json.dumps({**counts, "line_days": tally.line_days}).encode() + b"\n"


def decode_tally(line: str) -> Tally:
    """Return the tally of a line that `encode_tally` wrote."""
    tally = Tally()
    for name, value in json.loads(line).items():
        if name == "line_days":
            tally.line_days = value
        else:
            keys = {tuple(key.split("|")) if "|" in key else key: count for key, count in value.items()}
            getattr(tally, name).update(keys)
    return tally


def subjects(actor: Actor) -> set[str]:
    """Return every canonical subject that names an actor."""
    numbers = {number if len(number) < 10 else f"+{number}" for number in actor.numbers}
    return numbers | set(actor.devices) | set(actor.cards) | set(actor.trunks)


def tally_findings(findings: pa.Table, truth: Truth) -> Tally:
    """Count what one run found."""
    tally = Tally(line_days=truth.lines * truth.days)
    rows = findings.select(["detector", "mode", "subject_kind", "subject", "fraud_type", "found_at"]).to_pylist()
    accusations = [row for row in rows if row["fraud_type"] != VICTIM]
    hits: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in accusations:
        row["day"] = (row["found_at"] - truth.first_day) // DAY
        hits[row["subject"]].append(row)
    known: set[str] = set()
    for actor in truth.actors:
        named = subjects(actor)
        known |= named
        (_tally_planted if actor.is_planted else _tally_innocent)(tally, actor, named, hits)
    for subject, found in hits.items():
        if subject not in known:
            tally.unknown.update({(row["detector"], row["subject_kind"]) for row in found})
    _tally_victims(tally, truth, [row for row in rows if row["fraud_type"] == VICTIM])
    return tally


def _mode(found: list[dict[str, str]]) -> str:
    return "live" if any(row["mode"] == "live" for row in found) else "shadow"


def _tally_planted(tally: Tally, actor: Actor, named: set[str], hits: dict[str, list[dict[str, str]]]) -> None:
    kind = actor.kind
    found = [row for subject in named for row in hits.get(subject, [])]
    tally.of[kind] += 1
    if found:
        (tally.live if _mode(found) == "live" else tally.shadow)[kind] += 1
        tally.by_detector.update({(kind, row["detector"]) for row in found})
        tally.by_live_detector.update({(kind, row["detector"]) for row in found if row["mode"] == "live"})
    for part, values in (("number", actor.numbers), ("device", actor.devices), ("trunk", actor.trunks)):
        members = [f"+{value}" if part == "number" else value for value in values]
        tally.parts[kind, f"{part} of"] += len(members)
        tally.parts[kind, f"{part} found"] += sum(member in hits for member in members)
        tally.parts[kind, f"{part} live"] += sum(
            any(row["mode"] == "live" for row in hits.get(member, [])) for member in members
        )


def _tally_innocent(tally: Tally, actor: Actor, named: set[str], hits: dict[str, list[dict[str, str]]]) -> None:
    """Count unit-days: an organisation or worker on a day; of a crowd each number on a day."""
    units = [{subject} for subject in named] if actor.is_crowd else [named]
    tally.of[actor.kind] += len(units) * len(actor.days)
    for unit in units:
        by_day: dict[int, list[dict[str, str]]] = defaultdict(list)
        for subject in unit:
            for row in hits.get(subject, []):
                by_day[int(row["day"])].append(row)
        for found in by_day.values():
            (tally.live if _mode(found) == "live" else tally.shadow)[actor.kind] += 1
            tally.by_detector.update({(actor.kind, row["detector"]) for row in found})
            tally.by_live_detector.update({(actor.kind, row["detector"]) for row in found if row["mode"] == "live"})


def _tally_victims(tally: Tally, truth: Truth, warnings: list[dict[str, str]]) -> None:
    by_person: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in warnings:
        by_person[row["subject"]].append(row)
    for victim in truth.victims:
        tally.victims[victim.kind, "of"] += 1
        own = [row for row in by_person.get(f"+{victim.number}", []) if int(row["found_at"]) >= victim.first_call]
        timely = [row for row in own if int(row["found_at"]) <= victim.bank_call]
        if own:
            tally.victims[victim.kind, _mode(timely) if timely else "late"] += 1
    people = {f"+{victim.number}" for victim in truth.victims}
    talked_to = {f"+{number}" for number in truth.talked_to}
    others = {(row["subject"], (int(row["found_at"]) - truth.first_day) // DAY, row["mode"]) for row in warnings}
    tally.warned_others.update(
        (mode, "talked with a planted caller" if subject in talked_to else "did not")
        for subject, _, mode in others
        if subject not in people
    )


def wilson(found: int, of: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a share."""
    if not of:
        return 0.0, 1.0
    z, share = 1.96, found / of
    middle = share + z * z / (2 * of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    whole = 1 + z * z / of
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)
