"""Make collections, let organisations read them, and end both. Each act is an entry of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.marking import STRICTNESS, Marking
from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.audit.services import recorded
from fanzha.command.exchange.models import CEILINGS, Collection, CollectionReader, GivenCount, PendingShare
from fanzha.command.organizations.selectors import get_actor_ref, get_organization
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal
from fanzha.share.number_scan import holds_number
from fanzha.share.personal_data import shareable_kinds

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("collections and grants of the viewer's own organisation")

_MIN_TEXT = 4
MAX_COLLECTIONS = 50


@dataclass(frozen=True)
class CollectionDraft:
    """What a collection is about, before it is made."""

    title: Words
    ceiling: Marking = Marking.AMBER
    kinds: Sequence[str] = ()
    level: Level = Level.SUSPECTED
    with_findings: bool = False
    is_abroad: bool = False
    licence: str = ""


def make_collection(draft: CollectionDraft, viewer: Viewer, at: datetime | None = None) -> Collection:
    """Make a collection of the viewer's organisation; what it states already is brought in. Raise Refusal."""
    now = at or timezone.now()
    _check(draft)
    owner = get_organization(viewer.organization)
    with recorded() as log:
        if _UNSCOPED.rows(Collection).filter(owner=owner, retired_at=None).count() >= MAX_COLLECTIONS:
            raise Refusal(
                Reason.STATE, Words(f"至多 {MAX_COLLECTIONS} 个集合", f"at most {MAX_COLLECTIONS} collections")
            )
        row = _UNSCOPED.rows(Collection).create(
            owner=owner,
            title_zh=draft.title.zh.strip()[:120],
            title_en=draft.title.en.strip()[:120],
            ceiling=draft.ceiling.value,
            kinds=sorted(set(draft.kinds)),
            level=draft.level.value,
            with_findings=draft.with_findings,
            is_abroad=draft.is_abroad,
            licence=draft.licence.strip()[:300],
            made_by_id=viewer.person,
            created_at=now,
        )
        queue_all(owner.pk, now)
        facts = {"ceiling": row.ceiling, "kinds": row.kinds, "abroad": row.is_abroad, "level": row.level}
        log.add(_draft("collection_made", row, viewer, now, facts))
    return row


def grant_reader(
    collection: Collection,
    reader: Organization,
    purpose: str,
    viewer: Viewer,
    *,
    country: str = "",
    may_add: bool = False,
) -> CollectionReader:
    """Let an organisation read a collection for a purpose. Raise Refusal."""
    now, faults = timezone.now(), dict[str, Words]()
    _check_owner(collection, viewer)
    if len(purpose.strip()) < _MIN_TEXT:
        faults["purpose"] = Words("请写明用途", "say what for")
    if reader.pk == collection.owner_id:
        faults["reader"] = Words("请选择其他单位", "choose another organisation")
    country = (reader.country or country).upper()
    if country and not collection.is_abroad:
        faults["country"] = Words("此集合仅供境内单位", "this collection is for readers in the country")
    if may_add and collection.is_abroad and not country:
        faults["may_add"] = Words(
            "境内单位不得向出境集合添加内容", "nobody at home adds to a collection for another country"
        )
    if faults:
        raise Refusal(Reason.EVIDENCE, Words("信息不全", "Something is missing"), fields=faults)
    with recorded() as log:
        row, is_new = _UNSCOPED.rows(CollectionReader).get_or_create(
            collection=collection,
            reader=reader,
            ended_at=None,
            defaults={
                "purpose": purpose.strip()[:200],
                "country": country[:2],
                "may_add": may_add,
                "given_by_id": viewer.person,
                "since": now,
            },
        )
        if not is_new:
            raise Refusal(Reason.STATE, Words("该单位已可读取", "It can read the collection already"))
        facts = {"reader": reader.ref, "purpose": row.purpose, "country": row.country, "may_add": may_add}
        log.add(_draft("collection_reader", collection, viewer, now, facts))
        if row.country:
            queue_all(collection.owner_id, now)
    return row


def end_grant(row: CollectionReader, viewer: Viewer) -> None:
    """Let an organisation read a collection no longer. Raise Refusal."""
    now = timezone.now()
    _check_owner(row.collection, viewer)
    with recorded() as log:
        if not _UNSCOPED.rows(CollectionReader).filter(pk=row.pk, ended_at=None).update(ended_at=now):
            raise Refusal(Reason.STATE, Words("已停止读取", "It has ended"))
        log.add(_draft("collection_reader_ended", row.collection, viewer, now, {"reader": row.reader.ref}))


def retire_collection(collection: Collection, viewer: Viewer) -> None:
    """End a collection: it can no longer be read. Raise Refusal."""
    now = timezone.now()
    _check_owner(collection, viewer)
    with recorded() as log:
        if not _UNSCOPED.rows(Collection).filter(pk=collection.pk, retired_at=None).update(retired_at=now):
            raise Refusal(Reason.STATE, Words("该集合已停用", "This collection has ended"))
        log.add(_draft("collection_retired", collection, viewer, now, {}))


def log_given(now: datetime) -> int:
    """Put on record what was given in each hour that is over; return how many counts there were."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    rows = list(
        _UNSCOPED.rows(GivenCount)
        .filter(logged_at=None, hour__lt=hour)
        .select_related("collection__owner", "receiver")[:1_000]
    )
    if not rows:
        return 0
    with recorded() as log:
        for row in rows:
            facts = {"receiver": row.receiver.ref, "objects": row.objects_given, "requests": row.requests}
            owner = row.collection.owner.ref
            log.add(Draft("objects_given", to_ms(row.hour), "", owner, about=row.collection.ref, facts=facts))
        _UNSCOPED.rows(GivenCount).filter(pk__in=[row.pk for row in rows]).update(logged_at=now)
    return len(rows)


def _check(draft: CollectionDraft) -> None:
    faults: dict[str, Words] = {}
    if len(draft.title.zh.strip()) < 2 or len(draft.title.en.strip()) < 2:
        faults["title"] = Words("请填写中英文名称", "give it a name in both languages")
    if draft.ceiling not in CEILINGS:
        faults["ceiling"] = Words("TLP:RED 一律不外传", "TLP:RED never leaves")
    if draft.is_abroad and STRICTNESS[draft.ceiling.value] < STRICTNESS[Marking.AMBER.value]:
        faults["ceiling"] = Words("出境集合的标记至多为 TLP:AMBER", "what goes abroad is TLP:AMBER at most")
    if draft.is_abroad and any(map(holds_number, (*draft.title, draft.licence))):
        faults["title"] = Words("出境集合的名称、许可中不得有号码", "name and licence must not hold a number")
    if set(draft.kinds) - set(shareable_kinds()):
        faults["kinds"] = Words("此类对象不交换", "a kind that is never exchanged")
    if draft.level is Level.CLEAR:
        faults["level"] = Words("只共享关注或涉诈嫌疑的结论", "only watch and suspected are shared")
    if faults:
        raise Refusal(Reason.EVIDENCE, Words("信息不全", "Something is missing"), fields=faults)


def _check_owner(collection: Collection, viewer: Viewer) -> None:
    if collection.owner_id != viewer.organization:
        raise Refusal(Reason.ROLE, Words("只有所属单位可以管理", "Only its owner manages a collection"))


def queue_all(owner: int, now: datetime) -> None:
    """Queue every subject on which an organisation (primary key) has a verdict, by one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {PendingShare._meta.db_table} (owner_id, subject_id, queued_at)"
            " SELECT DISTINCT owner_id, subject_id, %s FROM subjects_verdictrow"
            " WHERE owner_id = %s AND superseded_at IS NULL",
            [now, owner],
        )


def _draft(kind: str, collection: Collection, viewer: Viewer, at: datetime, facts: dict[str, object]) -> Draft:
    owner = get_organization(viewer.organization).ref
    return Draft(kind, to_ms(at), get_actor_ref(viewer, owner), owner, about=collection.ref, facts=facts)
