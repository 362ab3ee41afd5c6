"""Write a feed of MISP: one event a campaign, and one a day for what belongs to none.

A feed is a folder of static files (misp-standard.org, "MISP core format" and the feed generator of PyMISP). Withdrawn
verdicts are attributes that are deleted.
"""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from fanzha.base.clock import from_ms
from fanzha.base.fraud_types import FRAUD_TYPES
from fanzha.base.marking import STRICTNESS, Marking
from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.kinds import all_kinds
from fanzha.share.items import SharedCampaign, SharedVerdict, SharingOrganization
from fanzha.share.stix.ids import keyed_id

#: Categories of MISP by attribute type; `Other` and no detection for all others.
_CATEGORIES = {
    "domain": "Network activity",
    "ip-dst": "Network activity",
    "AS": "Network activity",
    "sha256": "Payload delivery",
    "x509-fingerprint-sha256": "Network activity",
    "mobile-application-id": "Payload delivery",
    "phone-number": "Person",
    "cc-number": "Financial fraud",
    "iban": "Financial fraud",
    "btc": "Financial fraud",
    "bank-account-nr": "Financial fraud",
}
_COLOURS = {
    Marking.RED: "#ff2b2b",
    Marking.AMBER_STRICT: "#ffc000",
    Marking.AMBER: "#ffc000",
    Marking.GREEN: "#33ff00",
    Marking.CLEAR: "#ffffff",
}
_PLAIN = "#0c3b5e"
_IN_MANIFEST = ("Orgc", "Tag", "info", "date", "analysis", "threat_level_id", "timestamp")


class FeedFile(NamedTuple):
    """A file of a feed."""

    name: str
    body: bytes


class _MispEvent(NamedTuple):
    """An event with the verdicts of its attributes."""

    key: str
    title: Words
    at: int
    marking: Marking
    verdicts: Sequence[SharedVerdict]
    is_withdrawn: bool = False


def write_feed(
    source: SharingOrganization, key: bytes, verdicts: Iterable[SharedVerdict], campaigns: Iterable[SharedCampaign]
) -> Iterator[FeedFile]:
    """Yield the files of a feed: the events first, so that a manifest names no file that is not there yet."""
    manifest: dict[str, Any] = {}
    hashes: list[str] = []
    organization = {"name": source.name_en, "uuid": _uuid(key, "organization", source.ref)}
    for event in _group(verdicts, campaigns):
        body = _write_event(event, organization, key)
        event_id = body["uuid"]
        yield FeedFile(f"{event_id}.json", msgspec.json.encode({"Event": body}))
        manifest[event_id] = {name: body[name] for name in _IN_MANIFEST}
        hashes += [
            f"{_hash(attribute['value'])},{event_id}" for attribute in body["Attribute"] if not attribute["deleted"]
        ]
    yield FeedFile("hashes.csv", "".join(f"{line}\n" for line in hashes).encode())
    yield FeedFile("manifest.json", msgspec.json.encode(manifest))


class FeedBlock(NamedTuple):
    """A part of a feed that is too large for one file: `changed_at` (UTC ms) is when something in it last changed."""

    key: str
    title: Words
    changed_at: int
    marking: Marking


def write_manifest(source: SharingOrganization, key: bytes, blocks: Iterable[FeedBlock]) -> bytes:
    """Return the manifest of a feed of blocks."""
    entries = {}
    for block in blocks:
        body = _block_event(source, key, block)
        entries[body["uuid"]] = {name: body[name] for name in _IN_MANIFEST}
    return msgspec.json.encode(entries)


def write_block(source: SharingOrganization, key: bytes, block: FeedBlock, verdicts: Sequence[SharedVerdict]) -> bytes:
    """Return the event of a block with its attributes."""
    event = _MispEvent(block.key, block.title, block.changed_at, block.marking, verdicts)
    attributes = [_write_attribute(verdict, event, key) for verdict in verdicts]
    return msgspec.json.encode({"Event": _block_event(source, key, block) | {"Attribute": attributes}})


def block_event_id(key: bytes, block_key: str) -> str:
    """Return the UUID of the event of a block."""
    return _uuid(key, "event", block_key)


def _block_event(source: SharingOrganization, key: bytes, block: FeedBlock) -> dict[str, Any]:
    seconds = str(block.changed_at // 1_000)
    return {
        "uuid": block_event_id(key, block.key),
        "info": f"{block.title.zh} / {block.title.en}",
        "date": f"{from_ms(block.changed_at):%Y-%m-%d}",
        "analysis": "2",
        "threat_level_id": "2",
        "timestamp": seconds,
        "publish_timestamp": seconds,
        "published": True,
        "extends_uuid": "",
        "Orgc": {"name": source.name_en, "uuid": _uuid(key, "organization", source.ref)},
        "Tag": [_tlp_tag(block.marking)],
    }


def _group(verdicts: Iterable[SharedVerdict], campaigns: Iterable[SharedCampaign]) -> Iterator[_MispEvent]:
    by_campaign: dict[str, list[SharedVerdict]] = defaultdict(list)
    by_day: dict[str, list[SharedVerdict]] = defaultdict(list)
    for verdict in verdicts:
        for campaign_key in verdict.campaigns:
            by_campaign[campaign_key].append(verdict)
        if not verdict.campaigns:
            by_day[f"{from_ms(verdict.created_at):%Y-%m-%d}"].append(verdict)
    for campaign in campaigns:
        found = by_campaign.pop(campaign.key, [])
        marking = _strictest([campaign.marking, *(verdict.marking for verdict in found)])
        yield _MispEvent(campaign.key, campaign.title, campaign.created_at, marking, found, campaign.is_withdrawn)
    for found in by_campaign.values():  # a campaign that is not shared
        for verdict in found:
            by_day[f"{from_ms(verdict.created_at):%Y-%m-%d}"].append(verdict)
    for day, found in sorted(by_day.items()):
        marking = _strictest([verdict.marking for verdict in found])
        yield _MispEvent(day, Words(f"{day} 的研判结论", f"Verdicts of {day}"), found[0].created_at, marking, found)


def _write_event(event: _MispEvent, organization: Mapping[str, str], key: bytes) -> dict[str, Any]:
    attributes = [_write_attribute(verdict, event, key) for verdict in event.verdicts]
    changed_at = max((verdict.modified_at for verdict in event.verdicts), default=event.at)
    fraud_types = sorted({verdict.fraud_type for verdict in event.verdicts if verdict.fraud_type in FRAUD_TYPES})
    tags = [_tlp_tag(event.marking), *(_tag(f'fanzha:fraud-type="{name}"') for name in fraud_types)]
    return {
        "uuid": _uuid(key, "event", event.key),
        "info": f"{event.title.zh} / {event.title.en}",
        "date": f"{from_ms(event.at):%Y-%m-%d}",
        "analysis": "2",
        "threat_level_id": "2",
        "timestamp": str(changed_at // 1_000),
        "publish_timestamp": str(changed_at // 1_000),
        "published": True,
        "extends_uuid": "",
        "Orgc": dict(organization),
        "Tag": tags,
        "Attribute": attributes,
    }


def _write_attribute(verdict: SharedVerdict, event: _MispEvent, key: bytes) -> dict[str, Any]:
    kind = all_kinds().get(verdict.subject_kind)
    type_, value = kind.misp_attribute(verdict.subject) if kind is not None else ("text", verdict.subject)
    scope = " ".join(filter(None, (verdict.direction, verdict.service, verdict.ingress)))
    tags = [
        _tlp_tag(verdict.marking),
        _tag(f'fanzha:kind="{verdict.subject_kind}"'),
        _tag(f'fanzha:level="{verdict.level.value}"'),
        _tag(f'fanzha:score="{round(100 * verdict.score)}"'),
        *([_tag(f'fanzha:fraud-type="{verdict.fraud_type}"')] if verdict.fraud_type in FRAUD_TYPES else []),
        *([_tag(f'fanzha:scope="{scope}"')] if scope else []),
        *([_tag("fanzha:simulated")] if verdict.simulated else []),
        *([_tag(f'fanzha:licence="{_plain_text(verdict.licence)}"')] if verdict.licence else []),
    ]
    reason = " / ".join(dict.fromkeys(part for part in verdict.reason if part))
    times = {"first_seen": verdict.first_seen, "last_seen": max(verdict.last_seen, verdict.first_seen)}
    return {
        "uuid": _uuid(key, "attribute", event.key, verdict.key),
        "type": type_,
        "category": _CATEGORIES.get(type_, "Other"),
        "value": value,
        "to_ids": verdict.level is Level.SUSPECTED and type_ in _CATEGORIES and not verdict.is_withdrawn,
        "disable_correlation": False,
        "timestamp": str(verdict.modified_at // 1_000),
        "comment": reason,
        "deleted": verdict.is_withdrawn or event.is_withdrawn,
        "Tag": tags,
    } | {name: from_ms(at).isoformat(timespec="microseconds") for name, at in times.items() if verdict.first_seen}


def _plain_text(licence: str) -> str:
    """Return a licence without the quotation marks that end the value of a tag."""
    return licence.replace('"', "'")


def _strictest(markings: Iterable[Marking]) -> Marking:
    return min(markings, key=lambda marking: STRICTNESS[marking.value])


def _tlp_tag(marking: Marking) -> dict[str, str]:
    return {"name": marking.value.lower(), "colour": _COLOURS[marking]}


def _tag(name: str) -> dict[str, str]:
    return {"name": name, "colour": _PLAIN}


def _uuid(key: bytes, type_: str, *parts: str) -> str:
    return str(uuid.UUID(keyed_id(type_, key, "misp", *parts).partition("--")[2]))


def _hash(value: str) -> str:
    """Return the MD5 of a value, by which MISP finds which events of a feed to fetch; it protects nothing."""
    return hashlib.md5(value.encode(), usedforsecurity=False).hexdigest()
