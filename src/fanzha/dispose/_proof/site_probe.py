"""Proof by looking: a site that was to go is not there any more, seen from several places, or shows a warning page.

One place proves little: a site may answer some networks and not others, or hide from whoever looks twice.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from fanzha.base.words import Words
from fanzha.dispose._proof.proven import Holds, Proven

KIND = "site_probe"
FEWEST_PLACES = 2
_GONE = frozenset({0, 404, 410, 451})
_TELLS_NOTHING = range(500, 600)


class SiteSeen(NamedTuple):
    """What one probe met; `status` is 0 where no name was found or nothing answered."""

    place: str  # from where it was looked
    at: int  # UTC ms
    status: int = 0
    location: str = ""  # of a redirect
    network_worked: bool = True  # another, known site answered the same probe


def by_probes(seen: Sequence[SiteSeen], warning_hosts: Collection[str] = ()) -> Proven:
    """Return whether a site is gone for whoever looks; for an order taken back the opposite is what is wanted."""
    newest = {one.place: one for one in sorted(seen, key=lambda one: one.at) if one.network_worked}
    at = max((one.at for one in newest.values()), default=0)
    states = [_gone(one, warning_hosts) for one in newest.values()]
    there, gone = states.count(Holds.NO), states.count(Holds.YES)
    words = Words(
        f"{len(newest)} 处探测：{there} 处可访问，{gone} 处不可访问",
        f"{len(newest)} places: there for {there}, gone for {gone}",
    )
    if there:
        return Proven(KIND, Holds.NO, at, words)
    return Proven(KIND, Holds.YES if gone >= FEWEST_PLACES else Holds.UNKNOWN, at, words)


def _gone(one: SiteSeen, warning_hosts: Collection[str]) -> Holds:
    if 300 <= one.status < 400 and urlsplit(one.location).hostname in warning_hosts:
        return Holds.YES
    if one.status in _GONE:
        return Holds.YES
    return Holds.UNKNOWN if one.status in _TELLS_NOTHING else Holds.NO
