"""Evidence from JSON: organisations by reference and moments as ISO 8601 are understood, the rest is passed on."""

import pytest
from tests.command.people import World

from fanzha.base.words import Words
from fanzha.command.processes.evidence import check_people, parse_evidence
from fanzha.command.web.roles import Role
from fanzha.processes.evidence import EvidenceField, FieldType
from fanzha.processes.parties import Party
from fanzha.processes.refusal import Refusal

FIELDS = {
    "receivers": EvidenceField(title=Words("接收单位", "receivers"), type=FieldType.ORGANIZATION, many=True),
    "until": EvidenceField(title=Words("到期", "end"), type=FieldType.MOMENT),
    "reason": EvidenceField(title=Words("事由", "reason"), type=FieldType.TEXT),
}


def test_references_become_parties_and_moments_milliseconds(world: World) -> None:
    given = {"receivers": [world["mvno"].ref], "until": "1970-01-01T00:00:01Z", "reason": "x", "unknown": 1}
    assert parse_evidence(FIELDS, given) == {
        "receivers": (Party(world["mvno"].ref, "mvno"),),
        "until": 1000,
        "reason": "x",
        "unknown": 1,
    }


@pytest.mark.parametrize(("name", "value"), [("receivers", ["nobody"]), ("until", "tomorrow")])
def test_what_cannot_be_understood_is_refused_by_field(world: World, name: str, value: object) -> None:
    with pytest.raises(Refusal) as refused:
        parse_evidence(FIELDS, {name: value})
    assert list(refused.value.fields) == [name]


def test_who_is_named_works_for_the_organisation_that_names_him(world: World) -> None:
    fields = {
        "inspectors": EvidenceField(title=Words("检查人员", "inspectors"), type=FieldType.PERSON, many=True),
        **FIELDS,
    }
    own = [world.person("carrier", role).ref for role in (Role.ANALYST, Role.REVIEWER)]
    check_people(fields, {"inspectors": tuple(own), "reason": "nobody"}, world["carrier"].ref)
    for stranger in ("nobody-at-all", world.person("bank", Role.ANALYST).ref):
        with pytest.raises(Refusal) as refused:
            check_people(fields, {"inspectors": (own[0], stranger)}, world["carrier"].ref)
        assert list(refused.value.fields) == ["inspectors"]
