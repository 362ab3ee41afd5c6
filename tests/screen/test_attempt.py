"""What the settings say of a trunk is put to an attempt, and nothing else of it changes."""

from hypothesis import given
from hypothesis import strategies as st

from fanzha.screen.attempt import CallAttempt

_attempts = st.builds(
    CallAttempt,
    st.integers(),
    *[st.text()] * 4,
    st.text(),
    st.booleans(),
    *[st.text()] * 2,
    st.booleans(),
    st.text(),
    st.tuples(st.text()),
    st.booleans(),
    st.tuples(st.text()),
)


@given(_attempts, st.text(), st.booleans())
def test_a_trunk_says_where_a_call_comes_in_and_what_it_proves(attempt: CallAttempt, ingress: str, own: bool) -> None:
    changed = attempt.with_trunk(ingress, own)
    assert type(changed) is CallAttempt and changed == attempt._replace(ingress=ingress, own=own and attempt.asserted)
