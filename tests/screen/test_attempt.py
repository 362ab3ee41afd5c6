"""What the settings say of a trunk is put to an attempt, and nothing else of it changes."""

from hypothesis import given
from hypothesis import strategies as st

from fanzha.screen.attempt import CallAttempt
from fanzha.screen.stir.result import Verification, Verstat

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
    expected = attempt._replace(
        ingress=ingress, own=own and attempt.asserted, attestation="", attested=False, verification=None, signatures=()
    )
    assert type(changed) is CallAttempt and changed == expected


@given(_attempts, st.sampled_from(("A", "B", "C", "")))
def test_an_attestation_is_believed_only_of_a_trunk_that_verifies(attempt: CallAttempt, level: str) -> None:
    attested = attempt._replace(attestation=level)
    assert attested.with_trunk("voip", False).attestation == ""
    believed = attested.with_trunk("voip", False, frozenset("A"))
    assert (believed.attestation, believed.attested) == (level, level == "A")
    assert attested.with_trunk("voip", False, frozenset()).attested is False


@given(_attempts)
def test_what_a_caller_says_of_its_own_proof_is_dropped(attempt: CallAttempt) -> None:
    forged = attempt._replace(attested=True, verification=Verification(Verstat.PASSED, "", "A"), signatures=("a.b.c",))
    changed = forged.with_trunk("voip", False, frozenset("A"))
    assert (changed.verification, changed.signatures) == (None, ())
    assert changed.attested is (attempt.attestation == "A")
