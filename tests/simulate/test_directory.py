"""Nothing is given out twice, and names say that they are made up."""

from fanzha.simulate._directory import Directory
from fanzha.simulate._numbers import MobileRange


def directory() -> Directory:
    return Directory(MobileRange.for_people(100), 1)


def test_whatever_is_given_out_is_not_given_again() -> None:
    given = directory()
    for give in (given.mobiles, given.fixed, given.iot, given.sim_cards, given.devices, given.senders):
        first, second = set(give(30).tolist()), set(give(30).tolist())
        assert len(first | second) == 60
    assert not set(given.names("IGW", 3)) & set(given.names("IGW", 3))
    assert not set(given.people(5)) & set(given.people(5))


def test_names_say_that_they_are_simulated_and_hosts_cannot_exist() -> None:
    given = directory()
    assert given.name("IGW") == "IGW-SIM-0001"
    assert {host.rpartition(".")[2] for host in given.hosts(4, "renzheng")} == {"example"}


def test_people_are_pseudonyms_that_hang_on_the_seed() -> None:
    assert directory().people(2) == directory().people(2)
    assert directory().people(2) != Directory(MobileRange.for_people(100), 2).people(2)
