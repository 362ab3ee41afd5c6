"""A sealed value opens under the key of its person, at its place, under its name, and nowhere else."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from fanzha.command.audit.encryption import UndecryptableValue, load_or_create_keys, seal, unseal, unwrap_key
from fanzha.command.audit.models import PersonKey
from fanzha.processes.log.commitment import Personal, Secret, seal_personal

SECRET = seal_personal(Personal("number", "subject-1", "+8617000000001"))


@pytest.mark.django_db
def test_each_person_has_one_key_made_when_it_is_first_needed() -> None:
    first = load_or_create_keys(["a", "b", "a"])
    again = load_or_create_keys(["b", "c"])
    assert [key.person for key in PersonKey.objects.order_by("person")] == ["a", "b", "c"]
    assert again["b"][0].pk == first["b"][0].pk
    assert unseal(seal(SECRET, 1, first["b"][1]), 1, "number", "subject-1", again["b"][1]) == SECRET


@pytest.mark.django_db
def test_many_persons_are_looked_up_in_pieces() -> None:
    persons = [f"subject-{number}" for number in range(1_200)]
    first = load_or_create_keys(persons)
    second = load_or_create_keys(reversed(persons))
    assert {person: row.pk for person, (row, _) in first.items()} == {p: row.pk for p, (row, _) in second.items()}


@pytest.mark.django_db
def test_it_opens_nowhere_else() -> None:
    keys = load_or_create_keys(["subject-1", "subject-2"])
    sealed = seal(SECRET, 7, keys["subject-1"][1])
    for entry_place, name, person in (
        (8, "number", "subject-1"),
        (7, "other", "subject-1"),
        (7, "number", "subject-2"),
    ):
        with pytest.raises(UndecryptableValue):
            unseal(sealed, entry_place, name, person, keys[person][1])


@pytest.mark.django_db
def test_a_key_belongs_to_its_person() -> None:
    row = load_or_create_keys(["subject-1"])["subject-1"][0]
    row.person = "subject-2"
    with pytest.raises(UndecryptableValue, match="not what was made"):
        unwrap_key(row)


@given(st.binary(max_size=60), st.binary(min_size=32, max_size=32), st.data())
def test_no_bit_can_be_changed(value: bytes, salt: bytes, data: st.DataObject) -> None:
    under, secret = AESGCM(bytes(32)), Secret("number", "subject-1", salt, value)
    sealed = bytearray(seal(secret, 3, under))
    assert unseal(bytes(sealed), 3, "number", "subject-1", under) == secret
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(UndecryptableValue):
        unseal(bytes(sealed), 3, "number", "subject-1", under)
