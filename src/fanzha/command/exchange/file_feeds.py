"""Collections as files for readers without TAXII: a MISP feed of one event a block, and a table in pages.

Each file is one range of rows, so that the last one costs what the first one does. What is in it passed the same gates
as the objects of TAXII, because it is made of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from django.db.models import Max, QuerySet

from fanzha.base.clock import to_ms
from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.command.exchange.models import SharedObject
from fanzha.command.exchange.object_store import BLOCK_OBJECTS, ObjectFilter, select_objects
from fanzha.command.exchange.selectors import CollectionAccess
from fanzha.share.csv_table import write_table
from fanzha.share.items import ReceivedVerdict, SharedVerdict, SharingOrganization
from fanzha.share.misp import FeedBlock, block_event_id, write_block, write_manifest
from fanzha.share.number_scan import holds_number
from fanzha.share.stix import read_objects
from fanzha.store.keys import load_key

KEY_NAME = "exchange"
INDICATORS = ObjectFilter(types=("indicator",))


class FeedPart(NamedTuple):
    """A file with its rows (primary keys); `next_row` is the last of them if more follow, else 0."""

    body: bytes
    rows: list[int]
    next_row: int = 0


def build_manifest(access: CollectionAccess, now: datetime) -> bytes:
    """Return the manifest of a collection as a MISP feed.

    Times in it are whole seconds. What changed within the present second is left to the next request, so that no later
    change has the time of one that was read.
    """
    rows = _select(access).filter(added_at__lt=now.replace(microsecond=0))
    blocks = rows.order_by("block").values_list("block").annotate(changed_at=Max("added_at"))
    source = _source(access)
    found = (_block(access, number, changed_at) for number, changed_at in blocks)
    return write_manifest(source, load_key(KEY_NAME), found)


def build_event(access: CollectionAccess, event_id: str) -> FeedPart | None:
    """Return the event of a block with its id; None if there is none."""
    number = _find_block(access, event_id)
    if number is None:
        return None
    rows = list(_select(access).filter(block=number).order_by("pk").values_list("pk", "body", "added_at"))
    if not rows:
        return None
    verdicts = [verdict for _pk, body, _at in rows for verdict in _read(bytes(body), access.collection.licence)]
    block = _block(access, number, max(at for _pk, _body, at in rows))
    body = write_block(_source(access), load_key(KEY_NAME), block, verdicts)
    return FeedPart(body, [pk for pk, _body, _at in rows])


def build_table(access: CollectionAccess, after: int, limit: int) -> FeedPart:
    """Return a page of a collection as a CSV table, after a row."""
    rows = list(_select(access, after).values_list("pk", "body")[: limit + 1])
    page = rows[:limit]
    verdicts = (verdict for _pk, body in page for verdict in _read(bytes(body), access.collection.licence))
    body = "".join(write_table(verdicts)).encode()
    return FeedPart(body, [pk for pk, _body in page], page[-1][0] if len(rows) > limit else 0)


def _select(access: CollectionAccess, after: int = 0) -> QuerySet[SharedObject]:
    """Return the indicators of the owner: what readers added bears other names and licences, and is read by TAXII."""
    collection = access.collection
    rows = select_objects(collection, INDICATORS._replace(after=after), access.markings)
    return rows.filter(access.admitted, source=collection.owner_id)


def _find_block(access: CollectionAccess, event_id: str) -> int | None:
    """Return the number of the block of an event. Ids are keyed, so each is computed until one is equal."""
    key, last = load_key(KEY_NAME), access.collection.first_versions // BLOCK_OBJECTS
    return next(
        (number for number in range(last + 1) if block_event_id(key, _block_key(access, number)) == event_id), None
    )


def _block_key(access: CollectionAccess, number: int) -> str:
    return f"{access.collection.ref} {number}"


def _block(access: CollectionAccess, number: int, changed_at: datetime) -> FeedBlock:
    collection = access.collection
    is_plain = access.passage is None or not holds_number(f"{collection.title_zh} / {collection.title_en}")
    title = Words(collection.title_zh, collection.title_en) if is_plain else Words(collection.ref, collection.ref)
    words = Words(f"{title.zh}（第{number + 1}部分）", f"{title.en} (part {number + 1})")
    return FeedBlock(_block_key(access, number), words, to_ms(changed_at), Marking(collection.ceiling))


def _source(access: CollectionAccess) -> SharingOrganization:
    owner = access.collection.owner
    return SharingOrganization(
        ref=owner.ref, name_zh=owner.name_zh, name_en=owner.name_en, since=to_ms(owner.created_at)
    )


def _read(body: bytes, licence: str) -> list[SharedVerdict]:
    """Return what an indicator states; nothing if its pattern says more than one value."""
    one = msgspec.json.decode(body)
    is_withdrawn = one.pop("revoked", False) is True
    verdicts = read_objects([one]).verdicts
    return _to_shared(verdicts, licence, is_withdrawn=is_withdrawn) if len(verdicts) == 1 else []


def _to_shared(verdicts: Sequence[ReceivedVerdict], licence: str, *, is_withdrawn: bool) -> list[SharedVerdict]:
    return [
        SharedVerdict(
            key=verdict.object_id,
            subject_kind=verdict.subject_kind,
            subject=verdict.subject,
            level=verdict.level,
            score=1.0 if verdict.score is None else verdict.score,
            created_at=verdict.created_at,
            modified_at=verdict.modified_at,
            valid_from=verdict.valid_from,
            valid_until=verdict.valid_until,
            marking=verdict.marking or Marking.AMBER,
            fraud_type=verdict.fraud_type,
            direction=verdict.direction,
            service=verdict.service,
            ingress=verdict.ingress,
            reason=Words(verdict.reason, verdict.reason),
            licence=licence,
            is_withdrawn=is_withdrawn,
            simulated=verdict.simulated,
        )
        for verdict in verdicts
    ]
