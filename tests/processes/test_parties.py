"""Who is a machine, and who asks for himself."""

from fanzha.processes.parties import STANDING_WORDS, SYSTEM, Actor, Standing, machine


def test_a_machine_is_no_human_being() -> None:
    assert SYSTEM.is_machine
    assert machine(Standing.IMPORT, "bss").is_machine
    assert not Actor(person="p", roles=frozenset({"reviewer"})).is_machine


def test_whoever_stands_on_the_asking_side_asks_for_himself_whatever_his_roles() -> None:
    assert Actor(person="p", roles=frozenset({"reviewer"}), standings=frozenset({Standing.APPLICANT})).asks_for_himself
    assert not Actor(person="p", roles=frozenset({"reviewer"})).asks_for_himself


def test_every_standing_has_words() -> None:
    assert set(STANDING_WORDS) == set(Standing)


def test_what_a_key_did_its_maker_did() -> None:
    maker = Actor(person="anna", keys=frozenset({"key:centre:7"}))
    assert [maker.did(who) for who in ("anna", "key:centre:7", "key:centre:8", "")] == [True, True, False, False]
