"""Proof by probes: a blocked site is unreachable from several places, or redirects to a warning page.

One place is not enough: a site may answer some networks only, or hide from repeated visits.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from fanzha.base.words import Words
from fanzha.dispose._proof.proof_result import ProofOutcome, ProofResult

KIND = "site_probe"
FEWEST_PLACES = 2
_GONE = frozenset({0, 404, 410, 451})
_TELLS_NOTHING = range(500, 600)


class SiteProbe(NamedTuple):
    """Result of one probe; `status` is 0 if the name did not resolve or nothing answered."""

    place: str  # vantage point
    at: int  # UTC ms
    status: int = 0
    location: str = ""  # of a redirect
    network_worked: bool = True  # another site answered the same probe
    state: str = ""  # what the prober saw (`fanzha.store.probe_queue.SiteState`), "" if people probed
    addresses: str = ""  # what the name resolved to
    page_digest: str = ""  # SHA-256 of the first bytes of the page


def prove_by_probes(probes: Sequence[SiteProbe], warning_hosts: Collection[str] = ()) -> ProofResult:
    """Return whether a site is unreachable; for a withdrawn order the caller inverts the outcome."""
    newest = {probe.place: probe for probe in sorted(probes, key=lambda probe: probe.at) if probe.network_worked}
    at = max((probe.at for probe in newest.values()), default=0)
    states = [_is_gone(probe, warning_hosts) for probe in newest.values()]
    reachable, gone = states.count(ProofOutcome.NO), states.count(ProofOutcome.YES)
    words = Words(
        f"{len(newest)} 处探测：{reachable} 处可访问，{gone} 处不可访问",
        f"{len(newest)} places: there for {reachable}, gone for {gone}",
    )
    if reachable:
        return ProofResult(KIND, ProofOutcome.NO, at, words)
    return ProofResult(KIND, ProofOutcome.YES if gone >= FEWEST_PLACES else ProofOutcome.UNKNOWN, at, words)


def _is_gone(probe: SiteProbe, warning_hosts: Collection[str]) -> ProofOutcome:
    if 300 <= probe.status < 400 and urlsplit(probe.location).hostname in warning_hosts:
        return ProofOutcome.YES
    if probe.state == "unknown":
        return ProofOutcome.UNKNOWN
    if probe.status in _GONE or probe.state in ("blocked", "parked"):
        return ProofOutcome.YES
    return ProofOutcome.UNKNOWN if probe.status in _TELLS_NOTHING else ProofOutcome.NO
