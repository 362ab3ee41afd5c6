"""Record, approve and end documents of basis, and take feedback of banks. Each act is an entry of the log."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.core import signing
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.number_signals.api_tokens import authenticate_token
from fanzha.command.number_signals.clients import certificate_fingerprint
from fanzha.command.number_signals.models import IndicatorFeedback, IndicatorOutcome, SignalBasis
from fanzha.command.number_signals.signal_services import OF_VERDICTS, SERVICES
from fanzha.command.organizations.selectors import get_actor
from fanzha.command.web.roles import Kind
from fanzha.command.web.scoping import unscoped
from fanzha.processes.legal_basis import legal_basis_words
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest

    from fanzha.command.organizations.models import Organization, Person
    from fanzha.command.web.api.callers import Caller
    from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("a basis is changed by its owner and read by the bank")

#: Purposes of the Data Privacy Vocabulary that a basis may name, as CAMARA tokens do.
PURPOSES = ("dpv:FraudPreventionAndDetection",)
MAX_YEARS = timedelta(days=2 * 366)
#: Kinds of organisation that hold signals, and those that hold verdicts and processes.
SIGNAL_OWNERS = (Kind.CARRIER, Kind.MVNO)
VERDICT_OWNERS = (Kind.CARRIER, Kind.MVNO, Kind.CENTRE, Kind.POLICE)
INDICATOR_SALT = "number_signals.indicator"


class BasisTerms(NamedTuple):
    """What a document of basis allows."""

    client: Organization
    services: Sequence[str]
    document: str
    legal_basis: str
    purpose: str
    until: datetime
    quota_per_day: int
    certificate: str = ""


def authenticate_by_token(request: HttpRequest, token: str) -> Caller | None:
    """Return the caller of an access token for the exchange, None if it is refused."""
    return authenticate_token(token, certificate_fingerprint(request))


def record_basis(owner: Organization, terms: BasisTerms, person: Person) -> SignalBasis:
    """Record a legal basis; it takes effect when another person approves it. Raise Refusal."""
    now = timezone.now()
    _check_terms(owner, terms, now)
    with recorded() as log:
        basis = _UNSCOPED.rows(SignalBasis).create(
            owner=owner,
            client=terms.client,
            services=sorted(set(terms.services)),
            document=terms.document.strip(),
            legal_basis=terms.legal_basis,
            purpose=terms.purpose,
            quota_per_day=terms.quota_per_day,
            certificate=terms.certificate.lower().replace(":", ""),
            recorded_by=person,
            recorded_at=now,
            until=terms.until,
        )
        facts = {"client": terms.client.ref, "services": basis.services, "basis": basis.legal_basis}
        log.add(_draft("signal_basis_recorded", basis, person, facts))
    return basis


def approve_basis(basis: SignalBasis, person: Person) -> None:
    """Approve a basis as the second person: it answers from now on. Raise Refusal."""
    if basis.recorded_by_id == person.pk:
        raise Refusal(
            Reason.SAME_PERSON, Words("须由登记人以外的人批准", "somebody other than who recorded it must approve it")
        )
    now = timezone.now()
    with recorded() as log:
        rows = _UNSCOPED.rows(SignalBasis).filter(pk=basis.pk, approved_at=None, ended_at=None, until__gt=now)
        if not rows.update(approved_by=person, approved_at=now):
            raise Refusal(Reason.STATE, Words("已批准、已终止或已到期", "it was approved, has ended or has expired"))
        log.add(_draft("signal_basis_approved", basis, person, {}))


def end_basis(basis: SignalBasis, person: Person) -> None:
    """End a basis: within seconds nothing more is answered on it. Raise Refusal."""
    with recorded() as log:
        if not _UNSCOPED.rows(SignalBasis).filter(pk=basis.pk, ended_at=None).update(ended_at=timezone.now()):
            raise Refusal(Reason.STATE, Words("已终止", "it has ended"))
        log.add(_draft("signal_basis_ended", basis, person, {}))


def record_feedback(
    bank: Organization, viewer: Viewer, indicator: str, outcome: str, stopped_cny: Decimal | None
) -> IndicatorFeedback:
    """Record what a bank found of an indicator that it was given; a later report replaces its own. Raise Refusal."""
    try:
        given = signing.loads(indicator, salt=INDICATOR_SALT)
    except signing.BadSignature:
        given = None
    if given is None or given["bank"] != bank.pk:
        words = Words("不是本行收到的风险等级编号", "is no indicator that this bank was given")
        raise Refusal(Reason.EVIDENCE, words, fields={"indicator": words})
    if stopped_cny is not None and outcome != IndicatorOutcome.CONFIRMED:
        words = Words("止付金额只随“确认涉诈”填报", "an amount is stated with confirmed fraud alone")
        raise Refusal(Reason.EVIDENCE, words, fields={"stopped_cny": words})
    with recorded() as log:
        feedback, _is_new = _UNSCOPED.rows(IndicatorFeedback).update_or_create(
            owner=bank,
            indicator=given["id"],
            defaults={
                "stated_by_id": given["owner"],
                "grade": given["grade"],
                "outcome": outcome,
                "stopped_cny": stopped_cny,
                "at": timezone.now(),
            },
        )
        facts = {"grade": feedback.grade, "outcome": outcome}
        log.add(Draft("indicator_feedback", to_ms(feedback.at), get_actor(viewer).ref, bank.ref, facts=facts))
    return feedback


def _check_terms(owner: Organization, terms: BasisTerms, now: datetime) -> None:
    wrong: dict[str, Words] = {}
    if terms.client.kind != Kind.BANK or not terms.client.is_active:
        wrong["client"] = Words("不是已接入的银行或支付机构", "is no bank or payment firm on this site")
    allowed = VERDICT_OWNERS if set(terms.services) <= set(OF_VERDICTS) else SIGNAL_OWNERS
    if not terms.services or not set(terms.services) <= SERVICES.keys() or owner.kind not in allowed:
        wrong["services"] = Words("请选择本单位可提供的服务", "choose services that this organisation can give")
    if not terms.document.strip() or len(terms.document) > 120:
        wrong["document"] = Words("请填写文件名称与文号", "give the title and number of the document")
    if legal_basis_words(terms.legal_basis) is None:
        wrong["legal_basis"] = Words("不是依据代码", "is no code of a legal basis")
    if terms.purpose not in PURPOSES:
        wrong["purpose"] = Words("不是允许的用途", "is no purpose that is allowed")
    if not now < terms.until <= now + MAX_YEARS:
        wrong["until"] = Words("须在两年之内", "must be within two years")
    if not 1 <= terms.quota_per_day <= 10_000_000:
        wrong["quota_per_day"] = Words("须在 1 至 1000 万之间", "must be 1 to 10,000,000")
    if terms.certificate and not re.fullmatch(r"[0-9a-f]{64}", terms.certificate.lower().replace(":", "")):
        wrong["certificate"] = Words("不是 SHA-256 指纹", "is no SHA-256 fingerprint")
    if wrong:
        raise Refusal(Reason.EVIDENCE, next(iter(wrong.values())), fields=wrong)


def _draft(kind: str, basis: SignalBasis, person: Person, facts: dict[str, object]) -> Draft:
    return Draft(kind, to_ms(timezone.now()), person.ref, basis.owner.ref, about=basis.ref, facts=facts)
