"""Record, approve and end agreements with partners, and submit, approve and end their models."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import IO, TYPE_CHECKING

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.organizations.selectors import get_actor_ref, get_organization
from fanzha.command.processes.selectors import to_actor
from fanzha.command.research.feature_columns import column_names
from fanzha.command.research.models import (
    ModelFile,
    ModelState,
    ModelTransport,
    PartnerModel,
    ResearchAgreement,
    ShadowScore,
)
from fanzha.command.research.research_settings import load_research_settings
from fanzha.command.web.roles import Kind, Role
from fanzha.command.web.scoping import unscoped
from fanzha.kinds import all_kinds
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("who may act on an agreement or a model is checked here")

#: Kinds of organisation that have data on which a partner's model may run.
OWNERS = (
    Kind.REGULATOR,
    Kind.CENTRE,
    Kind.POLICE,
    Kind.CARRIER,
    Kind.MVNO,
    Kind.ISP,
    Kind.PLATFORM,
    Kind.AGGREGATOR,
    Kind.BANK,
)
#: Who records agreements, who submits models and asks for tables, and who approves as the second person.
RECORDERS = (Role.LIAISON, Role.ADMINISTRATOR, Role.PRIVACY_OFFICER)
SUBMITTERS = (Role.ANALYST, Role.LIAISON)
APPROVERS = (Role.REVIEWER, Role.PRIVACY_OFFICER)
READERS = (Role.ANALYST, Role.LIAISON, Role.REVIEWER, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR)
MAX_YEARS = timedelta(days=1_827)
MAX_MODELS = 50
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MISSING = Words("信息不全或有误", "Something is missing or wrong")
_SECOND_PERSON = Words("须由本单位另一人决定", "another person of the organisation decides")
_NOT_IN_FORCE = Words("协议未获批准、已终止或已到期", "the agreement is not approved, has ended or has expired")


@dataclass(frozen=True)
class AgreementDraft:
    """What was agreed; see `ResearchAgreement`."""

    number: str
    document: str
    document_sha256: str
    purpose: str
    valid_until: datetime
    allows_models: bool = False
    allows_tables: bool = False
    least_cell: int = 0  # 0: that of the site
    table_budget: int = 20


@dataclass(frozen=True)
class ModelDraft:
    """The description of a partner's model; see `PartnerModel`. `body` is the ONNX file."""

    name: str
    version: str
    licence: str
    transport: str
    kind: str
    valid_until: datetime
    features: tuple[str, ...] = field(default=())
    url: str = ""
    sha256: str = ""
    body: bytes = b""


def record_agreement(partner: Organization, draft: AgreementDraft, viewer: Viewer) -> ResearchAgreement:
    """Record an agreement of the viewer's organisation with a partner; a second person approves it. Raise Refusal."""
    now, least = timezone.now(), load_research_settings().least_cell
    faults = _agreement_faults(draft, least, now)
    if partner.pk == viewer.organization:
        faults["partner"] = Words("请选择其他单位", "choose another organisation")
    owner = get_organization(viewer.organization)
    if _UNSCOPED.rows(ResearchAgreement).filter(owner=owner, number=draft.number.strip()).exists():
        faults["number"] = Words("该编号已登记", "this number is recorded already")
    _refuse(faults)
    with recorded() as log:
        row = _UNSCOPED.rows(ResearchAgreement).create(
            owner=owner,
            partner=partner,
            number=draft.number.strip(),
            document=draft.document.strip(),
            document_sha256=draft.document_sha256.strip().lower(),
            purpose=draft.purpose.strip(),
            allows_models=draft.allows_models,
            allows_tables=draft.allows_tables,
            least_cell=draft.least_cell or least,
            table_budget=draft.table_budget,
            valid_until=draft.valid_until,
            actor=get_actor_ref(viewer, owner.ref),
            recorded_at=now,
        )
        facts: dict[str, object] = {
            "partner": partner.ref,
            "number": row.number,
            "document_sha256": row.document_sha256,
        }
        log.add(_draft("research_agreement_recorded", row, viewer, now, facts))
    return row


def approve_agreement(row: ResearchAgreement, viewer: Viewer) -> None:
    """Approve an agreement as the second person. Raise Refusal."""
    check_second_person(row.owner_id, row.actor, viewer)
    now = timezone.now()
    with recorded() as log:
        waiting = _UNSCOPED.rows(ResearchAgreement).filter(
            pk=row.pk, approved_at=None, ended_at=None, valid_until__gt=now
        )
        if not waiting.update(approved_by=viewer.person, approved_at=now):
            raise Refusal(Reason.STATE, Words("已批准、已终止或已到期", "it was approved, has ended or has expired"))
        log.add(_draft("research_agreement_approved", row, viewer, now, {}))


def end_agreement(row: ResearchAgreement, viewer: Viewer) -> None:
    """End an agreement: its models run no more, and no table is released under it. Raise Refusal."""
    check_owner(row.owner_id, viewer)
    now = timezone.now()
    with recorded() as log:
        if not _UNSCOPED.rows(ResearchAgreement).filter(pk=row.pk, ended_at=None).update(ended_at=now):
            raise Refusal(Reason.STATE, Words("已终止", "it has ended"))
        log.add(_draft("research_agreement_ended", row, viewer, now, {}))


def submit_model(agreement: ResearchAgreement, draft: ModelDraft, viewer: Viewer) -> PartnerModel:
    """Submit a model under an agreement, by the owner's or the partner's people; it is tried first. Raise Refusal."""
    if viewer.organization not in (agreement.owner_id, agreement.partner_id):
        raise Refusal(Reason.ROLE, Words("不是协议一方", "your organisation is no party of the agreement"))
    if not agreement.is_in_force or not agreement.allows_models:
        raise Refusal(Reason.STATE, _NOT_IN_FORCE)
    now = timezone.now()
    faults = _model_faults(draft, agreement, now)
    known = _UNSCOPED.rows(PartnerModel).filter(owner=agreement.owner_id)
    if known.filter(name=draft.name.strip(), version=draft.version.strip()).exists():
        faults["version"] = Words("该版本已提交", "this version was submitted already")
    if known.exclude(state__in=(ModelState.ENDED, ModelState.REJECTED)).count() >= MAX_MODELS:
        faults["name"] = Words(f"至多 {MAX_MODELS} 个模型", f"at most {MAX_MODELS} models")
    _refuse(faults)
    is_file = draft.transport == ModelTransport.ONNX
    with recorded() as log:
        row = _UNSCOPED.rows(PartnerModel).create(
            owner_id=agreement.owner_id,
            agreement=agreement,
            name=draft.name.strip(),
            version=draft.version.strip(),
            licence=draft.licence.strip(),
            transport=draft.transport,
            url="" if is_file else draft.url.strip(),
            sha256=sha256(draft.body).hexdigest() if is_file else draft.sha256.strip().lower(),
            kind=draft.kind,
            features=list(draft.features),
            valid_until=min(draft.valid_until, agreement.valid_until),
            actor=get_actor_ref(viewer, get_organization(viewer.organization).ref),
            submitted_at=now,
        )
        if is_file:
            _UNSCOPED.rows(ModelFile).create(partner_model=row, body=draft.body)
        facts = _hash_facts(row) | {"agreement": agreement.ref, "features": len(row.features)}
        log.add(_draft("partner_model_submitted", row, viewer, now, facts))
    return row


def decide_model(row: PartnerModel, viewer: Viewer, *, approve: bool, note: str = "") -> None:
    """Approve or reject a model that worked when it was tried, as the second person. Raise Refusal."""
    check_second_person(row.owner_id, row.actor, viewer)
    now = timezone.now()
    if approve and not (row.agreement.is_in_force and row.agreement.allows_models):
        raise Refusal(Reason.STATE, _NOT_IN_FORCE)
    state = ModelState.APPROVED if approve else ModelState.REJECTED
    from_states = (ModelState.CHECKED,) if approve else (ModelState.CHECKED, ModelState.SUBMITTED, ModelState.UNFIT)
    with recorded() as log:
        waiting = _UNSCOPED.rows(PartnerModel).filter(pk=row.pk, state__in=from_states)
        changes = {"decided_by": viewer.person, "decided_at": now, "decision": note.strip()[:300]}
        if not waiting.update(state=state, **changes):
            raise Refusal(Reason.STATE, Words("现在不能决定", "it cannot be decided now"))
        if not approve:
            _UNSCOPED.rows(ModelFile).filter(partner_model=row).delete()
        kind = "partner_model_approved" if approve else "partner_model_rejected"
        log.add(_draft(kind, row, viewer, now, _hash_facts(row)))


def end_model(row: PartnerModel, viewer: Viewer) -> None:
    """End a model: it runs no more, and its file and its scores are deleted; comparisons stay. Raise Refusal."""
    check_owner(row.owner_id, viewer)
    now = timezone.now()
    over = (ModelState.ENDED, ModelState.REJECTED)
    with recorded() as log:
        if not _UNSCOPED.rows(PartnerModel).filter(pk=row.pk).exclude(state__in=over).update(state=ModelState.ENDED):
            raise Refusal(Reason.STATE, Words("已终止", "it has ended"))
        _UNSCOPED.rows(ModelFile).filter(partner_model=row).delete()
        _UNSCOPED.rows(ShadowScore).filter(partner_model=row).delete()
        log.add(_draft("partner_model_ended", row, viewer, now, {}))


def read_model_file(file: IO[bytes] | None) -> bytes:
    """Return the content of an upload, b"" without one; of a file that is too large no more than shows this."""
    return file.read(load_research_settings().model_bytes + 1) if file else b""


def check_owner(owner: int, viewer: Viewer) -> None:
    """Raise Refusal unless the viewer acts for the owner (primary key)."""
    if owner != viewer.organization:
        raise Refusal(Reason.ROLE, Words("只有数据所属单位可以决定", "only the organisation whose data it is decides"))


def check_second_person(owner: int, first: str, viewer: Viewer) -> None:
    """Raise Refusal unless the viewer is a person of the owner other than the one who acted first (a ref)."""
    check_owner(owner, viewer)
    actor = to_actor(viewer)
    if actor.is_key or actor.acted_as(first):
        raise Refusal(Reason.SAME_PERSON, _SECOND_PERSON)


def may_decide(owner: int, first: str, viewer: Viewer) -> bool:
    """Return whether a viewer may decide as the second person."""
    actor = to_actor(viewer)
    is_second = not actor.is_key and not actor.acted_as(first)
    return owner == viewer.organization and viewer.has(*APPROVERS) and is_second


def _agreement_faults(draft: AgreementDraft, least: int, now: datetime) -> dict[str, Words]:
    faults: dict[str, Words] = {}
    if not 2 <= len(draft.number.strip()) <= 80:
        faults["number"] = Words("请填写协议编号", "give the number of the agreement")
    if not 2 <= len(draft.document.strip()) <= 200:
        faults["document"] = Words("请填写协议文件名称", "name the document")
    if not _SHA256.fullmatch(draft.document_sha256.strip().lower()):
        faults["document_sha256"] = Words("为 64 位十六进制数", "64 hexadecimal digits")
    if not 4 <= len(draft.purpose.strip()) <= 300:
        faults["purpose"] = Words("请写明用途", "say what for")
    if not draft.allows_models and not draft.allows_tables:
        faults["allows_models"] = Words("至少选择一项", "choose at least one")
    if draft.least_cell and not least <= draft.least_cell <= 1_000:
        faults["least_cell"] = Words(f"不得低于本站的 {least}", f"not below {least}, that of this site")
    if not 1 <= draft.table_budget <= 1_000:
        faults["table_budget"] = Words("为 1 至 1000", "1 to 1000")
    faults |= _end_faults(draft.valid_until, now)
    return faults


def _model_faults(draft: ModelDraft, agreement: ResearchAgreement, now: datetime) -> dict[str, Words]:
    faults: dict[str, Words] = {}
    for name, longest in (("name", 80), ("version", 40), ("licence", 120)):
        if not 1 <= len(getattr(draft, name).strip()) <= longest:
            faults[name] = Words(f"为 1 至 {longest} 个字符", f"1 to {longest} characters")
    if draft.transport not in ModelTransport.values:
        faults["transport"] = Words("请选择方式", "choose one")
    if draft.kind not in all_kinds():
        faults["kind"] = Words("请选择对象类型", "choose a kind of subjects")
    if (
        not draft.features
        or set(draft.features) - set(column_names())
        or len(set(draft.features)) < len(draft.features)
    ):
        faults["features"] = Words("须为已公布的特征，且不重复", "published columns, each once")
    faults |= _end_faults(draft.valid_until, now)
    settings = load_research_settings()
    if draft.transport == ModelTransport.ONNX:
        if not draft.body or len(draft.body) > settings.model_bytes:
            most = settings.model_megabytes
            faults["file"] = Words(f"请选择 ONNX 文件，至多 {most} MB", f"an ONNX file of at most {most} MB")
    else:
        if not settings.is_endpoint(draft.url.strip(), agreement.partner.ref):
            faults["url"] = Words("该地址不在管理员的名单内", "the operator does not list this address")
        if not _SHA256.fullmatch(draft.sha256.strip().lower()):
            faults["sha256"] = Words("为 64 位十六进制数", "64 hexadecimal digits")
    return faults


def _end_faults(valid_until: datetime, now: datetime) -> dict[str, Words]:
    if now < valid_until <= now + MAX_YEARS:
        return {}
    return {"valid_until": Words("须在今后五年之内", "within the next five years")}


def _hash_facts(row: PartnerModel) -> dict[str, object]:
    """Return the hash of a file, computed here, or of a container, as the partner states it."""
    return {"sha256" if row.transport == ModelTransport.ONNX else "stated_sha256": row.sha256}


def _refuse(faults: dict[str, Words]) -> None:
    if faults:
        raise Refusal(Reason.EVIDENCE, _MISSING, fields=faults)


def _draft(
    kind: str, row: ResearchAgreement | PartnerModel, viewer: Viewer, at: datetime, facts: dict[str, object]
) -> Draft:
    own = get_organization(viewer.organization).ref
    return Draft(kind, to_ms(at), get_actor_ref(viewer, own), row.owner.ref, about=row.ref, facts=facts)
