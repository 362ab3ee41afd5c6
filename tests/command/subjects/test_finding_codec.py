"""What is packed comes out as it went in, smaller; nothing kept is nothing said."""

from hypothesis import given
from hypothesis import strategies as st

from fanzha.command.subjects.finding_codec import FindingTexts, pack, unpack

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
details = st.builds(
    FindingTexts,
    st.lists(texts, max_size=3).map(tuple),
    st.lists(texts, max_size=3).map(tuple),
    texts,
    texts,
    texts,
    st.lists(texts, max_size=3).map(tuple),
    texts,
)


@given(details)
def test_it_comes_out_as_it_went_in(detail: FindingTexts) -> None:
    assert unpack(pack(detail)) == detail == unpack(memoryview(pack(detail)))


def test_nothing_kept_is_nothing_said() -> None:
    assert unpack(b"") == FindingTexts()


def test_what_repeats_takes_little_room() -> None:
    long = FindingTexts(evidence='{"window": "count(call_ended by caller, 1h)", "value": 31}' * 200)
    assert len(pack(long)) < len(long.evidence) / 5
