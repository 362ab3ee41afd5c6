"""Unmask single values for a stated purpose. The unmasking is recorded before the value is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.masking import mask_case, mask_numbers
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.exports.models import Unmasking
from fanzha.command.organizations.services import Candidate, DisclosurePool, DisclosureRequest, charge_disclosure
from fanzha.command.processes.selectors import to_actor
from fanzha.command.subjects.selectors import PERSON, mask_value
from fanzha.command.web.roles import MAY_UNMASK
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.entry import Draft

if TYPE_CHECKING:
    from fanzha.command.subjects.models import Subject

SHORTEST_PURPOSE = 4
_NOT_YOURS = Words("您的角色不能查看完整信息", "Your role cannot unmask values")
_NO_PURPOSE = Words("请写明用途", "Say what for")
_HASH = Words("只保存了单向摘要，无法还原", "Only a keyed hash is stored, so there is nothing to show")


class UnmaskingRefused(Exception):
    """A value is not shown. `words` explain why; `forbidden` is set if the viewer's role is the cause."""

    def __init__(self, words: Words, *, forbidden: bool = False) -> None:
        super().__init__(words.en)
        self.words, self.forbidden = words, forbidden


def may_unmask(viewer: Viewer, kind: str) -> bool:
    """Return whether a viewer may unmask values of a kind. Persons are stored as hashes and cannot be unmasked."""
    return kind != PERSON and viewer.has(*MAY_UNMASK)


def unmask(viewer: Viewer, subject: Subject, purpose: str, case: str = "") -> str:
    """Record the unmasking of a subject that the viewer may read, and return its value. Raise UnmaskingRefused."""
    if subject.kind == PERSON and viewer.has(*MAY_UNMASK):
        raise UnmaskingRefused(_HASH)
    masked_value = MaskedValue(subject.ref, subject.kind, mask_value(subject.kind, subject.value, subject.shown))
    record_unmasking(viewer, masked_value, purpose, case)
    return subject.value


class MaskedValue(NamedTuple):
    """Reference, kind and masked form of a value to unmask."""

    ref: str
    kind: str
    shown: str

    @classmethod
    def of_process(cls, ref: str, shown: str) -> MaskedValue:
        """Return a value of the evidence of a process, by the reference of the process."""
        return cls(ref, "process", shown)


def record_unmasking(
    viewer: Viewer, masked_value: MaskedValue, purpose: str, case: str, *, values: int = 1, approved: bool = False
) -> None:
    """Record an unmasking of a number of values before they are shown.

    Raise UnmaskingRefused if the viewer may not unmask, DisclosureRefused if it exceeds a budget. What a second person
    approved has a budget of its own.
    """
    if not viewer.has(*MAY_UNMASK):
        raise UnmaskingRefused(_NOT_YOURS, forbidden=True)
    purpose = mask_numbers(purpose.strip())[:200]
    if len(purpose) < SHORTEST_PURPOSE:
        raise UnmaskingRefused(_NO_PURPOSE)
    pool = DisclosurePool.RELEASED if approved else DisclosurePool.UNMASKED
    candidate = Candidate(masked_value.kind, f"{masked_value.ref} {masked_value.shown}", weight=values)
    charge_disclosure(viewer, DisclosureRequest("unmasking", pool, [candidate], purpose, masked_value.ref))
    now, actor, case = timezone.now(), to_actor(viewer), mask_case(case.strip())[:64]
    with recorded() as log:
        Unmasking.objects.create(
            owner_id=viewer.organization,
            person_id=viewer.person,
            actor=actor.person,
            subject=masked_value.ref,
            kind=masked_value.kind,
            shown=masked_value.shown[:120],
            purpose=purpose,
            case=case,
            at=now,
        )
        facts = {"purpose": purpose, "case": case, "kind": masked_value.kind}
        log.add(Draft("unmasking", to_ms(now), actor.person, actor.organization, about=masked_value.ref, facts=facts))
