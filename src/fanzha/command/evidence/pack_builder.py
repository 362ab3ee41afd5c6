"""Build an evidence pack of a case from the log. Packs can be verified offline; building one is recorded.

Personal values in it are unmasked, so each pack with personal values is recorded as an unmasking.
"""

from typing import NamedTuple

from django.utils import timezone

from fanzha import __version__
from fanzha.base.clock import iso, to_ms
from fanzha.base.errors import FanzhaError, NothingUsable, UsageError
from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.command.audit.selectors import decrypt_values, group_by_batch, prove_batches
from fanzha.command.audit.services import make_anchor, recorded
from fanzha.command.campaigns.selectors import find_campaigns
from fanzha.command.evidence.selectors import case_entries
from fanzha.command.exports.selectors import load_export_settings
from fanzha.command.exports.services import MaskedValue, UnmaskingRefused, record_unmasking
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.entry import Draft
from fanzha.processes.log.pack import DisclosedEntry, build_pack

_UNSCOPED = unscoped("whether a campaign exists does not depend on who asks")

PACKED = "evidence_pack"
MAX_ENTRIES = 100_000


class LogNotValid(FanzhaError):
    """The log is not valid, so no pack is built from it (exit 1)."""

    exit_code = 1


class NeedsSecondPerson(Exception):
    """A second person has to approve: too many personal `values`, or those of a whole campaign."""

    def __init__(self, values: int) -> None:
        super().__init__(f"{values} personal values")
        self.values = values


class PackRequest(NamedTuple):
    """A request for a pack: case, purpose, actor, organisation, and whether to include personal values.

    `approved` is the number of personal values that a second person has approved.
    """

    ref: str
    purpose: str
    actor: str
    organization: str
    personal: bool = False
    approved: int = 0


class BuiltPack(NamedTuple):
    """A pack: the zip file and the number of personal values in it."""

    zip: bytes
    values: int


def make_pack(pack_request: PackRequest, viewer: Viewer | None = None) -> BuiltPack:
    """Build a pack of all entries of a case that the viewer may read (all entries if None). Anchors the log first.

    Raise NothingUsable if there is no entry, UsageError for too many entries, LogNotValid for a changed log,
    UnmaskingRefused for personal values that the viewer may not see, NeedsSecondPerson if approval is required.
    """
    if pack_request.personal and not pack_request.purpose.strip():
        raise UnmaskingRefused(Words("查看个人信息须说明用途", "Give a purpose for the personal data"))
    now = timezone.now()
    rows = list(case_entries(pack_request.ref, viewer)[: MAX_ENTRIES + 1])
    _check_size(pack_request.ref, len(rows))
    make_anchor(now)
    try:
        batches = list(prove_batches(group_by_batch(rows)))
        disclosed = list(decrypt_values(rows)) if pack_request.personal else []
        if viewer is not None and len(disclosed) > pack_request.approved:
            _check_approval_limit(pack_request.ref, len(disclosed))
        archive = build_pack(batches, disclosed, _describe_pack(pack_request, len(rows), iso(to_ms(now))))
    except ValueError as error:  # a batch or an encrypted value was changed
        raise LogNotValid(
            f"日志已被更改，无法出具证据包 the log was changed, no pack can be made of it: {error}",
            fix="fanzha audit verify names what was changed",
        ) from None
    facts = {"purpose": pack_request.purpose, "entries": len(rows), "personal": len(disclosed)}
    if disclosed and viewer is not None:
        record_unmasking(
            viewer,
            MaskedValue.of_process(pack_request.ref, _mask_values(disclosed)),
            pack_request.purpose,
            pack_request.ref,
            values=len(disclosed),
            approved=pack_request.approved > 0,
        )
    with recorded() as log:
        log.add(
            Draft(
                PACKED, to_ms(now), pack_request.actor, pack_request.organization, about=pack_request.ref, facts=facts
            )
        )
    return BuiltPack(archive, len(disclosed))


def _check_size(ref: str, count: int) -> None:
    if not count:
        raise NothingUsable(
            f"日志中没有关于 {ref} 的条目 nothing is on record about {ref}",
            fix="name a process, a campaign or a subject by its reference",
        )
    if count > MAX_ENTRIES:
        raise UsageError(
            f"关于 {ref} 的条目超过 {MAX_ENTRIES:,} 条 more than {MAX_ENTRIES:,} entries are about {ref}",
            fix="make packs of single processes",
        )


def _check_approval_limit(ref: str, values: int) -> None:
    if values > load_export_settings().personal_values or find_campaigns(_UNSCOPED).filter(ref=ref).exists():
        raise NeedsSecondPerson(values)


def _mask_values(disclosed: list[DisclosedEntry]) -> str:
    """Return the masked values for the unmasking record."""
    return "; ".join(mask_numbers(entry.secret.value.decode()) for entry in disclosed)


def _describe_pack(pack_request: PackRequest, entries: int, at: str) -> dict[str, object]:
    return {
        "about": pack_request.ref,
        "purpose": pack_request.purpose,
        "made_at": at,
        "made_by": pack_request.actor,
        "organisation": pack_request.organization,
        "entries": entries,
        "with_personal_values": pack_request.personal,
        "software": f"fanzha {__version__}",
    }
