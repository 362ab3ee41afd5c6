"""Contacts are mutual, every resident has one, and favourites are called most."""

import numpy as np

from fanzha.simulate._directory import Directory
from fanzha.simulate._numbers import MobileRange
from fanzha.simulate._random import create_generator
from fanzha.simulate._residents import Residents, create_residents, format_cell_name


def build_residents(count: int = 3_000) -> Residents:
    return create_residents(count, Directory(MobileRange.for_people(count), 1), create_generator(1))


def test_everybody_knows_somebody_and_nobody_oneself() -> None:
    residents = build_residents()
    counts = np.diff(residents.contact_offsets)
    assert counts.min() >= 1 and 8 < counts.mean() < 12
    assert not (residents.contacts == np.repeat(np.arange(len(residents)), counts)).any()


def test_who_is_known_knows_back() -> None:
    residents = build_residents()
    person_index = np.repeat(np.arange(len(residents)), np.diff(residents.contact_offsets))
    pairs = set(zip(person_index.tolist(), residents.contacts.tolist(), strict=True))
    assert {(contact, person) in pairs for person, contact in pairs} == {True}


def test_the_favourite_is_called_most() -> None:
    residents = build_residents()
    person = int(np.argmax(np.diff(residents.contact_offsets)))
    drawn = residents.draw_contacts(create_generator(2), np.full(4_000, person))
    favourite = residents.contacts[residents.contact_offsets[person]]
    counts = np.bincount(drawn)
    assert counts.argmax() == favourite
    assert set(drawn) <= set(
        residents.contacts[residents.contact_offsets[person] : residents.contact_offsets[person + 1]]
    )


def test_cells_have_names_by_area() -> None:
    assert format_cell_name(51) == "460-99-2101-00001"
    assert len(set(build_residents().cell_names)) == build_residents().cells
