"""Bring verdicts and confirmed campaigns into the collections of their owner, and revoke what was withdrawn.

A worker does this within seconds of a decision: what changed waits in `PendingShare`, written by the transaction of the
change. Objects are encoded here once; requests only join them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection as AnyOf
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db.models import F

from fanzha.base.clock import iso, moment_ms, to_ms
from fanzha.base.marking import STRICTNESS, Marking
from fanzha.command.audit.services import recorded
from fanzha.command.exchange.feed_items import withdraw_opinions_on
from fanzha.command.exchange.licence_checks import find_unlicensed
from fanzha.command.exchange.models import CEILINGS, Collection, CollectionReader, PendingShare, WithheldCount
from fanzha.command.exchange.object_store import (
    EncodedObject,
    LastVersion,
    add_objects,
    encode_object,
    find_objects_about,
    find_standing_bodies,
    is_same,
    lock_collection,
)
from fanzha.command.exchange.release import Destination, SharedItem, WithheldReason, release
from fanzha.command.exchange.shared_opinions import find_opinions
from fanzha.command.exchange.statements import Batch, ObjectNames, find_campaign_facts, find_statements, verdict_key
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.subjects.selectors import find_subjects, select_verdict_facts
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.share.foreign_items import leaves_as
from fanzha.share.items import SharedVerdict, SharingOrganization
from fanzha.share.stix import StixWriter, extension_objects, marking_object, revoke
from fanzha.share.stix.markings import read_marking
from fanzha.share.stix.objects import MAX_REPORT_REFS
from fanzha.store.keys import load_key

_UNSCOPED = unscoped("the worker shares the verdicts of all organisations")

KEY_NAME = "exchange"
#: Subjects of one transaction.
BATCH = 500


def share_pending(now: datetime) -> int:
    """Bring all queued subjects into the collections of their owners; return how many objects were added."""
    added = 0
    while rows := list(_UNSCOPED.rows(PendingShare).order_by("pk").values_list("pk", "owner_id", "subject_id")[:BATCH]):
        by_owner: dict[int, set[int]] = defaultdict(set)
        for _, owner, subject in rows:
            by_owner[owner].add(subject)
        with recorded():
            for owner, subject_pks in sorted(by_owner.items()):
                added += share_subjects(owner, subject_pks, now)
            _UNSCOPED.rows(PendingShare).filter(pk__in=[pk for pk, _, _ in rows]).delete()
    return added


def share_subjects(owner: int, subject_pks: AnyOf[int], at: datetime) -> int:
    """Bring what an organisation (primary key) states on some subjects into its collections; return objects added."""
    collections = _UNSCOPED.rows(Collection).filter(owner=owner, retired_at=None).order_by("pk")
    pks = list(collections.values_list("pk", flat=True))
    if not pks:
        return 0
    organization = all_organizations().get(pk=owner)
    source = SharingOrganization(
        ref=organization.ref,
        name_zh=organization.name_zh,
        name_en=organization.name_en,
        since=to_ms(organization.created_at),
    )
    facts = select_verdict_facts(owner, subject_pks)
    campaigns = find_campaign_facts(owner, subject_pks)
    writer = StixWriter(source, load_key(KEY_NAME))
    identities = dict(find_subjects(_UNSCOPED).filter(pk__in=list(subject_pks)).values_list("pk", "identity"))
    batch = Batch(identities, facts, campaigns, find_unlicensed(owner, facts))
    return sum(_share_in(lock_collection(pk), writer, batch, at) for pk in pks)


def _share_in(collection: Collection, writer: StixWriter, batch: Batch, at: datetime) -> int:
    """Bring a batch into one collection, which is locked."""
    about = {*batch.identities.values(), *(campaign.about for campaign in batch.campaigns)}
    existing = find_objects_about(collection, about)
    names = ObjectNames(writer, existing)
    statements = find_statements(collection, batch, names, at)
    released = release([*statements.campaigns, *statements.verdicts], _destination(collection))
    desired = _write(_without_withheld(released.items), writer, batch, names)
    if not collection.is_abroad:
        desired |= _write_opinions(collection, writer, batch, existing, at)
    changed = [*_new_versions(desired, existing, at), *_revocations(desired, existing, at)]
    frame = _frame(collection, writer) if changed and collection.last_added_at is None else []
    added = add_objects(collection, [*frame, *changed], collection.owner_id, at)
    _count_withheld(collection, released.withheld, at)
    _withdraw_opinions_on({one.stix_id for one in changed if one.is_revoked}, collection.owner_id, at)
    if added:
        _log(collection, added, sum(one.is_revoked for one in changed), released.withheld, at)
    return added


def _withdraw_opinions_on(revoked: set[str], owner: int, at: datetime) -> None:
    """Withdraw what partners think of indicators that no collection of the owner states any more."""
    if revoked:
        withdraw_opinions_on(owner, revoked - find_standing_bodies(owner, revoked).keys(), at)


def _without_withheld(items: Sequence[SharedItem]) -> list[SharedItem]:
    """Return released items; campaigns name only verdicts that were released with them."""
    keys = {item.key for item in items if isinstance(item, SharedVerdict)}
    return [
        item
        if isinstance(item, SharedVerdict)
        else msgspec.structs.replace(item, subjects=tuple(key for key in item.subjects if key in keys))
        for item in items
    ]


def _destination(collection: Collection) -> Destination:
    readers = _UNSCOPED.rows(CollectionReader).filter(collection=collection, ended_at=None)
    pks = frozenset(readers.values_list("reader_id", flat=True))
    organizations = all_organizations().filter(pk__in=[*pks, collection.owner_id])
    is_simulated = all(organizations.values_list("simulated", flat=True))
    marking = Marking(collection.ceiling)
    return Destination(collection.ref, marking, collection.is_abroad, is_simulated, pks, collection.owner_id)


class _Desired(NamedTuple):
    """An object as it should be, with its marking and what it is about."""

    body: dict[str, Any]
    marking: Marking
    about: str = ""
    leaves_as: str = ""


def _write(items: Iterable[SharedItem], writer: StixWriter, batch: Batch, names: ObjectNames) -> dict[str, _Desired]:
    """Return the objects of statements by id."""
    about = {names.verdict(verdict_key(facts.identity, facts.scope)): facts.identity for facts in batch.facts}
    about |= {names.campaign(campaign.ref): campaign.about for campaign in batch.campaigns}
    desired: dict[str, _Desired] = {}
    for item in items:
        objects = writer.write_verdict(item) if isinstance(item, SharedVerdict) else writer.write_campaign(item)
        for one in objects:
            of_nothing = one["type"] in ("marking-definition", "course-of-action")
            written = (
                _Desired(one, item.marking)
                if of_nothing
                else _Desired(one, item.marking, about[item.key], leaves_as(item))
            )
            desired.setdefault(one["id"], written)
    return desired


def _write_opinions(
    collection: Collection,
    writer: StixWriter,
    batch: Batch,
    existing: Mapping[str, tuple[str, LastVersion]],
    at: datetime,
) -> dict[str, _Desired]:
    """Return what people think of others' statements on the subjects; a revoked opinion never comes back."""
    desired: dict[str, _Desired] = {}
    for found in find_opinions(collection, batch.identities, at):
        if found.opinion.about in batch.unlicensed.object_ids:
            continue
        body = writer.write_opinion(found.opinion)
        before = existing.get(body["id"])
        if before is None or not before[1].body.get("revoked"):
            desired[body["id"]] = _Desired(body, found.opinion.marking, batch.identities[found.subject_pk])
    return desired


def _new_versions(
    desired: Mapping[str, _Desired], existing: Mapping[str, tuple[str, LastVersion]], at: datetime
) -> Iterator[EncodedObject]:
    """Yield what is new, or says something else than before."""
    standing = {stix_id for stix_id, (_, last) in existing.items() if not last.body.get("revoked")}
    for stix_id, (body, marking, about, kind) in desired.items():
        found = existing.get(stix_id)
        if found is not None:
            last = found[1]
            body["created"] = last.body["created"]
            if body["type"] == "report":
                body["published"] = last.body["published"]
                gone = {ref for ref in standing - desired.keys() if ref.startswith("indicator--")}
                refs = {*last.body["object_refs"], *body["object_refs"]} - gone - {body["object_refs"][0]}
                body["object_refs"] = [body["object_refs"][0], *sorted(refs)[:MAX_REPORT_REFS]]
            if is_same(body, last):
                continue
            body["modified"] = iso(_later_than(last, at))
        yield encode_object(body, marking, about, kind)


def _revocations(
    desired: Mapping[str, _Desired], existing: Mapping[str, tuple[str, LastVersion]], at: datetime
) -> Iterator[EncodedObject]:
    """Yield the revocation of what is not stated any more. What ended at the time that it named needs none."""
    ended = {
        about
        for about, last in existing.values()
        if "valid_until" in last.body and moment_ms(last.body["valid_until"]) <= to_ms(at)
    }
    for stix_id, (about, last) in existing.items():
        if stix_id not in desired and not last.body.get("revoked") and about not in ended:
            marking = read_marking(last.body["object_marking_refs"]) or Marking.AMBER
            yield encode_object(revoke(last.body, _later_than(last, at)), marking, about, last.leaves_as)


def _later_than(last: LastVersion, at: datetime) -> int:
    return max(to_ms(at), last.version_at // 1_000 + 1)


def _frame(collection: Collection, writer: StixWriter) -> list[EncodedObject]:
    """Return what a reader needs to understand a collection: its owner, our extensions, and the markings."""
    admitted = [one for one in CEILINGS if STRICTNESS[one.value] >= STRICTNESS[collection.ceiling]]
    objects = [writer.identity(), *extension_objects(), *map(marking_object, admitted)]
    return [encode_object(one, Marking.CLEAR) for one in objects]


def _count_withheld(collection: Collection, withheld: Counter[WithheldReason], at: datetime) -> None:
    for reason, number in sorted(withheld.items()):
        row, _ = _UNSCOPED.rows(WithheldCount).get_or_create(
            collection=collection, reason=reason.value, defaults={"last_at": at}
        )
        _UNSCOPED.rows(WithheldCount).filter(pk=row.pk).update(count=F("count") + number, last_at=at)


def _log(collection: Collection, added: int, revoked: int, withheld: Counter[WithheldReason], at: datetime) -> None:
    facts = {"added": added, "revoked": revoked, "withheld": {name.value: number for name, number in withheld.items()}}
    with recorded() as log:
        log.add(Draft("objects_shared", to_ms(at), "", collection.owner.ref, about=collection.ref, facts=facts))
