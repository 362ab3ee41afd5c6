"""Who is a machine, and who asks for himself."""

from fanzha.processes.parties import PARTY_ROLE_WORDS, SYSTEM, Actor, PartyRole, import_actor


def test_a_machine_is_no_human_being() -> None:
    assert SYSTEM.is_machine
    assert import_actor("bss").is_machine
    assert not Actor(person="p", roles=frozenset({"reviewer"})).is_machine


def test_whoever_stands_on_the_asking_side_is_requester_whatever_his_roles() -> None:
    assert Actor(person="p", roles=frozenset({"reviewer"}), party_roles=frozenset({PartyRole.APPLICANT})).is_requester
    assert not Actor(person="p", roles=frozenset({"reviewer"})).is_requester


def test_every_party_role_has_words() -> None:
    assert set(PARTY_ROLE_WORDS) == set(PartyRole)


def test_what_a_key_did_its_maker_did() -> None:
    maker = Actor(person="anna", keys=frozenset({"key:centre:7"}))
    assert [maker.acted_as(who) for who in ("anna", "key:centre:7", "key:centre:8", "")] == [True, True, False, False]
