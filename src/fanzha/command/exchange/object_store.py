"""Add objects to a collection, in one order of ids, times and commits, and find a page of them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from django.db.models import Q, QuerySet

from fanzha.base.marking import Marking
from fanzha.command.exchange.models import Collection, SharedObject
from fanzha.command.web.database import bulk
from fanzha.command.web.scoping import unscoped

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("objects of a collection whose access was checked before")

_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CHUNK = 500
#: Objects, without their versions, of one block: an event of a MISP feed.
BLOCK_OBJECTS = 1_000
_COLUMNS = (
    "collection_id", "stix_id", "stix_type", "version", "version_at", "added_at", "is_first", "is_last", "is_revoked",
    "marking", "source_id", "body", "about", "leaves_as", "block",
)  # fmt: skip
_CHANGING = frozenset({"modified"})


class EncodedObject(NamedTuple):
    """An object as it is stored: `version_at` is in UTC microseconds."""

    stix_id: str
    stix_type: str
    version: str
    version_at: int
    is_revoked: bool
    marking: str
    body: bytes
    about: str = ""
    leaves_as: str = ""


class LastVersion(NamedTuple):
    """The last version of an object in a collection: row, time, content, and who added it (primary key)."""

    pk: int
    version_at: int
    body: Mapping[str, Any]
    source_pk: int
    leaves_as: str = ""
    block: int = 0


def encode_object(one: Mapping[str, Any], marking: Marking, about: str = "", leaves_as: str = "") -> EncodedObject:
    """Return an object encoded. Raise ValueError or KeyError if it has no id, type or valid version."""
    version = str(one.get("modified") or one.get("created") or "1970-01-01T00:00:00Z")
    moment = datetime.fromisoformat(version)
    version_at = (moment.replace(tzinfo=moment.tzinfo or UTC) - _EPOCH) // _MICROSECOND
    return EncodedObject(
        str(one["id"]), str(one["type"]), version, version_at, one.get("revoked") is True, marking.value,
        msgspec.json.encode(one), about, leaves_as,
    )  # fmt: skip


def lock_collection(pk: int) -> Collection:
    """Lock a collection until the transaction ends."""
    return _UNSCOPED.rows(Collection).select_for_update().get(pk=pk)


def find_last_versions(collection: Collection, stix_ids: Iterable[str]) -> dict[str, LastVersion]:
    """Return the last versions of some objects by id."""
    wanted, found = sorted(set(stix_ids)), dict[str, LastVersion]()
    for start in range(0, len(wanted), _CHUNK):
        rows = _UNSCOPED.rows(SharedObject).filter(
            collection=collection, stix_id__in=wanted[start : start + _CHUNK], is_last=True
        )
        columns = ("pk", "stix_id", "version_at", "body", "source_id", "block")
        for pk, stix_id, version_at, body, source_pk, block in rows.order_by().values_list(*columns):
            found[stix_id] = LastVersion(pk, version_at, msgspec.json.decode(bytes(body)), source_pk, block=block)
    return found


def find_objects_about(collection: Collection, about: Iterable[str]) -> dict[str, tuple[str, LastVersion]]:
    """Return the last versions of objects about some subjects and campaigns, by id, each with its digest."""
    wanted, found = sorted(set(about)), dict[str, tuple[str, LastVersion]]()
    for start in range(0, len(wanted), _CHUNK):
        rows = _UNSCOPED.rows(SharedObject).filter(
            collection=collection, about__in=wanted[start : start + _CHUNK], is_last=True
        )
        columns = ("pk", "stix_id", "version_at", "about", "body", "source_id", "leaves_as")
        for pk, stix_id, version_at, digest, body, source_pk, kind in (
            rows.exclude(about="").order_by("pk").values_list(*columns)
        ):
            found[stix_id] = (digest, LastVersion(pk, version_at, msgspec.json.decode(bytes(body)), source_pk, kind))
    return found


def find_bodies_of(collection: Collection, source_pk: int, most: int) -> list[Mapping[str, Any]]:
    """Return the contents of the latest standing objects in a collection that an organisation added (primary key)."""
    rows = _UNSCOPED.rows(SharedObject).filter(
        collection=collection, source=source_pk, is_last=True, is_revoked=False, stix_type__in=("indicator", "opinion")
    )
    bodies = rows.order_by("-pk").values_list("body", flat=True)[:most]
    return [msgspec.json.decode(bytes(body)) for body in bodies]


def find_standing_bodies(owner: int, stix_ids: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Return the standing indicators that an organisation (primary key) states in its collections, by id."""
    collections = _UNSCOPED.rows(Collection).filter(owner=owner, retired_at=None)
    pks = list(collections.order_by().values_list("pk", flat=True))
    wanted, found = sorted(set(stix_ids)), dict[str, Mapping[str, Any]]()
    for start in range(0, len(wanted), _CHUNK):
        rows = _UNSCOPED.rows(SharedObject).filter(
            collection__in=pks, stix_id__in=wanted[start : start + _CHUNK], stix_type="indicator", source=owner
        )
        for stix_id, body in rows.filter(is_last=True, is_revoked=False).order_by().values_list("stix_id", "body"):
            found[stix_id] = msgspec.json.decode(bytes(body))
    return found


def is_same(one: Mapping[str, Any], last: LastVersion) -> bool:
    """Return whether an object says nothing that its last version does not say."""
    return all(one.get(name) == last.body.get(name) for name in {*one, *last.body} - _CHANGING)


def add_objects(
    collection: Collection, objects: Sequence[EncodedObject], source: Organization | int, at: datetime
) -> int:
    """Add the objects that are new versions, in a transaction that locked the collection; return how many.

    Every row gets a time of its own, later than all before, so that readers of objects added since a moment miss none,
    also if transactions end in another order than they began. Only the organisation that added an object changes it;
    the owner of the collection may also replace objects of others, with any time.
    """
    source_pk = source if isinstance(source, int) else source.pk
    last = find_last_versions(collection, (one.stix_id for one in objects))
    added_at = max(at, collection.last_added_at + _MICROSECOND) if collection.last_added_at else at
    rows: dict[str, tuple[Any, ...]] = {}
    superseded: list[int] = []
    first_versions = collection.first_versions
    for one in objects:
        before = last.get(one.stix_id)
        if one.stix_id in rows or (before is not None and not _replaces(one, before, source_pk, collection)):
            continue
        if before is not None:
            superseded.append(before.pk)
        block = first_versions // BLOCK_OBJECTS if before is None else before.block
        first_versions += before is None
        rows[one.stix_id] = (
            collection.pk, one.stix_id, one.stix_type, one.version, one.version_at, added_at, before is None, True,
            one.is_revoked, one.marking, source_pk, one.body, one.about, one.leaves_as, block,
        )  # fmt: skip
        added_at += _MICROSECOND
    if not rows:
        return 0
    for start in range(0, len(superseded), _CHUNK):
        _UNSCOPED.rows(SharedObject).filter(pk__in=superseded[start : start + _CHUNK]).update(is_last=False)
    bulk.insert(SharedObject, _COLUMNS, list(rows.values()))
    collection.last_added_at = added_at - _MICROSECOND
    collection.first_versions = first_versions
    _UNSCOPED.rows(Collection).filter(pk=collection.pk).update(
        last_added_at=collection.last_added_at, first_versions=first_versions
    )
    return len(rows)


def _replaces(one: EncodedObject, before: LastVersion, source_pk: int, collection: Collection) -> bool:
    """Return whether an object of a source takes the place of the last version."""
    if before.source_pk != source_pk:
        return source_pk == collection.owner_id and one.version_at != before.version_at
    return one.version_at > before.version_at


class ObjectFilter(NamedTuple):
    """Which objects of a collection a request asks for (TAXII 2.1 §3.4); `after` is the id of the row before."""

    after: int = 0
    added_after: datetime | None = None
    ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    versions: tuple[str, ...] = ("last",)
    spec_versions: tuple[str, ...] = ()


def select_objects(collection: Collection, wanted: ObjectFilter, markings: Iterable[str]) -> QuerySet[SharedObject]:
    """Return the wanted objects of a collection under some markings, in the order of their ids."""
    rows = _UNSCOPED.rows(SharedObject).filter(collection=collection, marking__in=list(markings))
    if wanted.spec_versions and "2.1" not in wanted.spec_versions:
        return rows.none()
    after = wanted.after
    if wanted.added_after is not None:
        first = rows.filter(added_at__gt=wanted.added_after).order_by("added_at").values_list("pk", flat=True).first()
        if first is None:
            return rows.none()
        after = max(after, first - 1)
    if after:
        rows = rows.filter(pk__gt=after)
    if wanted.ids:
        rows = rows.filter(stix_id__in=wanted.ids)
    if wanted.types:
        rows = rows.filter(stix_type__in=wanted.types)
    return rows.filter(_of_versions(wanted.versions)).order_by("pk")


def _of_versions(versions: Iterable[str]) -> Q:
    condition = Q()
    for version in versions:
        match version:
            case "all":
                return Q()
            case "last":
                condition |= Q(is_last=True)
            case "first":
                condition |= Q(is_first=True)
            case _:
                condition |= Q(version=version)
    return condition
