"""Write, submit and withdraw versions of items, and approve the set that comes with the platform."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Max, QuerySet
from django.utils.text import slugify

from fanzha.base.ids import sortable_id
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.education.models import EDITABLE, EducationItem, EducationVersion, VersionState
from fanzha.command.education.shipped_items import ShippedItem, shipped_items
from fanzha.command.education.text_checks import find_faults, measure_version
from fanzha.command.education.topics import PRINTED
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.web.scoping import unscoped
from fanzha.processes.parties import Actor
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("the steps of a process decide who may change an item of an organisation")
PROCESS = "education_item"
NOT_EDITABLE = Words("该版本已提交，不能再修改", "this version was submitted and cannot be edited any more")
TAKEN = Words("该网址名称已被使用", "this name of the address is taken")
_TEXTS = ("title", "summary", "body")


@dataclass(frozen=True)
class VersionDraft:
    """What an editor writes: what the item is, and the texts of a version."""

    kind: str
    title_zh: str
    title_en: str
    summary_zh: str = ""
    summary_en: str = ""
    body_zh: str = ""
    body_en: str = ""
    slug: str = ""
    situation: str = ""
    fraud_type: str = ""
    audience: str = "everybody"
    teaches: str = ""
    urgency: str = "usual"
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def texts(self) -> dict[str, str]:
        """Return the columns of the texts."""
        names = (f"{name}_{language}" for name in _TEXTS for language in ("zh", "en"))
        return {name: getattr(self, name).replace("\r\n", "\n").strip() for name in names}


def create_item(owner: Organization, draft: VersionDraft, now: datetime, *, shipped: bool = False) -> EducationVersion:
    """Create an item with its first version, which is being written. Raise Refusal if its address is taken."""
    slug = slugify(draft.slug or draft.title_en)[:60].strip("-") or sortable_id().lower()
    with recorded():
        all_organizations().select_for_update().get(pk=owner.pk)  # two editors may press at once
        if _UNSCOPED.rows(EducationItem).filter(owner=owner, slug=slug).exists():
            raise Refusal(Reason.EVIDENCE, TAKEN, fields={"slug": TAKEN})
        item = EducationItem.objects.create(
            owner=owner,
            slug=slug,
            kind=draft.kind,
            situation=draft.situation,
            fraud_type=draft.fraud_type,
            audience=draft.audience,
            teaches=draft.teaches,
            is_shipped=shipped,
            created_at=now,
        )
        return _create_version(item, draft, now)


def start_version(item: EducationItem, now: datetime) -> EducationVersion:
    """Begin the next version with the latest texts; return the one that is being written if there is one."""
    with recorded():
        _UNSCOPED.rows(EducationItem).select_for_update().get(pk=item.pk)
        latest = _UNSCOPED.rows(EducationVersion).filter(item=item).order_by("-number")[0]
        if latest.state in EDITABLE:
            return latest
        draft = VersionDraft(
            kind=item.kind,
            figures=latest.figures,
            **{
                name: getattr(latest, name)
                for name in (f"{text}_{language}" for text in _TEXTS for language in ("zh", "en"))
            },
        )
        return _create_version(item, draft, now)


def save_version(version: EducationVersion, draft: VersionDraft) -> EducationVersion:
    """Save the texts of a version that is being written or revised, and what its item is. Raise Refusal."""
    with recorded():
        rows = _UNSCOPED.rows(EducationVersion).filter(pk=version.pk, state__in=EDITABLE)
        if not rows.update(**draft.texts, urgency=draft.urgency):
            raise Refusal(Reason.STATE, NOT_EDITABLE)
        _UNSCOPED.rows(EducationItem).filter(pk=version.item_id).update(
            situation=draft.situation, fraud_type=draft.fraud_type, audience=draft.audience, teaches=draft.teaches
        )
    return _UNSCOPED.rows(EducationVersion).select_related("item").get(pk=version.pk)


def submit_version(version: EducationVersion, actor: Actor, now: datetime, *, shipped: bool = False) -> str:
    """Submit a version for the check by another person; return the ref of its process. Raise Refusal."""
    with recorded():
        version = (
            _UNSCOPED.rows(EducationVersion).select_for_update(of=("self",)).select_related("item").get(pk=version.pk)
        )
        if version.state == VersionState.TO_REVISE:
            fire(version.process, "resubmit", actor, {}, at=now)
            return version.process
        if version.state != VersionState.WRITING:
            raise Refusal(Reason.STATE, NOT_EDITABLE)
        require_faultless(version.item, version)
        ref = sortable_id()
        _UNSCOPED.rows(EducationVersion).filter(pk=version.pk).update(process=ref)
        urgency = "shipped" if shipped else version.urgency
        about = About(title=f"{version.title_zh} · {version.title_en}"[:200], simulated=version.item.owner.simulated)
        evidence = {
            "item": version.item.ref,
            "kind": version.item.kind,
            "number": version.number,
            "urgency": urgency,
            "audience": version.item.audience,
            "channel": "print" if version.item.kind in PRINTED else "page",
            **describe_texts(version.item, version),
        }
        open_process(PROCESS, "submit", version.item.owner, actor, evidence, about=about, at=now, ref=ref)
    return ref


def require_faultless(item: EducationItem, version: EducationVersion) -> None:
    """Raise Refusal with all that must be put right before a version can be submitted."""
    if faults := find_faults(item, version):
        zh, en = "；".join(fault.zh for fault in faults), "; ".join(fault.en for fault in faults)
        raise Refusal(Reason.EVIDENCE, Words(zh, en))


def describe_texts(item: EducationItem, version: EducationVersion) -> dict[str, Any]:
    """Return the evidence on the texts of a version: their reading level and their hashes."""
    level = measure_version(item, version)
    return {
        "reading_zh": level.sentence,
        "reading_en": level.grade,
        "text_zh": hash_text(version, "zh"),
        "text_en": hash_text(version, "en"),
    }


def hash_text(version: EducationVersion, language: str) -> str:
    """Return the SHA-256 of the text of a version in a language (`zh`, `en`), as it is recorded."""
    text = "\n".join(getattr(version, f"{name}_{language}") for name in _TEXTS)
    return hashlib.sha256(text.encode()).hexdigest()


def missing_shipped(owner: Organization) -> list[ShippedItem]:
    """Return the shipped items that an organisation has not taken over."""
    taken = set(_UNSCOPED.rows(EducationItem).filter(owner=owner).values_list("slug", flat=True))
    return [item for slug, item in shipped_items().items() if slug not in taken]


def submit_shipped(owner: Organization, actor: Actor, now: datetime) -> list[str]:
    """Take over the shipped items that are missing and submit each; return the refs of their processes."""
    refs = []
    with recorded():
        all_organizations().select_for_update().get(pk=owner.pk)
        for item in missing_shipped(owner):
            version = create_item(owner, _shipped_draft(item), now, shipped=True)
            refs.append(submit_version(version, actor, now, shipped=True))
    return refs


def waiting_shipped(owner: Organization) -> QuerySet[EducationVersion]:
    """Return the versions of the shipped set that wait for their check."""
    rows = _UNSCOPED.rows(EducationVersion).filter(owner=owner, item__is_shipped=True, state=VersionState.DRAFT)
    return rows.filter(number=1).select_related("item").order_by("item__kind", "item__slug")


def approve_shipped(owner: Organization, actor: Actor, checked: str, now: datetime) -> int:
    """Approve and publish the waiting items of the shipped set together; return their number. Raise Refusal."""
    with recorded():
        versions = list(waiting_shipped(owner))
        for version in versions:
            fire(version.process, "publish_at_once", actor, {"checked": checked}, at=now)
    return len(versions)


def _shipped_draft(item: ShippedItem) -> VersionDraft:
    return VersionDraft(
        kind=item.kind,
        slug=item.slug,
        situation=item.situation,
        fraud_type=item.fraud_type,
        audience=item.audience,
        teaches=item.teaches,
        title_zh=item.zh.title,
        title_en=item.en.title,
        summary_zh=item.zh.summary,
        summary_en=item.en.summary,
        body_zh=item.zh.body,
        body_en=item.en.body,
    )


def _create_version(item: EducationItem, draft: VersionDraft, now: datetime) -> EducationVersion:
    latest = _UNSCOPED.rows(EducationVersion).filter(item=item).aggregate(latest=Max("number"))["latest"] or 0
    return EducationVersion.objects.create(
        owner_id=item.owner_id,
        item=item,
        number=latest + 1,
        urgency=draft.urgency,
        figures=dict(draft.figures),
        created_at=now,
        **draft.texts,
    )
