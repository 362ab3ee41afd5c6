"""A site is gone when two places find it gone and none finds it."""

import pytest

from fanzha.dispose import ProofOutcome, SiteProbe, prove_by_probes


def seen(place: str, status: int, *, at: int = 5, location: str = "", worked: bool = True) -> SiteProbe:
    return SiteProbe(place, at, status, location, worked)


@pytest.mark.parametrize(
    ("probes", "holds"),
    [
        ([seen("north", 0), seen("south", 404)], ProofOutcome.YES),
        ([seen("north", 0)], ProofOutcome.UNKNOWN),
        ([seen("north", 0), seen("south", 200)], ProofOutcome.NO),
        ([seen("north", 0), seen("south", 0, worked=False)], ProofOutcome.UNKNOWN),
        ([seen("north", 302, location="https://warning.example/x"), seen("south", 451)], ProofOutcome.YES),
        ([seen("north", 302, location="https://elsewhere.example/"), seen("south", 451)], ProofOutcome.NO),
        ([seen("north", 503), seen("south", 0)], ProofOutcome.UNKNOWN),
        ([seen("north", 200, at=1), seen("north", 0, at=2), seen("south", 410)], ProofOutcome.YES),
        ([], ProofOutcome.UNKNOWN),
    ],
)
def test_several_places_tell(probes: list[SiteProbe], holds: ProofOutcome) -> None:
    found = prove_by_probes(probes, ["warning.example"])
    assert found.outcome is holds and all(found.words)
