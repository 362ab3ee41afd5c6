"""People know each other both ways, nobody is alone, and favourites are called most."""

import numpy as np

from fanzha.simulate._directory import Directory
from fanzha.simulate._draw import stream
from fanzha.simulate._numbers import MobileRange
from fanzha.simulate._residents import Residents, cell_name, settle


def people(count: int = 3_000) -> Residents:
    return settle(count, Directory(MobileRange.for_people(count), 1), stream(1))


def test_everybody_knows_somebody_and_nobody_oneself() -> None:
    known = people()
    many = np.diff(known.first)
    assert many.min() >= 1 and 8 < many.mean() < 12
    assert not (known.contacts == np.repeat(np.arange(len(known)), many)).any()


def test_who_is_known_knows_back() -> None:
    known = people()
    here = np.repeat(np.arange(len(known)), np.diff(known.first))
    pairs = set(zip(here.tolist(), known.contacts.tolist(), strict=True))
    assert {(there, one) in pairs for one, there in pairs} == {True}


def test_the_favourite_is_called_most() -> None:
    known = people()
    one = int(np.argmax(np.diff(known.first)))
    called = known.contact_of(stream(2), np.full(4_000, one))
    favourite = known.contacts[known.first[one]]
    counts = np.bincount(called)
    assert counts.argmax() == favourite
    assert set(called) <= set(known.contacts[known.first[one] : known.first[one + 1]])


def test_cells_have_names_by_area() -> None:
    assert cell_name(51) == "460-99-2101-00001"
    assert len(set(people().cell_names)) == people().cells
