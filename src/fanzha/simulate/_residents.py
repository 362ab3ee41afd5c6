"""The residents of the province: their numbers, devices, cells, daily rates and contacts."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fanzha.simulate._columns import Categorical
from fanzha.simulate._directory import Directory
from fanzha.simulate._habits import draw_daily_rates, load_fitted_figures
from fanzha.simulate._random import BoolArray, FloatArray, IntArray, sample_values

CALLS_A_DAY, TEXTS_A_DAY = 3.0, 0.6
CONTACTS = 10  # per person, on average
VILLAGE = 60  # residents per village; most contacts live in the same village
NEAR_SHARE = 0.7
OWN_SHARE = 0.6  # share of subscribers of our network; the others call over the interconnect
PEOPLE_A_CELL = 120


@dataclass(frozen=True)
class Residents:
    """Parallel arrays with one element per resident."""

    lines: IntArray
    cards: IntArray
    devices: IntArray
    home: IntArray  # cell
    work: IntArray
    own_network: BoolArray
    calls_a_day: FloatArray
    texts_a_day: FloatArray
    contact_offsets: IntArray  # of person i: contacts[contact_offsets[i] : contact_offsets[i + 1]], favourite first
    contacts: IntArray
    cells: int
    interconnect: tuple[str, ...]  # trunks from other networks

    def __len__(self) -> int:
        return self.lines.size

    @cached_property
    def cell_names(self) -> tuple[str, ...]:
        """The names of the cells by cell number, see `format_cell_name`."""
        return tuple(format_cell_name(cell) for cell in range(self.cells))

    def build_cell_column(self, cells: IntArray) -> Categorical:
        """Return the names of `cells` as a column."""
        return Categorical(self.cell_names, cells)

    def draw_people(self, rng: np.random.Generator, count: int) -> IntArray:
        """Draw residents with replacement, as indices."""
        return rng.integers(0, len(self), count)

    def draw_numbers(self, rng: np.random.Generator, count: int) -> IntArray:
        """Draw numbers of residents with replacement."""
        return sample_values(rng, self.lines, count)

    def draw_contacts(self, rng: np.random.Generator, people: IntArray) -> IntArray:
        """Draw one contact of each of `people`, as an index. The fitted power law favours the first contacts."""
        contact_counts = self.contact_offsets[people + 1] - self.contact_offsets[people]
        rank = (contact_counts * rng.random(people.size) ** float(load_fitted_figures()["contact_power"])).astype(
            np.int64
        )
        contacts: IntArray = self.contacts[self.contact_offsets[people] + rank]
        return contacts


def format_cell_name(cell: int) -> str:
    """Return the name of a cell: MCC and MNC of a fictitious network, area and cell."""
    return f"460-99-{2100 + cell // 50:04d}-{cell % 50:05d}"


def create_residents(people: int, directory: Directory, rng: np.random.Generator) -> Residents:
    """Create `people` residents with numbers, cells, rates and contacts."""
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
    """Return `contact_offsets` and `contacts`, see `Residents`.

    Contacts are mutual and mostly of the same village. Every resident has at least one.
    """
    person = np.concatenate([np.arange(people), np.repeat(np.arange(people), rng.poisson(CONTACTS / 2 - 1, people))])
    near = person // VILLAGE * VILLAGE + rng.integers(0, VILLAGE, person.size)
    anywhere = rng.integers(0, people, person.size)
    contact = np.where((rng.random(person.size) < NEAR_SHARE) & (near < people), near, anywhere)
    contact = np.where(contact == person, (person + 1) % people, contact)
    persons, contact_persons = np.concatenate([person, contact]), np.concatenate([contact, person])
    order = np.lexsort((rng.random(persons.size), persons))
    contact_offsets = np.searchsorted(persons[order], np.arange(people + 1))
    return contact_offsets.astype(np.int64), contact_persons[order].astype(np.int64)
