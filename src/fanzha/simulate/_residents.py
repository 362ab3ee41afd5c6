"""The people of the province: their numbers, phones, cells, how much they call, and whom."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fanzha.simulate._directory import Directory
from fanzha.simulate._draw import Mask, Real, Whole, some
from fanzha.simulate._habits import figures, rates
from fanzha.simulate._render import Pick

CALLS_A_DAY, TEXTS_A_DAY = 3.0, 0.6
CONTACTS = 10  # a person's, on average
VILLAGE = 60  # people among whom most contacts are
NEAR_SHARE = 0.7
OWN_SHARE = 0.6  # of people who are our network's subscribers; the others come in over the interconnect
PEOPLE_A_CELL = 120


@dataclass(frozen=True)
class Residents:
    """Columns, one place a person."""

    lines: Whole
    cards: Whole
    devices: Whole
    home: Whole  # cell
    work: Whole
    ours: Mask
    calls_a_day: Real
    texts_a_day: Real
    first: Whole  # contacts of person i: contacts[first[i] : first[i + 1]], the favourite first
    contacts: Whole
    cells: int
    interconnect: tuple[str, ...]  # trunks over which people of other networks come in

    def __len__(self) -> int:
        return self.lines.size

    @cached_property
    def cell_names(self) -> tuple[str, ...]:
        """Names of the cells by number: network, area, cell."""
        return tuple(cell_name(cell) for cell in range(self.cells))

    def at_cells(self, cells: Whole) -> Pick:
        """Return a column of cells."""
        return Pick(self.cell_names, cells)

    def anybody(self, draw: np.random.Generator, count: int) -> Whole:
        """Return people, by place."""
        return draw.integers(0, len(self), count)

    def strangers(self, draw: np.random.Generator, count: int) -> Whole:
        """Return numbers of anybody."""
        return some(draw, self.lines, count)

    def contact_of(self, draw: np.random.Generator, people: Whole) -> Whole:
        """Return for each of the people one of their contacts, the favourite as often as fitted."""
        many = self.first[people + 1] - self.first[people]
        rank = (many * draw.random(people.size) ** float(figures()["contact_power"])).astype(np.int64)
        known: Whole = self.contacts[self.first[people] + rank]
        return known


def cell_name(cell: int) -> str:
    """Return the name of a cell: a network that does not exist, area, cell."""
    return f"460-99-{2100 + cell // 50:04d}-{cell % 50:05d}"


def settle(people: int, directory: Directory, draw: np.random.Generator) -> Residents:
    """Settle so many people in the province."""
    cells = max(20, people // PEOPLE_A_CELL)
    first, contacts = _acquainted(draw, people)
    home = np.arange(people) // VILLAGE % cells
    return Residents(
        lines=directory.mobiles(people),
        cards=directory.sim_cards(people),
        devices=directory.devices(people),
        home=home,
        work=np.where(draw.random(people) < 0.4, home, draw.integers(0, cells, people)),
        ours=draw.random(people) < OWN_SHARE,
        calls_a_day=rates(draw, people, CALLS_A_DAY),
        texts_a_day=rates(draw, people, TEXTS_A_DAY, "texts_log_spread"),
        first=first,
        contacts=contacts,
        cells=cells,
        interconnect=directory.names("ICT", 4),
    )


def _acquainted(draw: np.random.Generator, people: int) -> tuple[Whole, Whole]:
    """Return who knows whom, both ways: most in the village, some anywhere; nobody is without a contact."""
    one = np.concatenate([np.arange(people), np.repeat(np.arange(people), draw.poisson(CONTACTS / 2 - 1, people))])
    near = one // VILLAGE * VILLAGE + draw.integers(0, VILLAGE, one.size)
    anywhere = draw.integers(0, people, one.size)
    other = np.where((draw.random(one.size) < NEAR_SHARE) & (near < people), near, anywhere)
    other = np.where(other == one, (one + 1) % people, other)
    here, there = np.concatenate([one, other]), np.concatenate([other, one])
    order = np.lexsort((draw.random(here.size), here))
    first = np.searchsorted(here[order], np.arange(people + 1))
    return first.astype(np.int64), there[order].astype(np.int64)
