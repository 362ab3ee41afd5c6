"""What the settings say of a trunk is put to an attempt, and nothing else of it changes."""

from hypothesis import given
from hypothesis import strategies as st

from fanzha.screen.attempt import Attempt

_attempts = st.builds(
    Attempt, st.integers(), *[st.text()] * 4, st.text(), st.booleans(), *[st.text()] * 2, st.booleans(), st.text()
)


@given(_attempts, st.text(), st.booleans())
def test_a_trunk_says_where_a_call_comes_in_and_what_it_proves(attempt: Attempt, ingress: str, own: bool) -> None:
    found = attempt.by(ingress, own)
    assert type(found) is Attempt and found == attempt._replace(ingress=ingress, own=own)
