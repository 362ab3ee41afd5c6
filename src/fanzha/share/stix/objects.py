"""Write statements as STIX 2.1 objects: indicators, sightings, measures, campaigns with their reports, and opinions."""

from collections.abc import Iterable, Mapping
from typing import Any

from fanzha.base.clock import iso
from fanzha.base.fraud_types import FRAUD_TYPES
from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.kinds import all_kinds
from fanzha.share.items import SharedCampaign, SharedVerdict, SharingOrganization
from fanzha.share.opinions import SharedOpinion
from fanzha.share.stix.extensions import NEW_OBSERVABLES, VERDICT_EXTENSION, extension_id
from fanzha.share.stix.ids import keyed_id, observable_id
from fanzha.share.stix.markings import MARKING_IDS, licence_object
from fanzha.share.stix.patterns import split_path, write_pattern

#: Most indicators that the report of a campaign lists; all of them point to the campaign.
MAX_REPORT_REFS = 5_000
_INDICATOR_TYPES = {Level.SUSPECTED: "malicious-activity", Level.WATCH: "anomalous-activity", Level.CLEAR: "benign"}
_MEASURES = {
    Treatment.LABEL: Words("标记来电或消息", "Label calls or messages"),
    Treatment.WITHHOLD: Words("隐藏号码", "Withhold the number"),
    Treatment.REFUSE: Words("拒绝接续或访问", "Refuse calls or access"),
}


class StixWriter:
    """Writes the statements of one organisation. `key` is the site's own, so that ids do not reveal the values."""

    def __init__(self, source: SharingOrganization, key: bytes) -> None:
        self._source, self._key = source, key
        self.identity_id = keyed_id("identity", key, source.ref)

    def identity(self) -> dict[str, Any]:
        """Return the organisation."""
        since = iso(self._source.since)
        return {
            "type": "identity",
            "spec_version": "2.1",
            "id": self.identity_id,
            "created": since,
            "modified": since,
            "name": self._source.name_zh,
            "description": self._source.name_en,
            "identity_class": "organization",
            "object_marking_refs": [MARKING_IDS[Marking.CLEAR]],
        }

    def indicator_id(self, verdict_key: str) -> str:
        """Return the id of the indicator of a verdict."""
        return keyed_id("indicator", self._key, self._source.ref, verdict_key)

    def campaign_id(self, campaign_key: str) -> str:
        """Return the id of a campaign."""
        return keyed_id("campaign", self._key, self._source.ref, campaign_key)

    def write_verdict(self, verdict: SharedVerdict) -> list[dict[str, Any]]:
        """Return the indicator of a verdict, with its sighting, its measure and its ties to campaigns."""
        indicator = self._indicator(verdict)
        objects = [indicator, *self._licence(verdict.licence)]
        if verdict.sightings:
            objects.append(self._sighting(verdict, indicator["id"]))
        if verdict.treatment in _MEASURES:
            measure = self._measure(Treatment(verdict.treatment))
            objects += [measure, self._relation("mitigates", measure["id"], indicator["id"], verdict)]
        for campaign in verdict.campaigns:
            objects.append(self._relation("indicates", indicator["id"], self.campaign_id(campaign), verdict))
        return objects

    def write_campaign(self, campaign: SharedCampaign) -> list[dict[str, Any]]:
        """Return a campaign and the report that lists its indicators."""
        common = self._common("campaign", campaign.key, campaign)
        title = _join(campaign.title)
        times = {"first_seen": iso(campaign.first_seen), "last_seen": iso(max(campaign.last_seen, campaign.first_seen))}
        labels = [campaign.fraud_type] if campaign.fraud_type in FRAUD_TYPES else []
        description = _fraud_words(campaign.fraud_type)
        body = common | {"name": title, "description": description, **times} | ({"labels": labels} if labels else {})
        refs = [self.indicator_id(key) for key in campaign.subjects[:MAX_REPORT_REFS]]
        report = self._common("report", campaign.key, campaign) | {
            "name": title,
            "report_types": ["campaign"],
            "published": iso(campaign.created_at),
            "object_refs": [body["id"], *refs],
        }
        return [body, report, *self._licence(campaign.licence)]

    def write_opinion(self, opinion: SharedOpinion) -> dict[str, Any]:
        """Return what the organisation thinks of an object of somebody else."""
        return self._common("opinion", opinion.about, opinion) | {
            "opinion": opinion.agreement,
            "explanation": _join(opinion.explanation),
            "object_refs": [opinion.about],
            "labels": [opinion.status.value.lower(), f"precision:{opinion.precision.value.lower()}"],
        }

    def write_observable(self, subject_kind: str, subject: str) -> dict[str, Any]:
        """Return the observable of a subject. Its id is a hash of the value: treat it as the value."""
        terms = _terms(subject_kind, subject)
        type_ = split_path(next(iter(terms)))[0]
        properties: dict[str, Any] = {}
        for path, value in terms.items():
            _nest(properties, split_path(path)[1], int(value) if path == "autonomous-system:number" else value)
        extensions = (
            {"extensions": {extension_id(type_): {"extension_type": "new-sco"}}} if type_ in NEW_OBSERVABLES else {}
        )
        head = {"type": type_, "spec_version": "2.1", "id": observable_id(type_, properties)}
        return head | properties | extensions

    def _indicator(self, verdict: SharedVerdict) -> dict[str, Any]:
        name = f"{_kind_title(verdict.subject_kind)}: {_fraud_words(verdict.fraud_type)}"
        scope = {
            name: getattr(verdict, name) for name in ("direction", "service", "ingress", "treatment", "fraud_type")
        }
        facts = {"subject_kind": verdict.subject_kind, "level": verdict.level.value, "simulated": verdict.simulated}
        body = self._common("indicator", verdict.key, verdict) | {
            "name": name,
            "indicator_types": [_INDICATOR_TYPES[verdict.level]],
            "pattern": write_pattern(_terms(verdict.subject_kind, verdict.subject)),
            "pattern_type": "stix",
            "pattern_version": "2.1",
            "valid_from": iso(verdict.valid_from),
            "confidence": round(100 * verdict.score),
            "extensions": {
                VERDICT_EXTENSION: {"extension_type": "property-extension"}
                | facts
                | {k: v for k, v in scope.items() if v}
            },
        }
        if verdict.valid_until is not None and verdict.valid_until > verdict.valid_from:
            body["valid_until"] = iso(verdict.valid_until)
        if description := _join(verdict.reason):
            body["description"] = description
        if verdict.fraud_type in FRAUD_TYPES:
            body["labels"] = [verdict.fraud_type]
        return body

    def _sighting(self, verdict: SharedVerdict, indicator_id: str) -> dict[str, Any]:
        return self._common("sighting", verdict.key, verdict) | {
            "sighting_of_ref": indicator_id,
            "where_sighted_refs": [self.identity_id],
            "first_seen": iso(verdict.first_seen),
            "last_seen": iso(max(verdict.last_seen, verdict.first_seen)),
            "count": min(verdict.sightings, 999_999_999),
        }

    def _measure(self, treatment: Treatment) -> dict[str, Any]:
        since = iso(self._source.since)
        return {
            "type": "course-of-action",
            "spec_version": "2.1",
            "id": keyed_id("course-of-action", self._key, self._source.ref, treatment.value),
            "created_by_ref": self.identity_id,
            "created": since,
            "modified": since,
            "name": _join(_MEASURES[treatment]),
            "object_marking_refs": [MARKING_IDS[Marking.CLEAR]],
        }

    def _relation(self, type_: str, source_id: str, target_id: str, verdict: SharedVerdict) -> dict[str, Any]:
        return self._common("relationship", f"{type_} {source_id} {target_id}", verdict) | {
            "relationship_type": type_,
            "source_ref": source_id,
            "target_ref": target_id,
        }

    def _common(self, type_: str, key: str, item: SharedVerdict | SharedCampaign | SharedOpinion) -> dict[str, Any]:
        """Return what all objects of the organisation have in common."""
        common = {
            "type": type_,
            "spec_version": "2.1",
            "id": keyed_id(type_, self._key, self._source.ref, key),
            "created_by_ref": self.identity_id,
            "created": iso(item.created_at),
            "modified": iso(max(item.modified_at, item.created_at)),
            "object_marking_refs": [
                MARKING_IDS[item.marking],
                *(licence["id"] for licence in self._licence(item.licence)),
            ],
        }
        return common | {"revoked": True} if item.is_withdrawn else common

    def _licence(self, licence: str) -> list[dict[str, Any]]:
        return [licence_object(licence)] if licence else []


def revoke(body: Mapping[str, Any], at: int) -> dict[str, Any]:
    """Return the last version of an object: revoked, later than the one before (STIX 2.1 §3.6)."""
    return {**body, "modified": iso(at), "revoked": True}


def _terms(subject_kind: str, subject: str) -> Mapping[str, str]:
    kind = all_kinds().get(subject_kind)
    return kind.stix_terms(subject) if kind is not None else {f"x-fanzha-{subject_kind}:value": subject}


def _nest(properties: dict[str, Any], names: list[str], value: Any) -> None:
    for name in names[:-1]:
        properties = properties.setdefault(name, {})
    properties[names[-1]] = value


def _kind_title(subject_kind: str) -> str:
    kind = all_kinds().get(subject_kind)
    return _join(kind.title) if kind is not None else subject_kind


def _fraud_words(fraud_type: str) -> str:
    return _join(FRAUD_TYPES.get(fraud_type, FRAUD_TYPES["other"]))


def _join(words: Words) -> str:
    """Return both languages of a text in one."""
    return " / ".join(dict.fromkeys(part for part in words if part))


def write_objects(objects: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return objects by id, each once: the measures and licences of many verdicts are the same."""
    return {written["id"]: dict(written) for written in objects}
