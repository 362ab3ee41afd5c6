"""What an organisation states now on some subjects: verdicts that are its own, and the campaigns that they are in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Collection as AnyOf
from datetime import datetime
from itertools import count
from typing import NamedTuple

from fanzha.base.clock import to_ms
from fanzha.base.ids import digest
from fanzha.base.marking import Marking
from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.claims.verdict import LEVELS, Level
from fanzha.command.campaigns.selectors import find_campaigns
from fanzha.command.exchange.licence_checks import Unlicensed
from fanzha.command.exchange.models import Collection
from fanzha.command.exchange.object_store import LastVersion
from fanzha.command.subjects.selectors import VerdictFacts, find_victims
from fanzha.command.web.scoping import unscoped
from fanzha.share.items import SharedCampaign, SharedVerdict
from fanzha.share.stix import StixWriter

_UNSCOPED = unscoped("campaigns of the owner of a collection")


class Statements(NamedTuple):
    """What an organisation states now on some subjects: verdicts and the campaigns that they are in."""

    verdicts: list[SharedVerdict]
    campaigns: list[SharedCampaign]


class CampaignFacts(NamedTuple):
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


class Batch(NamedTuple):
    """The subjects of one transaction, with verdicts and campaigns. `identities` are digests by primary key."""

    identities: dict[int, str]
    facts: list[VerdictFacts]
    campaigns: list[CampaignFacts]
    unlicensed: Unlicensed = Unlicensed()


class ObjectNames:
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


def find_statements(collection: Collection, batch: Batch, names: ObjectNames, at: datetime) -> Statements:
    """Return what the owner of a collection states in it."""
    confirmed = {campaign.ref: campaign for campaign in batch.campaigns if campaign.is_confirmed}
    keys = {ref: names.campaign(ref) for ref in confirmed}
    in_campaigns: dict[int, list[str]] = defaultdict(list)
    for ref, campaign in confirmed.items():
        for subject_pk in campaign.subject_pks:
            in_campaigns[subject_pk].append(keys[ref])
    verdicts = [
        _to_shared(facts, names.verdict(verdict_key(facts.identity, facts.scope)), in_campaigns[facts.subject_pk],
                   collection, at, facts.subject_pk not in batch.unlicensed.subject_pks)
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
    facts: VerdictFacts, key: str, campaigns: Sequence[str], collection: Collection, at: datetime, is_licensed: bool
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
        may_be_passed_on=is_licensed,
    )


def verdict_key(identity: str, scope: Iterable[str]) -> str:
    """Return the key of a verdict, by the identity of its subject and its scope."""
    return digest(identity, *scope)


def _to_shared_campaign(
    campaign: CampaignFacts, key: str, verdicts: Iterable[SharedVerdict], collection: Collection, at: datetime
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


def find_campaign_facts(owner: int, subject_pks: AnyOf[int]) -> list[CampaignFacts]:
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
        CampaignFacts(
            one.ref, one.title, one.fraud_type, one.marking, one.first_at, one.last_at,
            one.confirmed_at is not None and one.merged_into_id is None, one.simulated, frozenset(subjects[pk]),
        )
        for pk, one in campaigns.items()
    ]  # fmt: skip
