"""Make an evidence pack of a case from the log: what anyone checks offline; that it was made is on record.

Personal values in it are whole values: what one person may see press by press is in it, each pack on record as such.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from django.utils import timezone

from fanzha import __version__
from fanzha.base.clock import iso, to_ms
from fanzha.base.errors import FanzhaError, NothingUsable, WrongCall
from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.command.audit.anchors import anchor_of, make_anchor, span_heads
from fanzha.command.audit.encryption import UndecryptableValue, unseal, unwrap_key
from fanzha.command.audit.models import LogAnchor, LogBatch, LogEntry, PersonalField
from fanzha.command.audit.recorder import recorded
from fanzha.command.campaigns.models import Campaign
from fanzha.command.evidence.selectors import by_batch, entries_of
from fanzha.command.exports.evidence_values import PROCESS
from fanzha.command.exports.export_settings import export_settings
from fanzha.command.exports.unmasking import MaskedValue, UnmaskingRefused, record_unmasking
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.batch import SealedBatch
from fanzha.processes.log.entry import Draft, SealedEntry, sequence_number, split_sequence_number
from fanzha.processes.log.pack import DisclosedEntry, ProvenBatch, build_pack, prove_batch

_UNSCOPED = unscoped("leaves of a pack and whether a campaign exists do not depend on who asks")

PACKED = "evidence_pack"
MOST_ENTRIES = 100_000
_MANY = 500  # batches in one query
_MOST_LEAVES = 20_000  # in one query, and in memory


class LogNotValid(FanzhaError):
    """The log does not bear out what it holds: no pack is made of it (exit 1)."""

    exit_code = 1


class NeedsSecondPerson(Exception):
    """So many personal `values`, or those of a whole campaign, one person does not take out alone."""

    def __init__(self, values: int) -> None:
        super().__init__(f"{values} personal values")
        self.values = values


class PackRequest(NamedTuple):
    """A pack somebody wants: of what, what for, with the personal values or without; who, for which organisation.

    `approved`: to how many personal values a second person has agreed.
    """

    ref: str
    purpose: str
    actor: str
    organisation: str
    personal: bool = False
    approved: int = 0


class BuiltPack(NamedTuple):
    """A pack: the zip, and how many personal values are in it."""

    zip: bytes
    values: int


def make_pack(asked: PackRequest, viewer: Viewer | None = None) -> BuiltPack:
    """Return the zip of all that a viewer may read of a case, of everything without one; anchors what is not yet.

    Raises NothingUsable where there is nothing, WrongCall for too much, NotWhole for a log that was changed, NotShown
    for personal values that the viewer may not see, NeedsSecondPerson for those that he does not take out alone.
    """
    if asked.personal and not asked.purpose.strip():
        raise UnmaskingRefused(Words("查看个人信息须说明用途", "say what the personal values are for"))
    now = timezone.now()
    rows = list(entries_of(asked.ref, viewer)[: MOST_ENTRIES + 1])
    _check(asked, len(rows))
    make_anchor(now)
    try:
        batches = list(_proven(by_batch(rows)))
        shown = list(_present_values(rows)) if asked.personal else []
        if viewer is not None and len(shown) > asked.approved:
            _check_alone(asked.ref, len(shown))
        made = build_pack(batches, shown, _about(asked, len(rows), iso(to_ms(now))))
    except (UndecryptableValue, ValueError) as wrong:
        raise LogNotValid(
            f"日志已被更改，无法出具证据包 the log was changed, no pack can be made of it: {wrong}",
            fix="fanzha audit verify names what was changed",
        ) from None
    facts = {"purpose": asked.purpose, "entries": len(rows), "personal": len(shown)}
    with recorded() as log:
        if shown and viewer is not None:
            record_unmasking(viewer, MaskedValue(asked.ref, PROCESS, _masked(shown)), asked.purpose, asked.ref)
        log.add(Draft(PACKED, to_ms(now), asked.actor, asked.organisation, about=asked.ref, facts=facts))
    return BuiltPack(made, len(shown))


def _check(asked: PackRequest, count: int) -> None:
    if not count:
        raise NothingUsable(
            f"日志中没有关于 {asked.ref} 的条目 nothing is on record about {asked.ref}",
            fix="name a process, a campaign or a subject by its reference",
        )
    if count > MOST_ENTRIES:
        raise WrongCall(
            f"关于 {asked.ref} 的条目超过 {MOST_ENTRIES:,} 条 more than {MOST_ENTRIES:,} entries are about {asked.ref}",
            fix="make packs of single processes",
        )


def _check_alone(ref: str, values: int) -> None:
    if values > export_settings().personal_values or _UNSCOPED.rows(Campaign).filter(ref=ref).exists():
        raise NeedsSecondPerson(values)


def _masked(shown: list[DisclosedEntry]) -> str:
    """Return the values as the record of who looked names them."""
    return "; ".join(mask_numbers(one.secret.value.decode()) for one in shown)


def _about(asked: PackRequest, entries: int, at: str) -> dict[str, object]:
    return {
        "about": asked.ref,
        "purpose": asked.purpose,
        "made_at": at,
        "made_by": asked.actor,
        "organisation": asked.organisation,
        "entries": entries,
        "with_personal_values": asked.personal,
        "software": f"fanzha {__version__}",
    }


def _proven(entries: dict[int, list[SealedEntry]]) -> Iterator[ProvenBatch]:
    """Find the anchor and the paths of each batch."""
    heads = cache(span_heads)
    anchors = iter(LogAnchor.objects.filter(number__gte=min(entries)).order_by("number"))
    row = next(anchors)
    for batch, leaves in _with_leaves(sorted(entries)):
        while row.number < batch.number:
            row = next(anchors)
        yield prove_batch(batch, entries[batch.number], leaves, anchor_of(row), heads(row))


def _with_leaves(numbers: Sequence[int]) -> Iterator[tuple[SealedBatch, list[bytes]]]:
    """Read batches with all their leaves, many at once. Raises ValueError for one that is not there."""
    for start in range(0, len(numbers), _MANY):
        asked = numbers[start : start + _MANY]
        rows = LogBatch.objects.filter(number__in=in_list(asked))
        kept = {row.number: SealedBatch(row.number, row.entries, row.root, row.previous, row.at) for row in rows}
        if gone := sorted(set(asked) - kept.keys()):
            raise ValueError(f"batch {gone[0]} is gone")
        for portion in _portions([kept[number] for number in asked]):
            # One place more than there should be: what was added to a batch afterwards is seen.
            places = [sequence_number(one.number, position) for one in portion for position in range(one.count + 1)]
            leaves: dict[int, list[bytes]] = {one.number: [] for one in portion}
            found = _UNSCOPED.rows(LogEntry).filter(place__in=in_list(places)).order_by("place")
            for at, leaf in found.values_list("place", "leaf"):
                leaves[split_sequence_number(at)[0]].append(bytes(leaf))
            yield from ((one, leaves[one.number]) for one in portion)


def _portions(batches: Iterable[SealedBatch]) -> Iterator[list[SealedBatch]]:
    """Cut batches into portions of so many leaves; a large batch is one of its own."""
    portion: list[SealedBatch] = []
    for one in batches:
        if portion and sum(held.count for held in portion) + one.count > _MOST_LEAVES:
            yield portion
            portion = []
        portion.append(one)
    if portion:
        yield portion


def _present_values(rows: list[LogEntry]) -> Iterator[DisclosedEntry]:
    """Open the personal values of entries; those of erased persons stay shut."""
    places = [row.place for row in rows if row.personal != "{}"]
    for start in range(0, len(places), 500):
        fields = PersonalField.objects.filter(entry__in=places[start : start + 500]).select_related("key")
        for field in fields.order_by("entry_id", "name"):
            if field.key.wrapped is not None:
                secret = unseal(
                    bytes(field.sealed), field.entry_id, field.name, field.key.person, unwrap_key(field.key)
                )
                yield DisclosedEntry(*split_sequence_number(field.entry_id), secret)
