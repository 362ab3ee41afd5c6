"""Enter, confirm, refuse and withdraw approvals, and make keys for partners. Each act is an entry of the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.exchange.services import queue_all
from fanzha.command.foreign_sharing.models import ApprovalState, ForeignApproval
from fanzha.command.organizations.services import make_partner_key, revoke_partner_keys
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal
from fanzha.share.foreign_items import ForeignKind

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization, Person

_UNSCOPED = unscoped("an approval is changed by people of its owner; a job opens and closes those of all")

MAX_YEARS = timedelta(days=3 * 366)
MAX_DOCUMENT_BYTES = 10 * 1024 * 1024
_MIN_TEXT = 4


class ApprovalTerms(NamedTuple):
    """What an approval of the competent authority says, with its document."""

    partner: Organization
    number: str
    authority: str
    purpose: str
    kinds: Sequence[str]
    valid_from: datetime
    valid_until: datetime
    document: bytes
    document_name: str


def enter_approval(owner: Organization, terms: ApprovalTerms, person: Person) -> ForeignApproval:
    """Enter an approval, which lets nothing pass until somebody else confirms it. Raise Refusal."""
    now = timezone.now()
    _check_terms(owner, terms, now)
    with recorded() as log:
        row = _UNSCOPED.rows(ForeignApproval).create(
            owner=owner,
            partner=terms.partner,
            number=terms.number.strip(),
            authority=terms.authority.strip(),
            purpose=" ".join(terms.purpose.split()),
            kinds=sorted(set(terms.kinds)),
            valid_from=terms.valid_from,
            valid_until=terms.valid_until,
            document=terms.document,
            document_name=terms.document_name[-120:],
            sha256=sha256(terms.document).hexdigest(),
            entered_by=person,
            entered_at=now,
        )
        facts = {
            "partner": terms.partner.ref,
            "number": row.number,
            "authority": row.authority,
            "purpose": row.purpose,
            "kinds": row.kinds,
            "from": to_ms(row.valid_from),
            "until": to_ms(row.valid_until),
            "sha256": row.sha256,
        }
        log.add(_draft("foreign_approval_entered", row, person.ref, now, facts))
    return row


def confirm_approval(approval: ForeignApproval, person: Person) -> None:
    """Confirm an approval as the second person: it lets its kinds pass in its time. Raise Refusal."""
    now = timezone.now()
    _check_second(approval, person)
    if approval.intact_document() is None:
        raise Refusal(
            Reason.EVIDENCE, Words("批准文件与登记的散列不符", "the document is not the one that was entered")
        )
    _check_single(approval, now)
    with recorded() as log:
        rows = _waiting(approval).filter(valid_until__gt=now)
        if not rows.update(decided_by=person, confirmed_at=now):
            raise Refusal(Reason.STATE, Words("已处理或已到期", "it was decided on or has expired"))
        log.add(_draft("foreign_approval_confirmed", approval, person.ref, now, {"sha256": approval.sha256}))
    open_approvals(now)


def refuse_approval(approval: ForeignApproval, person: Person, reason: str) -> None:
    """Refuse an approval as the second person, with a reason. Raise Refusal."""
    now = timezone.now()
    _check_second(approval, person)
    _check_reason(reason)
    with recorded() as log:
        if not _waiting(approval).update(decided_by=person, refused_at=now, reason=reason.strip()[:300]):
            raise Refusal(Reason.STATE, Words("已处理", "it was decided on"))
        log.add(_draft("foreign_approval_refused", approval, person.ref, now, {}))


def withdraw_approval(approval: ForeignApproval, person: Person, reason: str) -> None:
    """Withdraw an approval and revoke its keys: from this moment nothing more passes under it. Raise Refusal."""
    now = timezone.now()
    _check_reason(reason)
    with recorded() as log:
        rows = _UNSCOPED.rows(ForeignApproval).filter(pk=approval.pk, withdrawn_at=None, refused_at=None)
        if not rows.update(withdrawn_by=person, withdrawn_at=now, reason=reason.strip()[:300]):
            raise Refusal(Reason.STATE, Words("已撤回或未予确认", "it was withdrawn or refused"))
        log.add(_draft("foreign_approval_withdrawn", approval, person.ref, now, {}))
        revoke_partner_keys(approval.ref, approval.owner, person)


def make_reading_key(approval: ForeignApproval, person: Person) -> str:
    """Return the secret of a new key with which the partner reads until the approval ends. Raise Refusal."""
    if approval.state_at(timezone.now()) is not ApprovalState.IN_FORCE:
        raise Refusal(Reason.STATE, Words("审批未生效", "the approval is not in force"))
    if not approval.partner.country:
        raise Refusal(Reason.RECEIVER, Words("该单位不是境外单位", "the organisation is not abroad"))
    _key, secret = make_partner_key(approval.partner, approval.owner, approval.ref, person, approval.valid_until)
    return secret


def open_approvals(now: datetime) -> int:
    """Bring what may leave into the collections once an approval begins, and log its end; return how many changed."""
    begun = list(_UNSCOPED.rows(ForeignApproval).filter(ForeignApproval.in_force(now), opened_at=None).order_by("pk"))
    ended = list(
        _UNSCOPED.rows(ForeignApproval)
        .filter(confirmed_at__isnull=False, withdrawn_at=None, valid_until__lte=now, expiry_logged_at=None)
        .select_related("owner")
    )
    if not begun and not ended:
        return 0
    with recorded() as log:
        for owner in sorted({row.owner_id for row in begun}):
            queue_all(owner, now)
        _UNSCOPED.rows(ForeignApproval).filter(pk__in=[row.pk for row in begun]).update(opened_at=now)
        for row in ended:
            log.add(_draft("foreign_approval_expired", row, "", row.valid_until, {}))
        _UNSCOPED.rows(ForeignApproval).filter(pk__in=[row.pk for row in ended]).update(expiry_logged_at=now)
    return len(begun) + len(ended)


def _waiting(approval: ForeignApproval) -> QuerySet[ForeignApproval]:
    return _UNSCOPED.rows(ForeignApproval).filter(pk=approval.pk, confirmed_at=None, refused_at=None, withdrawn_at=None)


def _check_second(approval: ForeignApproval, person: Person) -> None:
    if approval.entered_by_id == person.pk:
        words = Words("须由登记人以外的人确认", "somebody other than who entered it must decide on it")
        raise Refusal(Reason.SAME_PERSON, words)


def _check_single(approval: ForeignApproval, now: datetime) -> None:
    """Raise Refusal if another approval for the same partner and purpose holds within its time and would hide it."""
    others = _UNSCOPED.rows(ForeignApproval).filter(
        owner=approval.owner_id,
        partner=approval.partner_id,
        purpose__iexact=approval.purpose,
        confirmed_at__isnull=False,
        withdrawn_at=None,
        valid_until__gt=max(now, approval.valid_from),
        valid_from__lt=approval.valid_until,
    )
    if others.exists():
        words = Words(
            "同一单位、同一用途在此期间已有审批，请先撤回或错开有效期",
            "another approval for this partner and purpose holds at that time: withdraw it, or begin after its end",
        )
        raise Refusal(Reason.STATE, words)


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < _MIN_TEXT:
        words = Words("请写明原因", "give a reason")
        raise Refusal(Reason.EVIDENCE, words, fields={"reason": words})


def _check_terms(owner: Organization, terms: ApprovalTerms, now: datetime) -> None:
    wrong: dict[str, Words] = {}
    if not terms.partner.country or not terms.partner.is_active or terms.partner.pk == owner.pk:
        wrong["partner"] = Words("请选择境外合作单位", "choose a partner of another country")
    if len(terms.number.strip()) < 2 or len(terms.number) > 80:
        wrong["number"] = Words("请填写批准文号", "give the number of the approval")
    if len(terms.authority.strip()) < 2 or len(terms.authority) > 120:
        wrong["authority"] = Words("请填写批准机关", "name the authority")
    if not _MIN_TEXT <= len(terms.purpose.strip()) <= 200:
        wrong["purpose"] = Words("请写明用途", "say what for")
    if not terms.kinds or not set(terms.kinds) <= set(ForeignKind):
        wrong["kinds"] = Words("请选择可出境的内容", "choose what may leave")
    if terms.valid_until <= max(now, terms.valid_from):
        wrong["valid_until"] = Words("有效期止须晚于起始时间和现在", "it must end after it begins, and after now")
    elif terms.valid_until > terms.valid_from + MAX_YEARS:
        wrong["valid_until"] = Words("有效期至多三年", "it is valid for three years at most")
    if not 0 < len(terms.document) <= MAX_DOCUMENT_BYTES:
        wrong["document"] = Words("请上传批准文件，不超过10 MB", "upload the document, 10 MB at most")
    if wrong:
        raise Refusal(Reason.EVIDENCE, Words("信息不全或有误", "Something is missing or wrong"), fields=wrong)


def _draft(kind: str, row: ForeignApproval, actor: str, at: datetime, facts: dict[str, object]) -> Draft:
    return Draft(kind, to_ms(at), actor, row.owner.ref, about=row.ref, facts=facts)
