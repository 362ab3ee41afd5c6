"""What the exchange asks on every road to another country (`exchange.release.ReleaseGate`)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.app_samples.selectors import find_proven_hashes
from fanzha.command.audit.services import recorded
from fanzha.command.captures.selectors import find_proven_kits
from fanzha.command.exchange.schemas import (
    Destination,
    ExitRecord,
    ForeignReader,
    Passage,
    PassageClosed,
    SharedItem,
    WithheldReason,
)
from fanzha.command.foreign_sharing.models import ForeignApproval, ForeignExit
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.share.foreign_items import CAMPAIGN, ForeignKind, leaves_as
from fanzha.share.items import SharedVerdict

_UNSCOPED = unscoped("approvals of the organisation that shares, asked for its readers abroad")

NO_APPROVAL = Words("尚无有效的出境审批", "there is no approval in force")
OTHER_PURPOSE = Words("读取用途与出境审批不一致", "the approval is for another purpose than the reading")


def may_leave(items: Sequence[SharedItem], destination: Destination) -> list[WithheldReason | None]:
    """Return for each item the reason why readers abroad may not get it, None if they may.

    It may if an approval for one of them names its kind. A hash may if it is of a package that was read here, or of a
    script of a page that was looked at, so that it cannot be the hash of a number.
    """
    approved = _approved_kinds(destination, timezone.now())
    apps = [item.subject for item in items if isinstance(item, SharedVerdict) and item.subject_kind == "app"]
    proven = find_proven_hashes(destination.owner, apps, _UNSCOPED) if apps else set()
    kits = [item.subject for item in items if isinstance(item, SharedVerdict) and item.subject_kind == "kit"]
    proven |= find_proven_kits(destination.owner, kits, _UNSCOPED) if kits else set()
    return [_judge(item, approved, proven) for item in items]


def _judge(item: SharedItem, approved: set[str], proven: set[str]) -> WithheldReason | None:
    kind = leaves_as(item)
    if kind not in approved and not (kind == CAMPAIGN and approved):
        return WithheldReason.FOREIGN_GATE
    if (
        kind in (ForeignKind.FILE_HASH, ForeignKind.KIT)
        and isinstance(item, SharedVerdict)
        and item.subject not in proven
    ):
        return WithheldReason.UNPROVEN_HASH
    return None


def _approved_kinds(destination: Destination, at: datetime) -> set[str]:
    rows = _UNSCOPED.rows(ForeignApproval).filter(
        ForeignApproval.in_force(at), owner=destination.owner, partner__in=destination.readers
    )
    return {kind for kinds in rows.values_list("kinds", flat=True) for kind in kinds}


def open_passage(reader: ForeignReader, at: datetime) -> Passage:
    """Return what a reader may be given at a moment: the kinds of the approval for its purpose."""
    rows = _UNSCOPED.rows(ForeignApproval).filter(
        ForeignApproval.in_force(at), owner=reader.owner, partner=reader.reader
    )
    found = list(rows.order_by("pk").values_list("ref", "kinds", "purpose"))
    if not found:
        return Passage("", frozenset(), NO_APPROVAL)
    of_purpose = [row for row in found if is_same_purpose(row[2], reader.purpose)]
    if not of_purpose:
        return Passage("", frozenset(), OTHER_PURPOSE)
    ref, kinds, _purpose = of_purpose[-1]
    return Passage(ref, frozenset(kinds))


def is_same_purpose(first: str, second: str) -> bool:
    """Return whether two purposes are the same but for spaces and case."""
    return " ".join(first.split()).casefold() == " ".join(second.split()).casefold()


def record_exit(reader: ForeignReader, passage: Passage, left: ExitRecord) -> None:
    """Store an exit, and put it on record, before the answer is sent. Raise PassageClosed if the approval ended."""
    partner = all_organizations().values_list("ref", flat=True).get(pk=reader.reader)
    with recorded() as log:
        rows = _UNSCOPED.rows(ForeignApproval).filter(ForeignApproval.in_force(timezone.now()), ref=passage.approval)
        approval = rows.select_related("owner").select_for_update(of=("self",)).first()
        if approval is None:
            raise PassageClosed(NO_APPROVAL)
        row = _UNSCOPED.rows(ForeignExit).create(
            owner=approval.owner,
            approval=approval,
            partner_id=reader.reader,
            collection_id=reader.collection,
            road=left.road,
            at=left.at,
            objects_given=len(left.rows),
            rows=zlib.compress(msgspec.json.encode(list(left.rows))),
            sha256=left.sha256,
        )
        facts = {
            "approval": approval.ref,
            "partner": partner,
            "road": left.road,
            "objects": row.objects_given,
            "sha256": left.sha256,
        }
        log.add(Draft("foreign_exit", to_ms(left.at), "", approval.owner.ref, about=row.ref, facts=facts))
