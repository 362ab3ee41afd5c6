"""What we write as STIX is STIX: the reference library reads every object strictly, and computes the same ids."""

import json
from typing import Any

import pytest
import stix2
from stix2.properties import BooleanProperty, StringProperty
from tests.share.shared_items import AT, DAY, KEY, OF_EACH_KIND, SOURCE, campaign, verdict

from fanzha.base.marking import Marking
from fanzha.claims.verdict import Level
from fanzha.share.opinions import Precision, form_opinion
from fanzha.share.stix.extensions import NEW_OBSERVABLES, VERDICT_EXTENSION, extension_id
from fanzha.share.stix.objects import StixWriter, revoke

WRITER = StixWriter(SOURCE, KEY)


def _register_observables() -> dict[str, Any]:
    """Tell the library of our observables, as a receiver does who reads our extension definitions."""
    classes = {}
    for type_, (name,) in NEW_OBSERVABLES.items():
        decorate = stix2.CustomObservable(type_, [(name, StringProperty(required=True))], [name], extension_id(type_))
        classes[type_] = decorate(type(type_.title().replace("-", ""), (), {}))
    names = ("direction", "service", "ingress", "treatment", "fraud_type")
    decorate = stix2.CustomExtension(
        VERDICT_EXTENSION,
        [
            ("subject_kind", StringProperty(required=True)),
            ("level", StringProperty(required=True)),
            ("simulated", BooleanProperty()),
            *((name, StringProperty()) for name in names),
        ],
    )
    decorate(type("VerdictExtension", (), {"extension_type": "property-extension"}))
    return classes


CLASSES = _register_observables()


def _parse(body: dict[str, Any]) -> Any:
    return stix2.parse(json.dumps(body), allow_custom=False, version="2.1")


@pytest.mark.parametrize("kind", OF_EACH_KIND)
def test_a_verdict_on_each_kind_is_read_by_the_reference_library(kind: str) -> None:
    shared = verdict(
        kind, OF_EACH_KIND[kind], treatment="refuse", sightings=3, first_seen=AT - DAY, last_seen=AT, campaigns=("C1",)
    )
    objects = {body["type"]: _parse(body) for body in WRITER.write_verdict(shared)}
    assert set(objects) == {"indicator", "sighting", "course-of-action", "relationship"}
    indicator = objects["indicator"]
    assert indicator.confidence == 92 and indicator.labels == ["phishing"] and not indicator.revoked
    assert indicator.indicator_types == ["malicious-activity"] and indicator.created_by_ref == WRITER.identity_id
    assert objects["sighting"].count == 3 and objects["sighting"].sighting_of_ref == indicator.id
    assert stix2.patterns.StringConstant and json.loads(indicator.serialize())["pattern"]


@pytest.mark.parametrize("kind", OF_EACH_KIND)
def test_an_observable_has_the_id_that_the_library_computes(kind: str) -> None:
    body = WRITER.write_observable(kind, OF_EACH_KIND[kind])
    assert _parse(body).id == body["id"]
    properties = {k: v for k, v in body.items() if k not in ("id", "type", "spec_version", "extensions")}
    type_ = body["type"]
    computed = (
        CLASSES[type_](**properties) if type_ in CLASSES else stix2.parse({"type": type_} | properties, version="2.1")
    )
    assert computed.id == body["id"]


def test_identity_extensions_and_markings_are_read_too() -> None:
    from fanzha.share.stix import extension_objects, marking_object

    for body in (WRITER.identity(), *extension_objects(), *map(marking_object, Marking)):
        assert _parse(body).id == body["id"]


def test_ids_are_the_same_each_time_and_tell_nobody_the_number() -> None:
    shared = verdict("phone_number", "+8617000000001")
    first, again = (WRITER.write_verdict(shared)[0] for _ in range(2))
    assert first == again
    elsewhere = StixWriter(SOURCE, b"another site's key").write_verdict(shared)[0]
    assert elsewhere["id"] != first["id"]


def test_a_campaign_comes_with_a_report_of_its_indicators() -> None:
    shared = campaign(subjects=("website|a.example.com",), licence="CC BY 4.0")
    body, report, licence = (_parse(one) for one in WRITER.write_campaign(shared))
    assert body.name == "示例套件 / example kit"
    assert report.object_refs == [body.id, WRITER.indicator_id("website|a.example.com")]
    assert licence.id in body.object_marking_refs and licence.definition.statement == "CC BY 4.0"


def test_a_withdrawn_verdict_is_the_same_object_revoked() -> None:
    shared = verdict("website", "a.example.com", campaigns=("C1",))
    first = WRITER.write_verdict(shared)[0]
    last = WRITER.write_verdict(
        verdict("website", "a.example.com", modified_at=AT + DAY, is_withdrawn=True, campaigns=("C1",))
    )
    assert all(_parse(body).revoked for body in last)
    assert last[0]["id"] == first["id"] and last[0]["modified"] > first["modified"]
    assert _parse(revoke(first, AT + DAY)).revoked and revoke(first, AT + DAY)["created"] == first["created"]


def test_an_opinion_agrees_or_not_with_an_object_of_somebody_else() -> None:
    about = "indicator--3b1c1d1e-1111-4222-8333-444444444444"
    opinion = form_opinion(about, Level.SUSPECTED, Level.CLEAR, Precision.LOW, Marking.GREEN, AT)
    parsed = _parse(WRITER.write_opinion(opinion))
    assert parsed.opinion == "strongly-disagree" and parsed.object_refs == [about]
    assert parsed.labels == ["non_malicious", "precision:low"]
