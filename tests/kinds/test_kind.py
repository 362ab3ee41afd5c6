"""Every kind takes any text: a canonical value that is final, or Malformed, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import Malformed
from fanzha.kinds import Kind, SubjectKind, all_kinds

KINDS = [pytest.param(kind, id=name) for name, kind in all_kinds().items()]
LIKELY = [
    "+86 138 0013 8000", "95588", "898600", "46001", "3569", "微信：", "QQ ", "t.me/", "@", "622202", "GB82", "2088",
    "0x", "bc1", "1A1z", "com.", "cert:", "11010519491231002X", "810000",
    "H1", "护照:E", "9135", "reg:", "https://", "::1",
]  # fmt: skip
TEXT = st.builds(
    lambda start, rest: start + rest,
    st.sampled_from(["", *LIKELY]),
    st.text(max_size=40) | st.text("0123456789ABCDEFXabcdef.:/-@", max_size=70),
)


@pytest.mark.parametrize("kind", KINDS)
@given(raw=TEXT)
def test_any_text_gives_a_final_canonical_value_or_malformed(kind: SubjectKind, raw: str) -> None:
    assert 0 <= kind.resembles(raw) <= 1
    try:
        value = kind.normalise(raw)
    except Malformed as error:
        assert error.reason
        return
    assert kind.normalise(value) == value
    assert kind.mask(value)
    for fact in kind.describe(value):
        assert fact.name.isidentifier() and fact.title.zh and fact.title.en
        assert isinstance(fact.value, str | int | bool | None) and fact.words.zh and fact.words.en


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_named_in_both_languages_and_both_exchange_formats(kind: SubjectKind) -> None:
    assert kind.title.zh and kind.title.en and kind.stix and kind.misp


@pytest.mark.parametrize("kind", KINDS)
def test_a_pseudonym_hangs_on_kind_key_and_purpose(kind: SubjectKind) -> None:
    mine = kind.pseudonym("x", b"key", "purpose")
    others = {kind.pseudonym("x", b"other", "purpose"), kind.pseudonym("x", b"key", "other")}
    others |= {other.pseudonym("x", b"key", "purpose") for other in all_kinds().values() if other is not kind}
    assert len(mine) == 64 and mine not in others


def test_the_former_name_of_the_base_class_works_for_plug_ins() -> None:
    assert Kind is SubjectKind
