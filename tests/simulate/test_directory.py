"""Identifiers are allocated once, and names show that they are simulated."""

from fanzha.simulate._directory import Directory
from fanzha.simulate._numbers import MobileRange


def build_directory() -> Directory:
    return Directory(MobileRange.for_people(100), 1)


def test_whatever_is_given_out_is_not_given_again() -> None:
    directory = build_directory()
    for allocate in (
        directory.mobiles,
        directory.fixed,
        directory.iot,
        directory.sim_cards,
        directory.devices,
        directory.senders,
    ):
        first, second = set(allocate(30).tolist()), set(allocate(30).tolist())
        assert len(first | second) == 60
    assert not set(directory.names("IGW", 3)) & set(directory.names("IGW", 3))
    assert not set(directory.people(5)) & set(directory.people(5))


def test_names_say_that_they_are_simulated_and_hosts_cannot_exist() -> None:
    directory = build_directory()
    assert directory.name("IGW") == "IGW-SIM-0001"
    assert {host.rpartition(".")[2] for host in directory.hosts(4, "renzheng")} == {"example"}


def test_people_are_pseudonyms_that_hang_on_the_seed() -> None:
    assert build_directory().people(2) == build_directory().people(2)
    assert build_directory().people(2) != Directory(MobileRange.for_people(100), 2).people(2)
