"""A draw gives the same result for the same seed, in whatever order the candidates come, and can be checked."""

from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.processes.sample_draw import METHOD, DrawRecord, FieldDraw, differing_fields, draw, encode_record

REFS = st.lists(st.text(min_size=1, max_size=8), min_size=3, max_size=30, unique=True)


@given(REFS, st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_does_not_matter(refs: list[str], random: Random) -> None:
    shuffled = refs[:]
    random.shuffle(shuffled)
    assert draw("seed", refs, 2) == draw("seed", shuffled, 2) and len(set(draw("seed", refs, 2))) == 2


def test_another_seed_draws_others_and_each_is_drawn_about_as_often() -> None:
    refs = [f"firm-{number}" for number in range(4)]
    drawn = [draw(f"{seed:032x}", refs, 1)[0] for seed in range(2000)]
    assert all(420 < drawn.count(ref) < 580 for ref in refs)  # 500 each, give or take four standard deviations


def record(**changes: object) -> DrawRecord:
    fields = {"inspected": FieldDraw({"a": "甲", "b": "乙", "c": "丙"}, {"a": "own"}, draw("7", ["b", "c"], 1))}
    return msgspec.structs.replace(DrawRecord("supervision", "draw", "7", METHOD, fields), **changes)


def test_a_record_is_drawn_again() -> None:
    assert differing_fields(encode_record(record())) == []
    assert "甲".encode() in encode_record(record())


def test_a_record_that_was_changed_is_found_out() -> None:
    (field,) = record().fields.values()
    (other,) = {"b", "c"} - set(field.drawn)
    changed = record(fields={"inspected": msgspec.structs.replace(field, drawn=(other,))})
    assert differing_fields(encode_record(changed)) == ["inspected"]
    with pytest.raises(msgspec.ValidationError, match="another method"):
        differing_fields(encode_record(record(method="by hand")))
    with pytest.raises(msgspec.ValidationError):
        differing_fields(b"{}")
