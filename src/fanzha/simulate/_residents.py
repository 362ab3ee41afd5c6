"""The people of the province: their numbers, phones, cells, how much they call, and whom."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fanzha.simulate._columns import Categorical
from fanzha.simulate._directory import Directory
from fanzha.simulate._habits import draw_daily_rates, load_fitted_figures
from fanzha.simulate._random import BoolArray, FloatArray, IntArray, sample_values

CALLS_A_DAY, TEXTS_A_DAY = 3.0, 0.6
CONTACTS = 10  # a person's, on average
VILLAGE = 60  # people among whom most contacts are
NEAR_SHARE = 0.7
OWN_SHARE = 0.6  # of people who are our network's subscribers; the others come in over the interconnect
PEOPLE_A_CELL = 120


@dataclass(frozen=True)
class Residents:
    """Columns, one place a person."""

    lines: IntArray
    cards: IntArray
    devices: IntArray
    home: IntArray  # cell
    work: IntArray
    own_network: BoolArray
    calls_a_day: FloatArray
    texts_a_day: FloatArray
    contact_offsets: IntArray  # contacts of person i: contacts[first[i] : first[i + 1]], the favourite first
    contacts: IntArray
    cells: int
    interconnect: tuple[str, ...]  # trunks over which people of other networks come in

    def __len__(self) -> int:
        return self.lines.size

    @cached_property
    def cell_names(self) -> tuple[str, ...]:
        """Names of the cells by number: network, area, cell."""
        return tuple(cell_name(cell) for cell in range(self.cells))

    def cell_column(self, cells: IntArray) -> Categorical:
        """Return a column of cells."""
        return Categorical(self.cell_names, cells)

    def draw_people(self, rng: np.random.Generator, count: int) -> IntArray:
        """Return people, by place."""
        return rng.integers(0, len(self), count)

    def draw_numbers(self, rng: np.random.Generator, count: int) -> IntArray:
        """Return numbers of anybody."""
        return sample_values(rng, self.lines, count)

    def draw_contacts(self, rng: np.random.Generator, people: IntArray) -> IntArray:
        """Return for each of the people one of their contacts, the favourite as often as fitted."""
        contact_counts = self.contact_offsets[people + 1] - self.contact_offsets[people]
        rank = (contact_counts * rng.random(people.size) ** float(load_fitted_figures()["contact_power"])).astype(
            np.int64
        )
        contacts: IntArray = self.contacts[self.contact_offsets[people] + rank]
        return contacts


def cell_name(cell: int) -> str:
    """Return the name of a cell: a network that does not exist, area, cell."""
    return f"460-99-{2100 + cell // 50:04d}-{cell % 50:05d}"


def create_residents(people: int, directory: Directory, rng: np.random.Generator) -> Residents:
    """Settle so many people in the province."""
    cells = max(20, people // PEOPLE_A_CELL)
    contact_offsets, contacts = _draw_contact_lists(rng, people)
    home = np.arange(people) // VILLAGE % cells
    return Residents(
        lines=directory.mobiles(people),
        cards=directory.sim_cards(people),
        devices=directory.devices(people),
        home=home,
        work=np.where(rng.random(people) < 0.4, home, rng.integers(0, cells, people)),
        own_network=rng.random(people) < OWN_SHARE,
        calls_a_day=draw_daily_rates(rng, people, CALLS_A_DAY),
        texts_a_day=draw_daily_rates(rng, people, TEXTS_A_DAY, "texts_log_spread"),
        contact_offsets=contact_offsets,
        contacts=contacts,
        cells=cells,
        interconnect=directory.names("ICT", 4),
    )


def _draw_contact_lists(rng: np.random.Generator, people: int) -> tuple[IntArray, IntArray]:
    """Return who knows whom, both ways: most in the village, some anywhere; nobody is without a contact."""
    person = np.concatenate([np.arange(people), np.repeat(np.arange(people), rng.poisson(CONTACTS / 2 - 1, people))])
    near = person // VILLAGE * VILLAGE + rng.integers(0, VILLAGE, person.size)
    anywhere = rng.integers(0, people, person.size)
    contact = np.where((rng.random(person.size) < NEAR_SHARE) & (near < people), near, anywhere)
    contact = np.where(contact == person, (person + 1) % people, contact)
    persons, contact_persons = np.concatenate([person, contact]), np.concatenate([contact, person])
    order = np.lexsort((rng.random(persons.size), persons))
    contact_offsets = np.searchsorted(persons[order], np.arange(people + 1))
    return contact_offsets.astype(np.int64), contact_persons[order].astype(np.int64)
