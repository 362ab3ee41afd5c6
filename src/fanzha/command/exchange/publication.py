"""Bring verdicts and confirmed campaigns into the collections of their owner, and revoke what was withdrawn.

A worker does this within seconds of a decision: what changed waits in `PendingShare`, written by the transaction of the
change. Objects are encoded here once; requests only join them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Collection as AnyOf
from datetime import datetime
from itertools import count
from typing import Any, NamedTuple

import msgspec
from django.db.models import F

from fanzha.base.clock import iso, moment_ms, to_ms
from fanzha.base.ids import digest
from fanzha.base.marking import STRICTNESS, Marking
from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.claims.verdict import LEVELS, Level
from fanzha.command.audit.services import recorded
from fanzha.command.campaigns.selectors import find_campaigns
from fanzha.command.exchange.models import CEILINGS, Collection, CollectionReader, PendingShare, WithheldCount
from fanzha.command.exchange.object_store import (
    EncodedObject,
    LastVersion,
    add_objects,
    encode_object,
    find_objects_about,
    is_same,
    lock_collection,
)
from fanzha.command.exchange.release import Destination, SharedItem, WithheldReason, release
from fanzha.command.exchange.shared_opinions import find_opinions
from fanzha.command.organizations.selectors import all_organizations
from fanzha.command.subjects.selectors import VerdictFacts, find_subjects, find_victims, select_verdict_facts
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.share.items import SharedCampaign, SharedVerdict, Source
from fanzha.share.stix import StixWriter, extension_objects, marking_object, revoke
from fanzha.share.stix.markings import read_marking
from fanzha.share.stix.objects import MAX_REPORT_REFS
from fanzha.store.keys import load_key

_UNSCOPED = unscoped("the worker shares the verdicts of all organisations")

KEY_NAME = "exchange"
#: Subjects of one transaction.
BATCH = 500


class Statements(NamedTuple):
    """What an organisation states now on some subjects: verdicts and the campaigns that they are in."""

    verdicts: list[SharedVerdict]
    campaigns: list[SharedCampaign]


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
    source = Source(
        ref=organization.ref,
        name_zh=organization.name_zh,
        name_en=organization.name_en,
        since=to_ms(organization.created_at),
    )
    facts = select_verdict_facts(owner, subject_pks)
    campaigns = _find_campaigns(owner, subject_pks)
    writer = StixWriter(source, load_key(KEY_NAME))
    identities = dict(find_subjects(_UNSCOPED).filter(pk__in=list(subject_pks)).values_list("pk", "identity"))
    batch = _Batch(identities, facts, campaigns)
    return sum(_share_in(lock_collection(pk), writer, batch, at) for pk in pks)


class _CampaignFacts(NamedTuple):
    """A campaign with its subjects in the batch; `is_confirmed` now."""

    ref: str
    title: Words
    fraud_type: str
    marking: str
    first_at: datetime
    last_at: datetime
    is_confirmed: bool
    simulated: bool
    subject_pks: frozenset[int]

    @property
    def about(self) -> str:
        """Return the digest under which its objects are found."""
        return digest("campaign", self.ref)


class _Batch(NamedTuple):
    """The subjects of one transaction, with verdicts and campaigns. `identities` are digests by primary key."""

    identities: dict[int, str]
    facts: list[VerdictFacts]
    campaigns: list[_CampaignFacts]


def _share_in(collection: Collection, writer: StixWriter, batch: _Batch, at: datetime) -> int:
    """Bring a batch into one collection, which is locked."""
    about = {*batch.identities.values(), *(campaign.about for campaign in batch.campaigns)}
    existing = find_objects_about(collection, about)
    names = _Names(writer, existing)
    statements = _state(collection, batch, names, at)
    released = release([*statements.campaigns, *statements.verdicts], _destination(collection))
    desired = _write(_without_withheld(released.items), writer, batch, names)
    if not collection.is_abroad:
        desired |= _write_opinions(collection, writer, batch, existing, at)
    changed = [*_new_versions(desired, existing, at), *_revocations(desired, existing, at)]
    frame = _frame(collection, writer) if changed and collection.last_added_at is None else []
    added = add_objects(collection, [*frame, *changed], collection.owner_id, at)
    _count_withheld(collection, released.withheld, at)
    if added:
        _log(collection, added, sum(one.is_revoked for one in changed), released.withheld, at)
    return added


def _without_withheld(items: Sequence[SharedItem]) -> list[SharedItem]:
    """Return released items; campaigns name only verdicts that were released with them."""
    keys = {item.key for item in items if isinstance(item, SharedVerdict)}
    return [
        item
        if isinstance(item, SharedVerdict)
        else msgspec.structs.replace(item, subjects=tuple(key for key in item.subjects if key in keys))
        for item in items
    ]


class _Names:
    """Keys of statements. An object that was revoked never comes back (STIX 2.1 §3.6): what is stated again is new."""

    def __init__(self, writer: StixWriter, existing: Mapping[str, tuple[str, LastVersion]]) -> None:
        self._writer, self._existing = writer, existing

    def verdict(self, base: str) -> str:
        """Return the key of a verdict."""
        return self._first_free(base, self._writer.indicator_id)

    def campaign(self, base: str) -> str:
        """Return the key of a campaign."""
        return self._first_free(base, self._writer.campaign_id)

    def is_shared(self, campaign_key: str) -> bool:
        """Return whether a campaign is in the collection."""
        return self._writer.campaign_id(campaign_key) in self._existing

    def _first_free(self, base: str, to_id: Callable[[str], str]) -> str:
        for number in count(1):
            key = base if number == 1 else f"{base}#{number}"
            found = self._existing.get(to_id(key))
            if found is None or not found[1].body.get("revoked"):
                return key
        raise AssertionError("count() never ends")


def _state(collection: Collection, batch: _Batch, names: _Names, at: datetime) -> Statements:
    """Return what the owner of a collection states in it."""
    confirmed = {campaign.ref: campaign for campaign in batch.campaigns if campaign.is_confirmed}
    keys = {ref: names.campaign(ref) for ref in confirmed}
    in_campaigns: dict[int, list[str]] = defaultdict(list)
    for ref, campaign in confirmed.items():
        for subject_pk in campaign.subject_pks:
            in_campaigns[subject_pk].append(keys[ref])
    verdicts = [
        _to_shared(facts, names.verdict(verdict_key(facts.identity, facts.scope)), in_campaigns[facts.subject_pk],
                   collection, at)
        for facts in _choose(collection, batch.facts)
    ]  # fmt: skip
    shared_keys = {key for verdict in verdicts for key in verdict.campaigns}
    campaigns = [
        _to_shared_campaign(campaign, keys[ref], verdicts, collection, at)
        for ref, campaign in confirmed.items()
        if keys[ref] in shared_keys or names.is_shared(keys[ref])
    ]
    return Statements(verdicts, campaigns)


def _choose(collection: Collection, facts: Iterable[VerdictFacts]) -> list[VerdictFacts]:
    """Return the verdicts that a collection is about; those on victims, who are nothing else, never are."""
    kinds, lowest = set(collection.kinds), LEVELS.index(Level(collection.level))
    chosen = [
        one
        for one in facts
        if (not kinds or one.subject_kind in kinds)
        and LEVELS.index(Level(one.level)) >= lowest
        and (one.has_decision or (collection.with_findings and one.has_finding))
    ]
    victims = find_victims({one.thing for one in chosen}).only if chosen else frozenset()
    return [one for one in chosen if one.thing not in victims]


def _to_shared(
    facts: VerdictFacts, key: str, campaigns: Sequence[str], collection: Collection, at: datetime
) -> SharedVerdict:
    has_sightings = facts.findings > 0 and facts.first_at is not None and facts.last_at is not None
    return SharedVerdict(
        key=key,
        subject_kind=facts.subject_kind,
        subject=facts.subject,
        level=Level(facts.level),
        score=facts.score,
        created_at=to_ms(at),
        modified_at=to_ms(at),
        valid_from=to_ms(facts.since),
        valid_until=None if facts.until is None else to_ms(facts.until),
        marking=Marking(facts.marking),
        fraud_type=facts.fraud_type,
        direction=facts.scope.direction,
        service=facts.scope.service,
        ingress=facts.scope.ingress,
        treatment=facts.treatment,
        reason=Words(mask_numbers(facts.reason.zh), mask_numbers(facts.reason.en)),
        licence=collection.licence,
        sightings=facts.findings if has_sightings else 0,
        first_seen=to_ms(facts.first_at) if has_sightings and facts.first_at else 0,
        last_seen=to_ms(facts.last_at) if has_sightings and facts.last_at else 0,
        campaigns=tuple(sorted(campaigns)),
        simulated=facts.simulated,
    )


def verdict_key(identity: str, scope: Iterable[str]) -> str:
    """Return the key of a verdict, by the identity of its subject and its scope."""
    return digest(identity, *scope)


def _to_shared_campaign(
    campaign: _CampaignFacts, key: str, verdicts: Iterable[SharedVerdict], collection: Collection, at: datetime
) -> SharedCampaign:
    return SharedCampaign(
        key=key,
        title=Words(mask_numbers(campaign.title.zh), mask_numbers(campaign.title.en)),
        fraud_type=campaign.fraud_type,
        created_at=to_ms(at),
        modified_at=to_ms(at),
        first_seen=to_ms(campaign.first_at),
        last_seen=to_ms(campaign.last_at),
        marking=Marking(campaign.marking),
        licence=collection.licence,
        subjects=tuple(sorted(verdict.key for verdict in verdicts if key in verdict.campaigns)),
        simulated=campaign.simulated,
    )


def _find_campaigns(owner: int, subject_pks: AnyOf[int]) -> list[_CampaignFacts]:
    """Return the campaigns of an organisation that some subjects are in as suspects."""
    rows = find_campaigns(_UNSCOPED).filter(
        owner=owner, placements__subject__in=list(subject_pks), placements__is_victim=False
    )
    pairs = list(rows.order_by().values_list("pk", "placements__subject"))
    subjects: dict[int, set[int]] = defaultdict(set)
    for pk, subject_pk in pairs:
        subjects[pk].add(subject_pk)
    campaigns = find_campaigns(_UNSCOPED).in_bulk(sorted(subjects))
    return [
        _CampaignFacts(
            one.ref, one.title, one.fraud_type, one.marking, one.first_at, one.last_at,
            one.confirmed_at is not None and one.merged_into_id is None, one.simulated, frozenset(subjects[pk]),
        )
        for pk, one in campaigns.items()
    ]  # fmt: skip


def _destination(collection: Collection) -> Destination:
    readers = _UNSCOPED.rows(CollectionReader).filter(collection=collection, ended_at=None)
    pks = frozenset(readers.values_list("reader_id", flat=True))
    organizations = all_organizations().filter(pk__in=[*pks, collection.owner_id])
    is_simulated = all(organizations.values_list("simulated", flat=True))
    return Destination(collection.ref, Marking(collection.ceiling), collection.is_abroad, is_simulated, pks)


class _Desired(NamedTuple):
    """An object as it should be, with its marking and what it is about."""

    body: dict[str, Any]
    marking: Marking
    about: str


def _write(items: Iterable[SharedItem], writer: StixWriter, batch: _Batch, names: _Names) -> dict[str, _Desired]:
    """Return the objects of statements by id."""
    about = {names.verdict(verdict_key(facts.identity, facts.scope)): facts.identity for facts in batch.facts}
    about |= {names.campaign(campaign.ref): campaign.about for campaign in batch.campaigns}
    desired: dict[str, _Desired] = {}
    for item in items:
        objects = writer.write_verdict(item) if isinstance(item, SharedVerdict) else writer.write_campaign(item)
        for one in objects:
            of_nothing = one["type"] in ("marking-definition", "course-of-action")
            desired.setdefault(one["id"], _Desired(one, item.marking, "" if of_nothing else about[item.key]))
    return desired


def _write_opinions(
    collection: Collection,
    writer: StixWriter,
    batch: _Batch,
    existing: Mapping[str, tuple[str, LastVersion]],
    at: datetime,
) -> dict[str, _Desired]:
    """Return what people think of others' statements on the subjects; a revoked opinion never comes back."""
    desired: dict[str, _Desired] = {}
    for found in find_opinions(collection, batch.identities, at):
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
    for stix_id, (body, marking, about) in desired.items():
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
        yield encode_object(body, marking, about)


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
            yield encode_object(revoke(last.body, _later_than(last, at)), marking, about)


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
