"""A window is named by what it computes, so that a changed limit keeps its state and a changed window does not."""

from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from fanzha.windows.spec import Aggregate, WindowSpec

columns = st.sampled_from(["", "a", "b", "ab"])
keys = st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=3).map(tuple)
specs = st.builds(
    WindowSpec,
    st.sampled_from(Aggregate),
    st.integers(1, 12),
    keys,
    st.integers(1, 100),
    st.just(()) | keys,
    columns,
    columns,
    st.booleans(),
    columns,
)


def meant(spec: WindowSpec) -> WindowSpec:
    return replace(spec, asking_keys=spec.asking)


@given(specs, specs)
def test_names_are_equal_just_when_the_same_is_computed(one: WindowSpec, other: WindowSpec) -> None:
    assert (one.name == other.name) == (meant(one) == meant(other))


@given(specs)
def test_every_field_is_part_of_the_name(spec: WindowSpec) -> None:
    other = WindowSpec(
        Aggregate.COUNT if spec.what != Aggregate.COUNT else Aggregate.SUM, 99, ("c",), 999, ("c", "c"), "x", "y"
    )
    other = replace(other, before=not spec.before, result="z")
    for field in fields(WindowSpec):
        assert replace(spec, **{field.name: getattr(other, field.name)}).name != spec.name
