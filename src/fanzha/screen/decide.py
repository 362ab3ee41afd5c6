"""Decide one call: what always passes, then lists, gateway guard and rules; the trunk says how far it is acted on."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple, Protocol

from fanzha.claims.entry import Entry
from fanzha.claims.snapshot import number_key
from fanzha.claims.spared import Trigger
from fanzha.claims.treatment import TREATMENTS, Treatment
from fanzha.claims.verdict import Level
from fanzha.detect._gateway.judge import meant_abroad
from fanzha.detect._gateway.reasons import Reason as Ruled
from fanzha.detect._gateway.ruling import INGRESS, ROAMING, UNKNOWN, ruling
from fanzha.kinds._numbering.one import Seen, read_one
from fanzha.kinds._numbering.terms import CLASSES, REASONS, VALIDITIES, NumberClass, Validity
from fanzha.kinds._numbering.terms import Reason as Why
from fanzha.screen import reasons as why
from fanzha.screen.acting import Acts, milder
from fanzha.screen.attempt import Attempt
from fanzha.screen.decision import Decision
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.mapped import Mapped
from fanzha.screen.settings import Acting

_INGRESS = {name: place for place, name in enumerate(INGRESS)}
_ABROAD = _INGRESS["international_gateway"]
_CELLULAR = frozenset(
    CLASSES.index(c) for c in (NumberClass.MOBILE, NumberClass.MVNO, NumberClass.DATA_CARD, NumberClass.IOT)
)
_FOREIGN = CLASSES.index(NumberClass.FOREIGN)
_PREMIUM, _ALLOCATED = REASONS.index(Why.PREMIUM_RATE), REASONS.index(Why.ALLOCATED)
_YES = VALIDITIES.index(Validity.YES)
_CLASS = {one.value: place for place, one in enumerate(CLASSES)}
_ROAMS = {None: UNKNOWN, True: ROAMING.index("proven"), False: ROAMING.index("disproven")}
_ORDER = {treatment: place for place, treatment in enumerate(TREATMENTS)}
SOS = "urn:service:sos"  # an emergency call by service (RFC 5031), with whatever is behind it

_ALLOWED = Decision(Treatment.ALLOW)
_EMERGENCY = Decision(Treatment.ALLOW, (why.EMERGENCY_CALLEE,))
_OFF = Decision(Treatment.ALLOW, (why.TRUNK_OFF,), screened=False)


class Meant(NamedTuple):
    """What one source means for a call."""

    code: str
    treatment: Treatment
    score: float
    step: Acting


class Rules(Protocol):
    """The rules in the moment."""

    def offered(self, attempt: Attempt, caller: str, callee: str) -> list[tuple[str, Treatment, float]]:
        """Take the call in; return name, treatment and score of each rule that fires and may act."""

    def fact(self, table: str, at: int, fields: Mapping[str, object]) -> None:
        """Take in a fact of an event table, when it arrives (UTC ms)."""

    def pass_time(self, at: int) -> None:
        """Judge waits that are over."""

    def save(self) -> bytes:
        """Return all state."""

    def restore(self, data: bytes) -> None:
        """Go on from a saved state."""


class Read(NamedTuple):
    """An attempt with its numbers read."""

    attempt: Attempt
    caller: Seen
    callee: Seen
    caller_key: int  # of the number in snapshots, 0 for none
    callee_key: int
    ingress: int


class Decider:
    """Decides calls; a new snapshot takes the place of the old one between two calls."""

    def __init__(
        self, emergency: EmergencyCalls, rules: Rules | None = None, *, unproven: Treatment = Treatment.LABEL
    ) -> None:
        """Take the emergency calls, the rules (None: none run), and what becomes of roamers that nobody has proven."""
        self.snapshot: Mapped | None = None
        self.rules, self.emergency, self._unproven = rules, emergency, unproven
        self.off_rules: Mapping[str, object] = {}  # switched off by hand

    def read(self, attempt: Attempt) -> Read:
        """Read the numbers of an attempt."""
        caller, callee = read_one(attempt.caller), read_one(attempt.callee)
        ingress = _INGRESS.get(attempt.ingress, UNKNOWN)
        return Read(attempt, caller, callee, _key(caller.canonical), _key(callee.canonical), ingress)

    def wants_roaming(self, call: Read) -> bool:
        """Say whether a register should be asked: a home mobile from abroad that nobody has proven otherwise."""
        attempt, cellular = call.attempt, call.caller.number_class in _CELLULAR
        return call.ingress == _ABROAD and cellular and not attempt.own and attempt.attestation != "A"

    def decide(self, call: Read, acts: Acts, roaming: int = UNKNOWN) -> Decision:
        """Return the decision on a call by a trunk that acts so far.

        `roaming` is what a register says of its caller, a place in ROAMING.
        """
        fired = self.count(call)
        if self._is_emergency(call):
            return _EMERGENCY
        if acts.off:
            return _OFF
        if passes := self._passes(call):
            return Decision(Treatment.ALLOW, (passes,), country=_country(call))
        meant = [_meant(why.FROM_ABROAD, acts.label)] if call.ingress == _ABROAD else []
        self._guard(call, roaming, acts, meant)
        if self.snapshot is not None:
            _hear(self.snapshot, call, acts, meant, self.emergency)
        for name, most, score in fired:
            meant.append(Meant(f"{why.RULE}:{name}", most, score, acts.rules))
        return _decided(meant, acts, call.attempt.call_id, _country(call))

    def count(self, call: Read) -> list[tuple[str, Treatment, float]]:
        """Let windows count the call, whatever becomes of it; return name, treatment and score of what fires."""
        if self._is_emergency(call) and _is_certain(call):
            self.emergency.called(call.caller.canonical, call.attempt.at)
        if self.rules is None:
            return []
        fired = self.rules.offered(call.attempt, call.caller.canonical, call.callee.canonical)
        return [one for one in fired if one[0] not in self.off_rules] if self.off_rules else fired

    def always_passes(self, call: Read) -> bool:
        """Say whether a call passes whatever happens: to an emergency number, or back to who called one."""
        back = self.emergency.may_be_called_back(call.callee.canonical, call.attempt.at)
        return back or self._is_emergency(call)

    def _is_emergency(self, call: Read) -> bool:
        callee = call.callee
        return self.emergency.is_emergency(callee.canonical, callee.number_class) or call.attempt.callee.startswith(SOS)

    def _passes(self, call: Read) -> str:
        """Return why a call passes whatever is thought of it, "" when it need not."""
        attempt = call.attempt
        if self.emergency.may_be_called_back(call.callee.canonical, attempt.at):
            return why.EMERGENCY_CALL_BACK
        if self.snapshot is None or not len(spared := self.snapshot.lists.spared):
            return ""
        proven = call.caller.canonical if attempt.own else None
        trigger = Trigger(attempt.caller, proven, attempt.trunk, attempt.ingress)
        return why.SPARED if spared.entry(trigger, attempt.at) else ""

    def _guard(self, call: Read, roaming: int, acts: Acts, meant: list[Meant]) -> None:
        """Add what the gateway guard means."""
        if call.callee.number_class == _FOREIGN and call.callee.reason == _PREMIUM:
            meant.append(_meant(why.CALLEE_COSTS, acts.guard))
        snapshot, caller, at = self.snapshot, call.caller, call.attempt.at
        if snapshot and roaming == UNKNOWN and call.ingress == _ABROAD and caller.number_class in _CELLULAR:
            roaming = _ROAMS[snapshot.lists.roaming(call.caller_key, at)]
        ruled = _ruled(call, caller, roaming)
        if ruled and snapshot and (known := _allocated(snapshot, caller, at)) is not None:
            ruled = _ruled(call, known, roaming)
        if ruled == Ruled.MOBILE_UNPROVEN:
            meant.append(_meant(why.code_of(ruled), acts.guard)._replace(treatment=self._unproven))
        elif ruled:
            meant.append(_meant(why.code_of(ruled), acts.guard))


def _hear(snapshot: Mapped, call: Read, acts: Acts, meant: list[Meant], emergency: EmergencyCalls) -> None:
    """Add what the lists of a snapshot mean; whatever is thought of a caller, lines of help stay open to him."""
    attempt = call.attempt
    entry = _holding(snapshot, call.caller_key, call.caller.canonical, attempt, "outgoing")
    if entry and not emergency.is_help_line(call.callee.canonical):
        code = why.SUSPECTED if entry.level is Level.SUSPECTED else why.WATCHED
        meant.append(Meant(code, entry.treatment, why.REASONS[code].score, acts.lists))
    entry = _holding(snapshot, call.callee_key, call.callee.canonical, attempt, "incoming")
    if entry and entry.level is Level.SUSPECTED:
        meant.append(_meant(why.CALLEE_SUSPECTED, acts.lists))
    if not attempt.own and call.caller_key and snapshot.lists.inbound_only(call.caller_key, attempt.at):
        meant.append(_meant(why.DO_NOT_ORIGINATE, acts.lists))


def _is_certain(call: Read) -> bool:
    """Say whether the caller is known well enough to be called back past all else: nobody may open another's line."""
    attempt = call.attempt
    known = call.ingress != _ABROAD or attempt.own or attempt.attestation == "A"
    return known and bool(call.caller.canonical)


def _key(canonical: str) -> int:
    """Return the key of a number as it was read; `number_key` also doubts what nobody read."""
    if canonical[:1] == "+" and 2 < len(canonical) <= 16 and canonical[1] != "0":
        return int(canonical)
    return number_key(canonical) if canonical else 0


@cache
def _meant(code: str, step: Acting) -> Meant:
    ground = why.REASONS[code]
    return Meant(code, ground.meant, ground.score, step)


def _holding(snapshot: Mapped, key: int, number: str, attempt: Attempt, direction: str) -> Entry | None:
    """Return what is thought of a number for a call of this kind, None where that is nothing bad."""
    entry = snapshot.key(key) if key else snapshot.number(number) if number else None
    held = entry.holding(attempt.at, direction, "voice", attempt.ingress) if entry else None
    return None if held is None or held.level is Level.CLEAR else held


def _ruled(call: Read, caller: Seen, roaming: int) -> int:
    """Return what the gateway guard says of a caller, as fanzha.detect says it of a column of them."""
    attempt = call.attempt
    digits = len(caller.canonical.lstrip("+"))
    ruled = ruling(
        call.ingress,
        caller.number_class if attempt.caller else UNKNOWN,
        caller.reason,
        digits,
        not attempt.caller.lstrip().startswith(("+", "＋", "00")),
        roaming,
        attempt.attestation == "A",
        attempt.own,
    )
    if ruled == Ruled.IRREGULAR_FROM_ABROAD and digits >= 8 and meant_abroad(caller.canonical):
        return Ruled.NONE
    return ruled


def _allocated(snapshot: Mapped, caller: Seen, at: int) -> Seen | None:
    """Return a caller as the operator's allocation table has his range; None where it has no entry."""
    national = caller.canonical.removeprefix("+86")
    found = snapshot.lists.allocated(national, at) if national[:1] != "+" else None
    if found is None:
        return None
    number_class = _CLASS[found.number_class or NumberClass.MOBILE]
    return Seen(number_class, _YES, _ALLOCATED, f"+86{national}", "CN")


def _country(call: Read) -> str:
    return call.caller.region if call.ingress == _ABROAD else ""


def _decided(meant: list[Meant], acts: Acts, call_id: str, country: str) -> Decision:
    """Weigh: the hardest treatment counts, each source only as far as its step goes."""
    if not meant:
        return _ALLOWED
    if len(meant) == 1:
        (one,) = meant
        does = milder(one.treatment, acts.most(one.step, call_id))
        return Decision(does, (one.code,), one.score, one.treatment, country)
    does, means = Treatment.ALLOW, Treatment.ALLOW
    for one in meant:
        most = milder(one.treatment, acts.most(one.step, call_id))
        if _ORDER[most] > _ORDER[does]:
            does = most
        if _ORDER[one.treatment] > _ORDER[means]:
            means = one.treatment
    meant.sort(key=lambda one: (-_ORDER[one.treatment], -one.score))
    score = max(one.score for one in meant)
    return Decision(does, tuple(one.code for one in meant), score, means, country)
