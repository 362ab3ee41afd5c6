"""Evidence is checked by type before anything moves, and all that is wrong is told at once, by field."""

from typing import Any

import pytest

from fanzha.base.clock import moment_ms
from fanzha.base.words import Words
from fanzha.processes.evidence import EvidenceField, FieldType, Unit, check_evidence
from fanzha.processes.parties import Party
from fanzha.processes.refusal import Reason, Refusal

AT = moment_ms("2026-03-02T10:00:00+08:00")
DAY = 86_400_000
TITLE = Words("项", "field")
UNIT = Unit("个", "items", "item")


def of(type_: FieldType, **more: Any) -> dict[str, EvidenceField]:
    return {"x": EvidenceField(title=TITLE, type=type_, **more)}


CHOICES = {"a": Words("甲", "A")}


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        (of(FieldType.TEXT), "说明"),
        (of(FieldType.NUMBER, unit=UNIT), 2.5),
        (of(FieldType.MOMENT, within="1d"), AT + DAY),
        (of(FieldType.CHOICE, choices=CHOICES), "a"),
        (of(FieldType.YES_NO), False),
        (of(FieldType.FILE), "ab" * 32),
        (of(FieldType.ORGANIZATION), Party("carrier-1", "carrier")),
    ],
)
def test_values_of_their_type_pass(fields: dict[str, EvidenceField], value: Any) -> None:
    assert check_evidence(fields, {"x": value}, AT) == {"x": value}


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        (of(FieldType.TEXT), "   "),
        (of(FieldType.TEXT), "x" * 10_001),
        (of(FieldType.NUMBER, unit=UNIT), -1),
        (of(FieldType.NUMBER, unit=UNIT), float("nan")),
        (of(FieldType.NUMBER, unit=UNIT), True),
        (of(FieldType.MOMENT), "2026-03-02"),
        (of(FieldType.MOMENT, within="1d"), AT + DAY + 1),
        (of(FieldType.MOMENT, within="1d"), AT),
        (of(FieldType.CHOICE, choices=CHOICES), "b"),
        (of(FieldType.YES_NO), "yes"),
        (of(FieldType.FILE), "../etc/passwd"),
        (of(FieldType.ORGANIZATION), "carrier-1"),
        (of(FieldType.SUBJECT, many=True), "one"),
        (of(FieldType.SUBJECT, many=True), ["s"] * 1_001),
        (of(FieldType.SUBJECT, many=True), ["s", 3]),
    ],
)
def test_values_of_another_type_are_refused_in_both_languages(fields: dict[str, EvidenceField], value: Any) -> None:
    with pytest.raises(Refusal) as caught:
        check_evidence(fields, {"x": value}, AT)
    assert caught.value.reason is Reason.EVIDENCE
    assert caught.value.fields["x"].zh and caught.value.fields["x"].en


def test_everything_wrong_is_told_at_once() -> None:
    fields = {**of(FieldType.TEXT), "y": EvidenceField(title=TITLE, type=FieldType.YES_NO)}
    with pytest.raises(Refusal) as caught:
        check_evidence(fields, {"z": 1, "y": "yes"}, AT)
    assert set(caught.value.fields) == {"x", "y", "z"}


def test_a_field_is_required_with_another_one() -> None:
    fields = {
        **of(FieldType.TEXT, required=False),
        "y": EvidenceField(title=TITLE, type=FieldType.TEXT, required=False, demanded_by="x"),
    }
    assert check_evidence(fields, {}, AT) == {}
    with pytest.raises(Refusal):
        check_evidence(fields, {"x": "given"}, AT)


def test_lists_become_tuples_and_empty_ones_are_not_given() -> None:
    fields = of(FieldType.SUBJECT, many=True, required=False)
    assert check_evidence(fields, {"x": ["s-1", "s-2"]}, AT) == {"x": ("s-1", "s-2")}
    assert check_evidence(fields, {"x": ()}, AT) == {}


def test_two_fields_may_not_name_the_same() -> None:
    fields = {**of(FieldType.PERSON), "y": EvidenceField(title=TITLE, type=FieldType.PERSON, differs_from="x")}
    assert check_evidence(fields, {"x": "person-1", "y": "person-2"}, AT)
    with pytest.raises(Refusal) as caught:
        check_evidence(fields, {"x": "person-1", "y": "person-1"}, AT)
    assert set(caught.value.fields) == {"y"}


def test_so_many_different_values_are_needed() -> None:
    fields = of(FieldType.PERSON, many=True, least=2)
    assert check_evidence(fields, {"x": ["person-1", "person-2"]}, AT)
    for values in (["person-1"], ["person-1", "person-1"]):
        with pytest.raises(Refusal) as caught:
            check_evidence(fields, {"x": values}, AT)
        assert "2 different ones" in caught.value.fields["x"].en


@pytest.mark.parametrize(("value", "told"), [(9, "below 10"), (21, "above 20"), (10, ""), (20, "")])
def test_a_number_lies_within_others_given_with_it_or_kept(value: int, told: str) -> None:
    unit = Unit("元", "CNY")
    fields = {
        **of(FieldType.NUMBER, unit=unit, not_below="floor", not_above="ceiling"),
        "floor": EvidenceField(title=TITLE, type=FieldType.NUMBER, unit=unit),
    }
    given, kept = {"x": value, "floor": 10}, {"ceiling": 20}
    if not told:
        assert check_evidence(fields, given, AT, facts=kept) == given
        return
    with pytest.raises(Refusal) as caught:
        check_evidence(fields, given, AT, facts=kept)
    assert told in caught.value.fields["x"].en


@pytest.mark.parametrize(
    ("unit", "value", "words"),
    [
        (Unit("个", "items", "item"), 1, Words("1 个", "1 item")),
        (Unit("个", "items", "item"), 2, Words("2 个", "2 items")),
        (Unit("元", "CNY"), 1, Words("1 元", "1 CNY")),
        (Unit("年", ""), 2026, Words("2026 年", "2026")),
    ],
)
def test_one_is_counted_in_the_singular(unit: Unit, value: int, words: Words) -> None:
    assert unit.format(value) == words
