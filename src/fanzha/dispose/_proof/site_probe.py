"""Proof by probes: a site is gone from everywhere, or blocked in the network of the one organisation that blocks it.

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
    organization: str = ""  # whose resolver or network the place is


class _Count(NamedTuple):
    """How many places reach the site, how many find it gone, and how many of these see that it is blocked.

    `reachable_at` and `gone_at` are the newest probes (UTC ms, 0 if none).
    """

    reachable: int
    gone: int
    blocked: int
    reachable_at: int
    gone_at: int


def prove_by_probes(
    probes: Sequence[SiteProbe],
    warning_hosts: Collection[str] = (),
    *,
    network: str = "",
    is_lifted: bool = False,
    disproof_from: int = 0,
) -> ProofResult:
    """Return whether a measure on a site is in effect, or with `is_lifted` whether it is lifted.

    With `network` the measure is that of one organisation in its own network: its places alone speak against it. A
    probe before `disproof_from` (UTC ms) does not speak against it either.
    """
    newest = {probe.place: probe for probe in sorted(probes, key=lambda probe: probe.at) if probe.network_worked}
    everywhere = _count(list(newest.values()), warning_hosts)
    own = _count([probe for probe in newest.values() if network and probe.organization == network], warning_hosts)
    if is_lifted:
        outcome = _is_lifted_in(own, everywhere, disproof_from) if network else _is_back(everywhere, disproof_from)
    else:
        outcome = _is_blocked_in(own, everywhere, disproof_from) if network else _is_off(everywhere, disproof_from)
    at = max((probe.at for probe in newest.values()), default=0)
    return ProofResult(KIND, outcome, at, _words(len(newest), everywhere, own, network))


def is_reachable(probe: SiteProbe, warning_hosts: Collection[str] = ()) -> bool:
    """Return whether a probe reached the site itself."""
    return probe.network_worked and _is_gone(probe, warning_hosts) is ProofOutcome.NO


def _is_off(everywhere: _Count, disproof_from: int) -> ProofOutcome:
    if everywhere.reachable:
        return ProofOutcome.NO if everywhere.reachable_at >= disproof_from else ProofOutcome.UNKNOWN
    return ProofOutcome.YES if everywhere.gone >= FEWEST_PLACES else ProofOutcome.UNKNOWN


def _is_back(everywhere: _Count, disproof_from: int) -> ProofOutcome:
    if everywhere.reachable:
        return ProofOutcome.YES
    is_off = everywhere.gone >= FEWEST_PLACES and everywhere.gone_at >= disproof_from
    return ProofOutcome.NO if is_off else ProofOutcome.UNKNOWN


def _is_blocked_in(own: _Count, everywhere: _Count, disproof_from: int) -> ProofOutcome:
    """Return whether the site is gone from a network, which a second place confirms or contrasts."""
    if own.reachable:
        return ProofOutcome.NO if own.reachable_at >= disproof_from else ProofOutcome.UNKNOWN
    is_gone = own.gone or not everywhere.reachable
    return ProofOutcome.YES if is_gone and sum(everywhere[:2]) >= FEWEST_PLACES else ProofOutcome.UNKNOWN


def _is_lifted_in(own: _Count, everywhere: _Count, disproof_from: int) -> ProofOutcome:
    """Return whether a network reaches the site again; UNKNOWN if the site is gone from all networks."""
    if own.gone:
        is_held = (own.blocked or everywhere.reachable) and own.gone_at >= disproof_from
        return ProofOutcome.NO if is_held else ProofOutcome.UNKNOWN
    return ProofOutcome.YES if own.reachable else ProofOutcome.UNKNOWN


def _count(probes: Sequence[SiteProbe], warning_hosts: Collection[str]) -> _Count:
    reachable = [probe.at for probe in probes if _is_gone(probe, warning_hosts) is ProofOutcome.NO]
    gone = [probe.at for probe in probes if _is_gone(probe, warning_hosts) is ProofOutcome.YES]
    blocked = sum(probe.state == "blocked" or probe.status == 451 for probe in probes)
    return _Count(len(reachable), len(gone), blocked, max(reachable, default=0), max(gone, default=0))


def _words(places: int, everywhere: _Count, own: _Count, network: str) -> Words:
    words = Words(
        f"{places} 处探测：{everywhere.reachable} 处可访问，{everywhere.gone} 处不可访问",
        f"{places} places: there for {everywhere.reachable}, gone for {everywhere.gone}",
    )
    if not network:
        return words
    return Words(
        f"{words.zh}；其中接收单位网络内 {own.reachable} 处可访问，{own.gone} 处不可访问",
        f"{words.en}; in the receiver's own network there for {own.reachable}, gone for {own.gone}",
    )


def _is_gone(probe: SiteProbe, warning_hosts: Collection[str]) -> ProofOutcome:
    if 300 <= probe.status < 400 and urlsplit(probe.location).hostname in warning_hosts:
        return ProofOutcome.YES
    if probe.state == "unknown":
        return ProofOutcome.UNKNOWN
    if probe.status in _GONE or probe.state in ("blocked", "parked"):
        return ProofOutcome.YES
    return ProofOutcome.UNKNOWN if probe.status in _TELLS_NOTHING else ProofOutcome.NO
