"""Weigh what is found out about a call: the hardest treatment counts, each source only as far as its step goes."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from fanzha.claims.treatment import TREATMENTS, Treatment
from fanzha.claims.verdict import Level
from fanzha.detect.gateway.reasons import GatewayReason as Ruled
from fanzha.screen import reasons as why
from fanzha.screen.decision import Decision
from fanzha.screen.enforcement import Acts, hardest, milder
from fanzha.screen.settings import Acting

_ORDER = {treatment: place for place, treatment in enumerate(TREATMENTS)}
_ALLOWED = Decision(Treatment.ALLOW)

Fired = tuple[str, Treatment, float]  # a rule's name, what it means, its score


class Found(NamedTuple):
    """What guard, lists and rules found out about one call."""

    abroad: bool  # it came from there
    country: str  # where it says it comes from, "" for calls from home
    ruled: int = Ruled.NONE
    unproven: Treatment = Treatment.LABEL  # what becomes of roamers that nobody has proven
    callee_costs: bool = False
    level: Level = Level.CLEAR  # of the caller's number
    treatment: Treatment = Treatment.ALLOW  # that goes with the level
    callee_suspected: bool = False
    never_calls: bool = False
    claims_protected: bool = False
    fired: tuple[Fired, ...] = ()


class _Meant(NamedTuple):
    """What one source means for a call."""

    code: str
    treatment: Treatment
    score: float
    step: Acting


@lru_cache(maxsize=4_096)
def weighed(found: Found, acts: Acts, drawn: bool) -> Decision:
    """Return the decision on a call that is in its trunk's share, or not; kept, for most calls are like many others."""
    sources = tuple(_sources(found, acts))
    if not sources:
        return _ALLOWED
    does, means = Treatment.ALLOW, Treatment.ALLOW
    for one in sources:
        most = milder(one.treatment, hardest(one.step, drawn))
        does = most if _ORDER[most] > _ORDER[does] else does
        means = one.treatment if _ORDER[one.treatment] > _ORDER[means] else means
    weightiest = sorted(sources, key=lambda one: (-_ORDER[one.treatment], -one.score))
    score = max(one.score for one in sources)
    return Decision(does, tuple(one.code for one in weightiest), score, means, found.country)


def _sources(found: Found, acts: Acts) -> Iterator[_Meant]:
    if found.abroad:
        yield _meant(why.FROM_ABROAD, acts.label)
    if found.callee_costs:
        yield _meant(why.CALLEE_COSTS, acts.guard)
    if found.ruled:
        ruled = _meant(why.code_of(found.ruled), acts.guard)
        yield ruled._replace(treatment=found.unproven) if found.ruled == Ruled.MOBILE_UNPROVEN else ruled
    if found.claims_protected:
        yield _meant(why.PROTECTED, acts.guard)
    if found.level is not Level.CLEAR:
        code = why.SUSPECTED if found.level is Level.SUSPECTED else why.WATCHED
        yield _meant(code, acts.lists)._replace(treatment=found.treatment)
    if found.callee_suspected:
        yield _meant(why.CALLEE_SUSPECTED, acts.lists)
    if found.never_calls:
        yield _meant(why.DO_NOT_ORIGINATE, acts.lists)
    for name, most, score in found.fired:
        yield _Meant(f"{why.RULE}:{name}", most, score, acts.rules)


def _meant(code: str, step: Acting) -> _Meant:
    ground = why.REASONS[code]
    return _Meant(code, ground.meant, ground.score, step)
