"""Targets that no order may hit: protected numbers, allowlisted numbers, and victims."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, QuerySet

from fanzha.base.clock import from_ms
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.command.subjects.selectors import find_standing_findings, find_subjects, names_victim
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import Target
from fanzha.store.allowlist import load_allowlist_by_number
from fanzha.store.screen_lists import load_protected_numbers

if TYPE_CHECKING:
    from fanzha.command.subjects.models import FindingRow

_UNSCOPED = unscoped("victims are excluded whoever found them")

_NUMBERS = ("phone_number", "short_code")
VICTIM_WORDS = Words(
    "全部线索均表明其为受害人，不得作为处置对象。请改为劝阻提醒本人，涉及资金的发起紧急止付；"
    "如有证据表明其本人涉诈，请先将该证据作为线索录入",
    "all findings say that this is a victim, who cannot be the target of an order. Warn the person instead, and ask "
    "for a stop of payment where money is at stake. If there is evidence that the subject takes part in a fraud, bring "
    "it in as a finding first",
)


def protected_targets(targets: Iterable[Target]) -> dict[Target, Words]:
    """Return the protected targets, which are emergency and service numbers, each with its name."""
    names = {entry.number: Words(entry.zh, entry.en) for entry in load_protected_numbers()}
    return {entry: names[entry.value] for entry in targets if entry.kind in _NUMBERS and entry.value in names}


def allowlisted_targets(targets: Iterable[Target], at: int) -> dict[Target, Words]:
    """Return the targets that are allowlisted at a moment (UTC ms), each with the owner of the entry."""
    allowlist, reasons = load_allowlist_by_number(), {}
    for target in targets:
        entries = allowlist.get(target.value, ()) if target.kind in _NUMBERS else ()
        active = next((entry for entry in entries if entry.holds(at)), None)
        if active is not None:
            reasons[target] = Words(f"免扰名单：{active.owner}", f"on the spared list: {active.owner}")
    return reasons


def victim_targets(targets: Iterable[Target], standing_findings: QuerySet[FindingRow]) -> dict[Target, Words]:
    """Return the targets that are only victims by all `standing_findings` on them, each with the reason.

    A number that was issued again is a subject of its own: only findings of its latest holder, and those that name no
    holder, count. A target without findings is no victim.
    """
    targets_by_digest = {digest(target.kind, target.value): target for target in targets}
    of_subject = standing_findings.filter(subject=OuterRef("pk")).order_by()
    rows = (
        find_subjects(_UNSCOPED)
        .filter(thing__in=targets_by_digest)
        .annotate(
            is_victim=Exists(of_subject.filter(names_victim())),
            is_more=Exists(of_subject.exclude(names_victim())),
        )
    )
    roles: dict[str, dict[datetime | None, tuple[bool, bool]]] = {}
    for target_digest, holder_from, is_victim, is_more in rows.values_list(
        "thing", "holder_from", "is_victim", "is_more"
    ):
        roles.setdefault(target_digest, {})[holder_from] = (is_victim, is_more)
    return {
        targets_by_digest[target_digest]: VICTIM_WORDS
        for target_digest, holders in roles.items()
        if _is_victim_alone(holders)
    }


def _is_victim_alone(holders: dict[datetime | None, tuple[bool, bool]]) -> bool:
    latest = max((holder_from for holder_from in holders if holder_from is not None), default=None)
    counted = [holders[holder_from] for holder_from in {None, latest} if holder_from in holders]
    return any(is_victim for is_victim, _ in counted) and not any(is_more for _, is_more in counted)


def excluded_targets(targets: Iterable[Target], at: int, findings_until: int | None = None) -> dict[Target, Words]:
    """Return the targets that an order excludes at a moment (UTC ms), each with the reason.

    Findings of all organisations count, because no order may hit a victim; with `findings_until` (UTC ms) those that
    were received by then.
    """
    all_targets = list(targets)
    findings = find_standing_findings(_UNSCOPED).filter(
        came_in_at__lte=from_ms(at if findings_until is None else findings_until)
    )
    return victim_targets(all_targets, findings) | allowlisted_targets(all_targets, at) | protected_targets(all_targets)
