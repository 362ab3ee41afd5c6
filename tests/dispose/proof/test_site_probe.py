"""A site is gone when two places find it gone and none finds it."""

import pytest

from fanzha.dispose import Holds, SiteSeen, by_probes


def seen(place: str, status: int, *, at: int = 5, location: str = "", worked: bool = True) -> SiteSeen:
    return SiteSeen(place, at, status, location, worked)


@pytest.mark.parametrize(
    ("probes", "holds"),
    [
        ([seen("north", 0), seen("south", 404)], Holds.YES),
        ([seen("north", 0)], Holds.UNKNOWN),
        ([seen("north", 0), seen("south", 200)], Holds.NO),
        ([seen("north", 0), seen("south", 0, worked=False)], Holds.UNKNOWN),
        ([seen("north", 302, location="https://warning.example/x"), seen("south", 451)], Holds.YES),
        ([seen("north", 302, location="https://elsewhere.example/"), seen("south", 451)], Holds.NO),
        ([seen("north", 503), seen("south", 0)], Holds.UNKNOWN),
        ([seen("north", 200, at=1), seen("north", 0, at=2), seen("south", 410)], Holds.YES),
        ([], Holds.UNKNOWN),
    ],
)
def test_several_places_tell(probes: list[SiteSeen], holds: Holds) -> None:
    found = by_probes(probes, ["warning.example"])
    assert found.holds is holds and all(found.words)
