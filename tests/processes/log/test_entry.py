"""An entry has one place in the log and one text, and that text holds nothing personal."""

from hypothesis import given
from hypothesis import strategies as st
from tests.processes.log.written import written

from fanzha.processes.log.commitment import commitment
from fanzha.processes.log.entry import MAX_BATCH_ENTRIES, decode_commitments, sequence_number, split_sequence_number


@given(st.integers(1, 2**40), st.integers(0, MAX_BATCH_ENTRIES - 1))
def test_a_place_names_batch_and_position(batch: int, position: int) -> None:
    assert split_sequence_number(sequence_number(batch, position)) == (batch, position)
    assert sequence_number(batch, position) < 2**63


def test_the_text_holds_commitments_instead_of_what_is_personal() -> None:
    (closed,) = written([1])
    (entry,), ((secret,),) = closed.entries, closed.secrets
    assert b"+86170" not in entry.text and secret.value == b'"+8617000000000"'
    assert decode_commitments(entry.personal) == {
        "number": ("subject-0", commitment("number", secret.salt, secret.value)),
    }
    assert entry.text.startswith(b'{"batch":1,"position":0,"at":1772323200000,"kind":"transition","actor":"person-1"')
