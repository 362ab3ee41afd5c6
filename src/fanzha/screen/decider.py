"""Decide one call: what always passes, then lists, gateway guard and rules; the trunk says how far it is acted on."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from fanzha.claims.allowlist import Trigger
from fanzha.claims.snapshot import number_key
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.detect.gateway.assessment import is_foreign_number
from fanzha.detect.gateway.ingress_rules import INGRESS, ROAMING, UNKNOWN, reason_code
from fanzha.detect.gateway.reasons import GatewayReason as Ruled
from fanzha.detect.gateway.reasons import stronger_reason
from fanzha.kinds.numbering.number_reader import NumberCodes, read_number, read_number_pair
from fanzha.kinds.numbering.terms import CLASSES, REASONS, VALIDITIES, NumberClass, Validity
from fanzha.kinds.numbering.terms import NumberReason as Why
from fanzha.screen import reasons as why
from fanzha.screen.attempt import Attempt
from fanzha.screen.call_evidence import Fired, Found, weighed
from fanzha.screen.decision import Decision
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.enforcement import Acts
from fanzha.screen.mapped_snapshot import Mapped

_INGRESS = {name: place for place, name in enumerate(INGRESS)}
_ABROAD = _INGRESS["international_gateway"]
_INTERCONNECT, _LEASED, _VOIP = (_INGRESS[name] for name in ("interconnect", "leased_line", "voip"))
_FROM_OUTSIDE = frozenset((_ABROAD, _INTERCONNECT, _LEASED, _VOIP))
_INVALID = CLASSES.index(NumberClass.INVALID)
_CELLULAR = frozenset(
    CLASSES.index(c) for c in (NumberClass.MOBILE, NumberClass.MVNO, NumberClass.DATA_CARD, NumberClass.IOT)
)
_FOREIGN = CLASSES.index(NumberClass.FOREIGN)
_PREMIUM, _ALLOCATED = REASONS.index(Why.PREMIUM_RATE), REASONS.index(Why.ALLOCATED)
_YES = VALIDITIES.index(Validity.YES)
_CLASS = {one.value: place for place, one in enumerate(CLASSES)}
_ROAMS = {None: UNKNOWN, True: ROAMING.index("proven"), False: ROAMING.index("disproven")}

_NONE, _IRREGULAR = int(Ruled.NONE), int(Ruled.IRREGULAR_FROM_ABROAD)
_CLEAR, _ALLOW = Level.CLEAR, Treatment.ALLOW

_Heard = tuple[Level, Treatment, bool, bool]  # as in Found
_NOTHING: _Heard = (_CLEAR, _ALLOW, False, False)

_EMERGENCY = Decision(Treatment.ALLOW, (why.EMERGENCY_CALLEE,))
_OFF = Decision(Treatment.ALLOW, (why.TRUNK_OFF,), screened=False)


class Rules(Protocol):
    """The rules in the moment."""

    def offered(self, attempt: Attempt, caller: str, callee: str) -> Sequence[Fired]:
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
    caller: NumberCodes
    callee: NumberCodes
    caller_key: int  # of the number in snapshots, 0 for none
    callee_key: int
    ingress: int
    for_help: bool  # to an emergency number


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
        caller, callee = read_number_pair(attempt.caller, attempt.callee)
        ingress, number = _INGRESS.get(attempt.ingress, UNKNOWN), callee.canonical
        for_help = self.emergency.is_emergency(callee, attempt.callee)
        values = (attempt, caller, callee, _key(caller.canonical), _key(number), ingress, for_help)
        return tuple.__new__(Read, values)  # as Read(…), at half the cost

    def wants_roaming(self, call: Read) -> bool:
        """Say whether a register should be asked: a home mobile from abroad that nobody has proven otherwise."""
        if call.ingress != _ABROAD or call.caller.number_class not in _CELLULAR:
            return False
        attempt = call.attempt
        return not attempt.own and attempt.attestation != "A"

    def decide(self, call: Read, acts: Acts, roaming: int = UNKNOWN) -> Decision:
        """Return the decision on a call by a trunk that acts so far.

        `roaming` is what a register says of its caller, a place in ROAMING.
        """
        fired = self.count(call)
        if call.for_help:
            return _EMERGENCY
        if acts.off:
            return _OFF
        if passes := self._passes(call):
            return Decision(Treatment.ALLOW, (passes,), country=_country(call))
        return weighed(self._found(call, roaming, fired), acts, acts.draws(call.attempt.call_id))

    def count(self, call: Read) -> Sequence[Fired]:
        """Let windows count the call, whatever becomes of it; return name, treatment and score of what fires."""
        if call.for_help and _is_certain(call):
            self.emergency.called(call.caller.canonical, call.attempt.at)
        if self.rules is None:
            return ()
        fired = self.rules.offered(call.attempt, call.caller.canonical, call.callee.canonical)
        return [one for one in fired if one[0] not in self.off_rules] if self.off_rules else fired

    def always_passes(self, call: Read) -> bool:
        """Say whether a call passes whatever happens: to an emergency number, or back to who called one."""
        return call.for_help or self.emergency.may_be_called_back(call.callee.canonical, call.attempt.at)

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

    def _found(self, call: Read, roaming: int, fired: Sequence[Fired]) -> Found:
        """Ask guard and lists."""
        callee, snapshot = call.callee, self.snapshot
        ruled = _guard(snapshot, call, roaming)
        claims = _claims_protected(snapshot, call, ruled)
        if (shown := _as_shown(call)) is not None:  # what a handset may show is judged as what is asserted
            other = _guard(snapshot, shown, UNKNOWN)
            claims = claims or _claims_protected(snapshot, shown, other)
            ruled = stronger_reason(ruled, other)
        costs = callee.number_class == _FOREIGN and callee.reason == _PREMIUM
        heard = _NOTHING if snapshot is None else _hear(snapshot, call, shown, self.emergency)
        values = (call.ingress == _ABROAD, _country(call), ruled, self._unproven, costs, *heard, claims, tuple(fired))
        return tuple.__new__(Found, values)


def _as_shown(call: Read) -> Read | None:
    """Return a call as if its caller were the number of From, which nobody vouches for; None where it is his own."""
    attempt = call.attempt
    if not attempt.shown or attempt.own or attempt.shown == attempt.caller:
        return None
    caller = read_number(attempt.shown)
    if caller.canonical and caller.canonical == call.caller.canonical:
        return None
    attempt = attempt._replace(caller=attempt.shown, attestation="")
    return call._replace(attempt=attempt, caller=caller, caller_key=_key(caller.canonical))


def _guard(snapshot: Mapped | None, call: Read, roaming: int) -> int:
    """Return what the gateway guard says, by what the snapshot knows of roaming and ranges."""
    caller, at = call.caller, call.attempt.at
    if snapshot is None:
        return _ruled(call, caller, roaming)
    if roaming == UNKNOWN and call.ingress == _ABROAD and caller.number_class in _CELLULAR:
        roaming = _ROAMS[snapshot.lists.roaming(call.caller_key, at)]
    ruled = _ruled(call, caller, roaming)
    if ruled and (known := _allocated(snapshot, caller, at)) is not None:
        return _ruled(call, known, roaming)
    return ruled


def _claims_protected(snapshot: Mapped | None, call: Read, ruled: int) -> bool:
    """Say whether a caller shows a protected number that nobody proved to be his.

    Other carriers' interconnects bring such calls rightfully; from abroad the guard must have found something too, for
    a mobile may roam. What cannot exist and only ends with a protected number is nobody's.
    """
    attempt, caller = call.attempt, call.caller
    if snapshot is None or call.ingress not in _FROM_OUTSIDE or attempt.own or attempt.attestation == "A":
        return False
    if caller.number_class == _INVALID:
        return snapshot.lists.imitated.at_the_end(caller.canonical)
    if call.ingress == _INTERCONNECT or (call.ingress == _ABROAD and not ruled):
        return False
    return snapshot.lists.imitated.whole(caller.canonical)


def _hear(snapshot: Mapped, call: Read, shown: Read | None, emergency: EmergencyCalls) -> _Heard:
    """Return what the lists of a snapshot say; whatever is thought of a caller, lines of help stay open to him."""
    attempt, caller, callee, caller_key, callee_key, _, _ = call
    entry = _holding(snapshot, caller_key, caller.canonical, attempt, "outgoing")
    level, treatment = _CLEAR, _ALLOW
    if entry is not None and not emergency.is_help_line(callee.canonical):
        level, treatment = entry.level, entry.treatment
    entry = _holding(snapshot, callee_key, callee.canonical, attempt, "incoming")
    suspected = entry is not None and entry.level is Level.SUSPECTED
    never = not attempt.own and _never_calls(snapshot, caller_key, attempt.at)
    if shown is not None and not never:
        never = _never_calls(snapshot, shown.caller_key, attempt.at)
    return level, treatment, suspected, never


def _never_calls(snapshot: Mapped, key: int, at: int) -> bool:
    return key != 0 and snapshot.lists.inbound_only(key, at) is not None


def _is_certain(call: Read) -> bool:
    """Say whether the caller is known well enough to be called back past all else: nobody may open another's line."""
    attempt = call.attempt
    known = call.ingress != _ABROAD or attempt.own or attempt.attestation == "A"
    return known and bool(call.caller.canonical)


def _key(canonical: str) -> int:
    """Return the key of a number as it was read; `number_key` also doubts what nobody read."""
    if "+1" <= canonical < "+:" and 2 < len(canonical) <= 16:
        return int(canonical)
    return number_key(canonical) if canonical else 0


def _holding(snapshot: Mapped, key: int, number: str, attempt: Attempt, direction: str) -> SnapshotEntry | None:
    """Return what is thought of a number for a call of this kind, None where that is nothing bad."""
    entry = snapshot.key(key) if key else snapshot.number(number) if number else None
    if entry is None:
        return None
    held = entry.match(attempt.at, direction, "voice", attempt.ingress)
    return None if held is None or held.level is _CLEAR else held


def _ruled(call: Read, caller: NumberCodes, roaming: int) -> int:
    """Return what the gateway guard says of a caller, as fanzha.detect says it of a column of them."""
    attempt = call.attempt
    raw, digits = attempt.caller, len(caller.canonical.lstrip("+"))
    bare = raw[:1] != "+" and not raw.lstrip().startswith(("+", "＋", "00"))
    number_class, attested = caller.number_class if raw else UNKNOWN, attempt.attestation == "A"
    ruled = reason_code(call.ingress, number_class, caller.reason, digits, bare, roaming, attested, attempt.own)
    if ruled == _IRREGULAR and digits >= 8 and is_foreign_number(caller.canonical):
        return _NONE
    return ruled


def _allocated(snapshot: Mapped, caller: NumberCodes, at: int) -> NumberCodes | None:
    """Return a caller as the operator's allocation table has his range; None where it has no entry."""
    national = caller.canonical.removeprefix("+86")
    found = snapshot.lists.allocated(national, at) if national[:1] != "+" else None
    if found is None:
        return None
    number_class = _CLASS[found.number_class or NumberClass.MOBILE]
    return NumberCodes(number_class, _YES, _ALLOCATED, f"+86{national}", "CN")


def _country(call: Read) -> str:
    return call.caller.region if call.ingress == _ABROAD else ""
