"""Which subjects are victims: no verdict and no limit may be made on one that is a victim and nothing else."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from fanzha.base.words import Words
from fanzha.claims.finding import SubjectRole
from fanzha.claims.fraud_type import TO_WARN
from fanzha.command.subjects.models import FindingRow, Subject
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("victims are protected whoever found them")

VICTIM_WORDS = Words(
    "全部线索均表明其为受害人，不得作为处置对象。请改为劝阻提醒本人，并向其开户银行发出风险提示；是否止付由公安机关决定。"
    "如有证据表明其本人涉诈，请先将该证据作为线索录入",
    "all findings say that this is a victim, who cannot be the target of an order. Warn the person instead, and send "
    "the bank a risk hint; whether a payment is stopped is for the police to decide. If there is evidence that the "
    "subject takes part in a fraud, bring it in as a finding first",
)
SECOND_PERSON_WORDS = Words(
    "对象既是受害人又涉诈，须由未参与此前环节的第二人核对两方面证据后办理，不得由一人决定",
    "the subject is a victim as well as a suspect: a second person, who took no earlier step, has to see the evidence "
    "for both; one person alone cannot decide",
)


class VictimThings(NamedTuple):
    """Digests of values (`fanzha.base.ids.digest` of kind and value) that findings name as victims.

    `only` are victims and nothing else, `partly` have findings in another role too.
    """

    only: frozenset[str]
    partly: frozenset[str]


def names_victim() -> Q:
    """Return the condition of findings whose subject is a victim, by its role or by the fraud type."""
    return Q(role=SubjectRole.VICTIM) | Q(fraud_type__in=TO_WARN)


def find_victims(things: Collection[str], standing_findings: QuerySet[FindingRow] | None = None) -> VictimThings:
    """Return which values (digests) are victims by `standing_findings`; None: by those of all organisations.

    A number that was issued again is a subject of its own: only findings of its latest holder, and those that name no
    holder, count. A value without findings is no victim.
    """
    if standing_findings is None:
        standing_findings = _UNSCOPED.rows(FindingRow).filter(FindingRow.standing())
    of_subject = standing_findings.filter(subject=OuterRef("pk")).order_by()
    rows = (
        _UNSCOPED.rows(Subject)
        .filter(thing__in=things)
        .annotate(
            is_victim=Exists(of_subject.filter(names_victim())), is_more=Exists(of_subject.exclude(names_victim()))
        )
        .values_list("thing", "holder_from", "is_victim", "is_more")
    )
    holders_by_thing: dict[str, dict[datetime | None, tuple[bool, bool]]] = {}
    for thing, holder_from, is_victim, is_more in rows:
        holders_by_thing.setdefault(thing, {})[holder_from] = (is_victim, is_more)
    only: set[str] = set()
    partly: set[str] = set()
    for thing, holders in holders_by_thing.items():
        is_victim, is_more = _current_roles(holders)
        if is_victim:
            (partly if is_more else only).add(thing)
    return VictimThings(frozenset(only), frozenset(partly))


def _current_roles(holders: dict[datetime | None, tuple[bool, bool]]) -> tuple[bool, bool]:
    latest = max((holder_from for holder_from in holders if holder_from is not None), default=None)
    current = [holders[holder_from] for holder_from in {None, latest} if holder_from in holders]
    return any(is_victim for is_victim, _ in current), any(is_more for _, is_more in current)
