"""A site is gone when two places find it gone and none finds it."""

import pytest

from fanzha.dispose import ProofOutcome, SiteProbe, prove_by_probes


def seen(
    place: str, status: int, *, at: int = 5, location: str = "", worked: bool = True, of: str = "", state: str = ""
) -> SiteProbe:
    return SiteProbe(place, at, status, location, worked, state, organization=of)


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


YES, NO, UNKNOWN = ProofOutcome.YES, ProofOutcome.NO, ProofOutcome.UNKNOWN
OWN, OTHER = "isp-a", "isp-b"


@pytest.mark.parametrize(
    ("probes", "in_effect", "lifted"),
    [
        ([seen("own", 451, of=OWN), seen("other", 200, of=OTHER)], YES, NO),
        ([seen("own", 200, of=OWN), seen("other", 451, of=OTHER)], NO, YES),
        ([seen("other", 200, of=OTHER), seen("third", 200)], UNKNOWN, UNKNOWN),
        ([seen("other", 0, of=OTHER), seen("third", 0)], YES, UNKNOWN),
        ([seen("own", 0, of=OWN), seen("other", 0, of=OTHER)], YES, UNKNOWN),
        ([seen("own", 451, of=OWN)], UNKNOWN, NO),
        ([seen("own", 403, state="unknown", of=OWN), seen("other", 200)], UNKNOWN, UNKNOWN),
        ([seen("own", 200, at=1, of=OWN), seen("other", 451, of=OTHER)], UNKNOWN, YES),
        ([seen("own", 451, at=1, of=OWN), seen("other", 200, of=OTHER)], YES, UNKNOWN),
    ],
)
def test_a_block_in_one_network_is_judged_by_places_of_it(
    probes: list[SiteProbe], in_effect: ProofOutcome, lifted: ProofOutcome
) -> None:
    assert prove_by_probes(probes, network="isp-a", disproof_from=2).outcome is in_effect
    assert prove_by_probes(probes, network="isp-a", is_lifted=True, disproof_from=2).outcome is lifted
