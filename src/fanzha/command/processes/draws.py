"""Draw firms and inspectors of a random inspection (双随机), or a sample of a list; the system chooses the seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from fanzha.base.words import Words
from fanzha.command.organizations.selectors import current_members, current_memberships
from fanzha.command.processes.evidence import evidence_refusal
from fanzha.command.processes.forms import organizations_of_kinds
from fanzha.command.processes.parties import to_party
from fanzha.command.processes.uploads import check_files, store_for_organization
from fanzha.processes.evidence import DrawnPart, EvidenceField, FieldType
from fanzha.processes.process import Event, Process
from fanzha.processes.refusal import Reason, Refusal
from fanzha.processes.roles import role_table
from fanzha.processes.sample_draw import METHOD, DrawRecord, FieldDraw, draw, encode_record
from fanzha.store.evidence_files import find_file

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_BY_CODE = Words("由系统随机抽取，请勿填写", "the service draws it: leave it out")
#: Most lines of a list that a sample is drawn from.
MAX_LINES = 100_000
_OWN = "works for the organisation that is drawn 与被抽取单位有任职关系"


@dataclass(frozen=True)
class Draw:
    """The evidence that was drawn, and the file of its record, not yet stored."""

    evidence: dict[str, Any]
    record: bytes = b""

    def store(self, owner: Organization) -> None:
        """Store the record as a file of the owner."""
        if self.record:
            store_for_organization(self.record, owner.pk)


def draw_evidence(process: Process, name: str, owner: Organization, given: Iterable[str]) -> Draw:
    """Draw what an event that opens a process leaves to chance; nothing if it leaves nothing.

    Organisations are drawn among those that the owner supervises, people among those of the owner who may take the
    step, without people who also work for a drawn organisation. Raise Refusal if there are too few, or if the caller
    gave a field that is drawn.
    """
    event = process.opening.get(name)
    fields = {key: field for key, field in event.evidence.items() if field.drawn} if event else {}
    if event is None or not fields:
        return Draw({})
    if wrong := fields.keys() & set(given):
        raise Refusal(Reason.EVIDENCE, _BY_CODE, fields=dict.fromkeys(wrong, _BY_CODE))
    seed, evidence, draws = token_hex(16), dict[str, Any](), dict[str, FieldDraw]()
    firms = [(key, field) for key, field in fields.items() if field.type is FieldType.ORGANIZATION]
    people = [(key, field) for key, field in fields.items() if field.type is FieldType.PERSON]
    drawn_firms: list[Organization] = []
    for key, field in firms:
        found = {firm.ref: firm for firm in _supervised(owner, field)}
        draws[key] = _draw_field(field, seed, {ref: firm.name_zh for ref, firm in found.items()}, {})
        drawn_firms += [found[ref] for ref in draws[key].drawn]
        parties = tuple(to_party(found[ref]) for ref in draws[key].drawn)
        evidence[key] = parties if field.many else parties[0]
    for key, field in people:
        draws[key] = _draw_field(field, seed, _members(owner, event), _conflicts(drawn_firms))
        evidence[key] = draws[key].drawn if field.many else draws[key].drawn[0]
    record = encode_record(DrawRecord(process.name, name, seed, METHOD, draws))
    for key, field in fields.items():
        if field.drawn is DrawnPart.SEED:
            evidence[key] = seed
        elif field.drawn is DrawnPart.RECORD:
            evidence[key] = sha256(record).hexdigest()
    return Draw(evidence, record)


def draw_lines(
    process: Process, name: str, given: Mapping[str, Any], facts: Mapping[str, Any], organization: str
) -> Draw:
    """Draw the sample of a later event from the lines of a file of an organisation (a ref); nothing if it has none.

    Raise Refusal if the caller gave what is drawn, may not use the file, or it has too few or too many lines.
    """
    event = process.events.get(name)
    fields = {key: field for key, field in event.evidence.items() if field.drawn} if event else {}
    record_name = next((key for key, field in fields.items() if field.draws_from), "")
    if event is None or not record_name:
        return Draw({})
    if wrong := fields.keys() & set(given):
        raise Refusal(Reason.EVIDENCE, _BY_CODE, fields=dict.fromkeys(wrong, _BY_CODE))
    source, count = fields[record_name].draws_from, int(facts[fields[record_name].draws])
    if not isinstance(file := given.get(source), str):
        raise evidence_refusal(event.evidence[source], source, Words("必填", "required"))
    check_files({source: event.evidence[source]}, {source: file}, organization)
    lines = _read_lines(file)
    if lines is None or not max(count, 1) <= len(lines) <= MAX_LINES:
        why = Words(
            f"须为 UTF-8 文本，每行一条，不重复的 {count} 至 {MAX_LINES:,} 行",
            f"must be text in UTF-8, one entry a line, {count} to {MAX_LINES:,} different lines",
        )
        raise evidence_refusal(event.evidence[source], source, why)
    whole = facts[fields[record_name].draws_of] if fields[record_name].draws_of else len(lines)
    if len(lines) != whole:
        had = len(lines)
        why = Words(f"清单有 {had} 行，方案中的总体为 {whole}", f"it has {had} lines, the plan says {whole}")
        raise evidence_refusal(event.evidence[source], source, why)
    seed = token_hex(16)
    sample = FieldDraw(dict.fromkeys(lines, ""), {}, draw(seed, lines, count))
    record = encode_record(DrawRecord(process.name, name, seed, METHOD, {record_name: sample}))
    seed_name = next(key for key, field in fields.items() if field.drawn is DrawnPart.SEED)
    return Draw({seed_name: seed, record_name: sha256(record).hexdigest()}, record)


def _read_lines(name: str) -> list[str] | None:
    """Return the different lines of a stored file, without empty ones; None if it is no text."""
    path = find_file(name)
    try:
        text = path.read_text("utf-8-sig") if path else ""
    except UnicodeDecodeError:
        return None
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _draw_field(field: EvidenceField, seed: str, candidates: dict[str, str], conflicts: Iterable[str]) -> FieldDraw:
    excluded = dict.fromkeys(candidates.keys() & set(conflicts), _OWN)
    count = max(field.least, 1)
    drawn = draw(seed, candidates.keys() - excluded.keys(), count)
    if len(drawn) < count:
        why = Words(f"可抽取的不足 {count} 个", f"there are fewer than {count} to draw from")
        raise Refusal(Reason.EVIDENCE, Words(f"{field.title.zh}：{why.zh}", f"{field.title.en}: {why.en}"))
    return FieldDraw(candidates, excluded, drawn)


def _supervised(owner: Organization, field: EvidenceField) -> list[Organization]:
    """Return the active organisations that an owner supervises, of the kinds of a field; never the owner itself."""
    of_kinds = organizations_of_kinds(field.of or role_table().kinds).filter(simulated=owner.simulated)
    return list(of_kinds.filter(pk__in=owner.supervises.values("pk")))


def _members(owner: Organization, event: Event) -> dict[str, str]:
    """Return the names, by ref, of those of the owner who may take the step."""
    roles = [actor.partition(".")[2] for actor in event.who if actor.startswith("owner.")]
    return {person.ref: str(person) for person in current_members(owner.pk, *roles).filter(is_active=True)}


def _conflicts(firms: Iterable[Organization]) -> set[str]:
    """Return the refs of the people who work for a drawn organisation."""
    return set(current_memberships().filter(organization__in=list(firms)).values_list("person__ref", flat=True))
