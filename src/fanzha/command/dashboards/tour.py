"""The tour of each desk: steps from `tours/DESK.yaml` that point at something on a page the viewer may open."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from fanzha.base.words import Words
from fanzha.command.web.palette.entries import find_page
from fanzha.command.web.roles import Kind, Role
from fanzha.command.web.viewer import Viewer

#: The desk whose tour people without one of their own take.
FALLBACK = "executor"


class TourStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step: the URL name of its page, and the CSS selector of what it points at."""

    page: str
    at: str
    title: Words
    text: Words


class Tour(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tour of a desk. Among those for a viewer the lowest rank is taken."""

    title: Words
    rank: int
    roles: tuple[Role, ...]
    steps: tuple[TourStep, ...]
    kinds: tuple[Kind, ...] = ()
    is_national: bool = False

    def is_for(self, viewer: Viewer) -> bool:
        """Return whether the tour shows the viewer's desk."""
        is_kind = not self.kinds or viewer.kind in self.kinds
        return viewer.has(*self.roles) and is_kind and not (self.is_national and viewer.province)


class PlacedStep(NamedTuple):
    """A step with the address of its page."""

    step: TourStep
    url: str


@cache
def load_tours() -> dict[str, Tour]:
    """Return the tours by desk, the lowest rank first."""
    folder = files("fanzha.command.dashboards") / "tours"
    tours = {
        file.name.removesuffix(".yaml"): msgspec.yaml.decode(file.read_bytes(), type=Tour)
        for file in folder.iterdir()
        if file.name.endswith(".yaml")
    }
    return dict(sorted(tours.items(), key=lambda item: item[1].rank))


def find_desk(viewer: Viewer) -> str:
    """Return the desk of a viewer."""
    return next((desk for desk, tour in load_tours().items() if tour.is_for(viewer)), FALLBACK)


def place_steps(tour: Tour, viewer: Viewer) -> Iterator[PlacedStep]:
    """Yield the steps whose page the viewer may open."""
    for step in tour.steps:
        if url := find_page(step.page, viewer):
            yield PlacedStep(step, url)
