"""Decide one call from allowlists, snapshot lists, the gateway guard and live rules."""

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
from fanzha.screen import reasons
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.call_evidence import CallEvidence, RuleHit, combine_evidence
from fanzha.screen.decision import Decision
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.enforcement import TrunkEnforcement
from fanzha.screen.mapped_snapshot import MappedSnapshot

_INGRESS = {name: index for index, name in enumerate(INGRESS)}
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
_CLASS = {number_class.value: index for index, number_class in enumerate(CLASSES)}
_ROAMS = {None: UNKNOWN, True: ROAMING.index("proven"), False: ROAMING.index("disproven")}

_NONE, _IRREGULAR = int(Ruled.NONE), int(Ruled.IRREGULAR_FROM_ABROAD)
_CLEAR, _ALLOW = Level.CLEAR, Treatment.ALLOW

_ListOpinion = tuple[Level, Treatment, bool, bool]  # level, treatment, callee_suspected, inbound_only of CallEvidence
_NOTHING: _ListOpinion = (_CLEAR, _ALLOW, False, False)

_EMERGENCY = Decision(Treatment.ALLOW, (reasons.EMERGENCY_CALLEE,))
_OFF = Decision(Treatment.ALLOW, (reasons.TRUNK_OFF,), screened=False)


class CallRules(Protocol):
    """Live rules that evaluate calls and facts."""

    def evaluate_call(self, attempt: CallAttempt, caller: str, callee: str) -> Sequence[RuleHit]:
        """Count the call; return name, treatment and score of each rule that fires and may act."""

    def add_fact(self, table: str, at: int, fields: Mapping[str, object]) -> None:
        """Count a row of an event table at its arrival time (UTC ms)."""

    def pass_time(self, at: int) -> None:
        """Evaluate rules whose waits end before `at` (UTC ms)."""

    def save(self) -> bytes:
        """Return the serialised state."""

    def restore(self, data: bytes) -> None:
        """Load a serialised state."""


class ParsedCall(NamedTuple):
    """A call attempt with parsed numbers."""

    attempt: CallAttempt
    caller: NumberCodes
    callee: NumberCodes
    caller_key: int  # snapshot key of the number, 0 for none
    callee_key: int
    ingress: int
    to_emergency: bool  # to an emergency number


class Decider:
    """Decides calls. Assigning `snapshot` between two calls replaces the snapshot."""

    def __init__(
        self, emergency: EmergencyCalls, rules: CallRules | None = None, *, unproven: Treatment = Treatment.LABEL
    ) -> None:
        """`rules` None runs no rules; `unproven` is the treatment of unproven roamers."""
        self.snapshot: MappedSnapshot | None = None
        self.rules, self.emergency, self._unproven = rules, emergency, unproven
        self.off_rules: Mapping[str, object] = {}  # names of rules that a kill switch turns off

    def read(self, attempt: CallAttempt) -> ParsedCall:
        """Parse the numbers of an attempt."""
        caller, callee = read_number_pair(attempt.caller, attempt.callee)
        ingress, number = _INGRESS.get(attempt.ingress, UNKNOWN), callee.canonical
        for_help = self.emergency.is_emergency(callee, attempt.callee)
        values = (attempt, caller, callee, _key(caller.canonical), _key(number), ingress, for_help)
        return tuple.__new__(ParsedCall, values)  # half the cost of ParsedCall(…)

    def needs_roaming_lookup(self, call: ParsedCall) -> bool:
        """Return whether to query the register: an unproven home mobile number calls from abroad."""
        if call.ingress != _ABROAD or call.caller.number_class not in _CELLULAR:
            return False
        attempt = call.attempt
        return not attempt.own and attempt.attestation != "A"

    def decide(self, call: ParsedCall, acts: TrunkEnforcement, roaming: int = UNKNOWN) -> Decision:
        """Return the decision on a call under the trunk's enforcement.

        `roaming` is the register's answer for the caller, an index of ROAMING.
        """
        fired = self.count(call)
        if call.to_emergency:
            return _EMERGENCY
        if acts.off:
            return _OFF
        if passing_reason := self._passing_reason(call):
            return Decision(Treatment.ALLOW, (passing_reason,), country=_country(call))
        return combine_evidence(
            self._collect_evidence(call, roaming, fired), acts, acts.is_in_share(call.attempt.call_id)
        )

    def count(self, call: ParsedCall) -> Sequence[RuleHit]:
        """Count the call in windows and return the rules that fire; also for calls that pass unscreened."""
        if call.to_emergency and _is_caller_reliable(call):
            self.emergency.record_call(call.caller.canonical, call.attempt.at)
        if self.rules is None:
            return ()
        fired = self.rules.evaluate_call(call.attempt, call.caller.canonical, call.callee.canonical)
        return [hit for hit in fired if hit[0] not in self.off_rules] if self.off_rules else fired

    def always_passes(self, call: ParsedCall) -> bool:
        """Return whether a call passes regardless of verdicts: to an emergency number, or a call-back."""
        return call.to_emergency or self.emergency.may_be_called_back(call.callee.canonical, call.attempt.at)

    def _passing_reason(self, call: ParsedCall) -> str:
        """Return the reason why a call passes regardless of verdicts, or ""."""
        attempt = call.attempt
        if self.emergency.may_be_called_back(call.callee.canonical, attempt.at):
            return reasons.EMERGENCY_CALL_BACK
        if self.snapshot is None or not len(allowlist := self.snapshot.lists.allowlist):
            return ""
        proven = call.caller.canonical if attempt.own else None
        trigger = Trigger(attempt.caller, proven, attempt.trunk, attempt.ingress)
        return reasons.SPARED if allowlist.entry(trigger, attempt.at) else ""

    def _collect_evidence(self, call: ParsedCall, roaming: int, fired: Sequence[RuleHit]) -> CallEvidence:
        """Collect the results of gateway guard, lists and rules."""
        callee, snapshot = call.callee, self.snapshot
        guard_reason = _run_guard(snapshot, call, roaming)
        claims = _claims_protected(snapshot, call, guard_reason)
        if (from_call := _with_from_number(call)) is not None:  # a handset may display the number in From
            from_reason = _run_guard(snapshot, from_call, UNKNOWN)
            claims = claims or _claims_protected(snapshot, from_call, from_reason)
            guard_reason = stronger_reason(guard_reason, from_reason)
        costs = callee.number_class == _FOREIGN and callee.reason == _PREMIUM
        opinion = _NOTHING if snapshot is None else _look_up_lists(snapshot, call, from_call, self.emergency)
        values = (
            call.ingress == _ABROAD,
            _country(call),
            guard_reason,
            self._unproven,
            costs,
            *opinion,
            claims,
            tuple(fired),
        )
        return tuple.__new__(CallEvidence, values)


def _with_from_number(call: ParsedCall) -> ParsedCall | None:
    """Return the call with the unverified number of From as caller; None where From adds no other number."""
    attempt = call.attempt
    if not attempt.from_number or attempt.own or attempt.from_number == attempt.caller:
        return None
    caller = read_number(attempt.from_number)
    if caller.canonical and caller.canonical == call.caller.canonical:
        return None
    attempt = attempt._replace(caller=attempt.from_number, attestation="")
    return call._replace(attempt=attempt, caller=caller, caller_key=_key(caller.canonical))


def _run_guard(snapshot: MappedSnapshot | None, call: ParsedCall, roaming: int) -> int:
    """Return the guard's reason for the caller, using roaming entries and allocated ranges of the snapshot."""
    caller, at = call.caller, call.attempt.at
    if snapshot is None:
        return _rule_number(call, caller, roaming)
    if roaming == UNKNOWN and call.ingress == _ABROAD and caller.number_class in _CELLULAR:
        roaming = _ROAMS[snapshot.lists.roaming(call.caller_key, at)]
    ruled = _rule_number(call, caller, roaming)
    if ruled and (allocated := _find_allocation(snapshot, caller, at)) is not None:
        return _rule_number(call, allocated, roaming)
    return ruled


def _claims_protected(snapshot: MappedSnapshot | None, call: ParsedCall, ruled: int) -> bool:
    """Return whether the caller presents a protected number without proof.

    Interconnects of other carriers deliver such calls legitimately. From abroad the guard must also report a reason,
    because mobiles roam. An invalid number counts when it ends with a protected number.
    """
    attempt, caller = call.attempt, call.caller
    if snapshot is None or call.ingress not in _FROM_OUTSIDE or attempt.own or attempt.attestation == "A":
        return False
    if caller.number_class == _INVALID:
        return snapshot.lists.protected_matcher.matches_suffix(caller.canonical)
    if call.ingress == _INTERCONNECT or (call.ingress == _ABROAD and not ruled):
        return False
    return snapshot.lists.protected_matcher.matches(caller.canonical)


def _look_up_lists(
    snapshot: MappedSnapshot, call: ParsedCall, from_call: ParsedCall | None, emergency: EmergencyCalls
) -> _ListOpinion:
    """Return what the snapshot's lists say about both numbers; verdicts never block calls to help lines."""
    attempt, caller, callee, caller_key, callee_key, _, _ = call
    entry = _find_entry(snapshot, caller_key, caller.canonical, attempt, "outgoing")
    level, treatment = _CLEAR, _ALLOW
    if entry is not None and not emergency.is_help_line(callee.canonical):
        level, treatment = entry.level, entry.treatment
    entry = _find_entry(snapshot, callee_key, callee.canonical, attempt, "incoming")
    suspected = entry is not None and entry.level is Level.SUSPECTED
    inbound_only = not attempt.own and _is_inbound_only(snapshot, caller_key, attempt.at)
    if from_call is not None and not inbound_only:
        inbound_only = _is_inbound_only(snapshot, from_call.caller_key, attempt.at)
    return level, treatment, suspected, inbound_only


def _is_inbound_only(snapshot: MappedSnapshot, key: int, at: int) -> bool:
    return key != 0 and snapshot.lists.inbound_only(key, at) is not None


def _is_caller_reliable(call: ParsedCall) -> bool:
    """Return whether the caller's number is reliable enough to allow a call-back to it."""
    attempt = call.attempt
    reliable = call.ingress != _ABROAD or attempt.own or attempt.attestation == "A"
    return reliable and bool(call.caller.canonical)


def _key(canonical: str) -> int:
    """Return the snapshot key of a canonical number; a fast path of `number_key`."""
    if "+1" <= canonical < "+:" and 2 < len(canonical) <= 16:
        return int(canonical)
    return number_key(canonical) if canonical else 0


def _find_entry(
    snapshot: MappedSnapshot, key: int, number: str, attempt: CallAttempt, direction: str
) -> SnapshotEntry | None:
    """Return the entry of a number that applies to this call; None where there is none or it is clear."""
    entry = snapshot.key(key) if key else snapshot.number(number) if number else None
    if entry is None:
        return None
    match = entry.match(attempt.at, direction, "voice", attempt.ingress)
    return None if match is None or match.level is _CLEAR else match


def _rule_number(call: ParsedCall, caller: NumberCodes, roaming: int) -> int:
    """Return the gateway guard's reason for one number, equal to the column version in fanzha.detect."""
    attempt = call.attempt
    raw, digits = attempt.caller, len(caller.canonical.lstrip("+"))
    bare = raw[:1] != "+" and not raw.lstrip().startswith(("+", "＋", "00"))
    number_class, attested = caller.number_class if raw else UNKNOWN, attempt.attestation == "A"
    ruled = reason_code(call.ingress, number_class, caller.reason, digits, bare, roaming, attested, attempt.own)
    if ruled == _IRREGULAR and digits >= 8 and is_foreign_number(caller.canonical):
        return _NONE
    return ruled


def _find_allocation(snapshot: MappedSnapshot, caller: NumberCodes, at: int) -> NumberCodes | None:
    """Return the number as classified by the operator's allocation table; None without an entry."""
    national = caller.canonical.removeprefix("+86")
    allocated = snapshot.lists.allocated(national, at) if national[:1] != "+" else None
    if allocated is None:
        return None
    number_class = _CLASS[allocated.number_class or NumberClass.MOBILE]
    return NumberCodes(number_class, _YES, _ALLOCATED, f"+86{national}", "CN")


def _country(call: ParsedCall) -> str:
    return call.caller.region if call.ingress == _ABROAD else ""
