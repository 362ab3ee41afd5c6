"""Decide one call from allowlists, snapshot lists, the gateway guard and live rules."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from fanzha.claims.allowlist import Trigger
from fanzha.claims.snapshot import number_key
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.treatment import TREATMENTS, Treatment
from fanzha.claims.verdict import Level
from fanzha.detect.gateway.assessment import is_foreign_number
from fanzha.detect.gateway.ingress_rules import INGRESS, ROAMING, UNKNOWN, reason_code
from fanzha.detect.gateway.reasons import GatewayReason as Ruled
from fanzha.detect.gateway.reasons import stronger_reason
from fanzha.kinds.numbering.number_reader import NumberCodes, read_number_pair
from fanzha.kinds.numbering.terms import CLASSES, REASONS, VALIDITIES, NumberClass, Validity
from fanzha.kinds.numbering.terms import NumberReason as Why
from fanzha.screen import reasons
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.call_evidence import CallEvidence, RuleHit, combine_evidence
from fanzha.screen.decision import Decision
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.enforcement import TrunkEnforcement
from fanzha.screen.identity import complete_reading, read_identity
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.screen.registrations import Registrations
from fanzha.screen.stir.result import Verification, Verstat

_INGRESS = {name: index for index, name in enumerate(INGRESS)}
_ABROAD = _INGRESS["international_gateway"]
_INTERCONNECT, _LEASED, _VOIP, _MOBILE_NETWORK = (
    _INGRESS[name] for name in ("interconnect", "leased_line", "voip", "mobile")
)
_FROM_OUTSIDE = frozenset((_ABROAD, _INTERCONNECT, _LEASED, _VOIP))
_INVALID = CLASSES.index(NumberClass.INVALID)
_CELLULAR = frozenset(
    CLASSES.index(c) for c in (NumberClass.MOBILE, NumberClass.MVNO, NumberClass.DATA_CARD, NumberClass.IOT)
)
_FOREIGN = CLASSES.index(NumberClass.FOREIGN)
#: Classes that no subscriber line holds: emergency centres, authorities, banks and shops call from proven lines.
_OF_SERVICES = frozenset(
    CLASSES.index(c)
    for c in (NumberClass.EMERGENCY, NumberClass.SERVICE, NumberClass.SERVICE_400, NumberClass.SERVICE_800)
)
_PREMIUM, _ALLOCATED = REASONS.index(Why.PREMIUM_RATE), REASONS.index(Why.ALLOCATED)
_YES = VALIDITIES.index(Validity.YES)
_CLASS = {number_class.value: index for index, number_class in enumerate(CLASSES)}
_ROAMS = {None: UNKNOWN, True: ROAMING.index("proven"), False: ROAMING.index("disproven")}

_NONE, _IRREGULAR = int(Ruled.NONE), int(Ruled.IRREGULAR_FROM_ABROAD)
_CLEAR, _ALLOW = Level.CLEAR, Treatment.ALLOW

#: level, treatment, callee_suspected, inbound_only and diverting_suspected of CallEvidence
_ListOpinion = tuple[Level, Treatment, bool, bool, bool]
_NOTHING: _ListOpinion = (_CLEAR, _ALLOW, False, False, False)
_HARDNESS = {treatment: rank for rank, treatment in enumerate(TREATMENTS)}

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
        self,
        emergency: EmergencyCalls,
        rules: CallRules | None = None,
        *,
        unproven: Treatment = Treatment.LABEL,
        registrations: Registrations | None = None,
        failed_signature: Treatment = Treatment.LABEL,
    ) -> None:
        """`rules` None runs no rules; `unproven` is the treatment of unproven roamers.

        `registrations` are those pushed into the screen, None where it takes none.
        """
        self.snapshot: MappedSnapshot | None = None
        self.registrations = registrations
        self.rules, self.emergency = rules, emergency
        self._unproven, self._failed_signature = unproven, failed_signature
        self.off_rules: Mapping[str, object] = {}  # names of rules that a kill switch turns off

    def read(self, attempt: CallAttempt) -> ParsedCall:
        """Parse the numbers of an attempt."""
        caller, callee = read_number_pair(attempt.caller, attempt.callee)
        if caller.number_class == _INVALID or ";" in attempt.caller:
            caller = complete_reading(attempt.caller, caller)
        if callee.number_class == _INVALID or ";" in attempt.callee:
            callee = complete_reading(attempt.callee, callee)
        ingress, number = _INGRESS.get(attempt.ingress, UNKNOWN), callee.canonical
        for_help = self.emergency.is_emergency(callee, attempt.callee)
        values = (attempt, caller, callee, _key(caller.canonical), _key(number), ingress, for_help)
        return tuple.__new__(ParsedCall, values)  # half the cost of ParsedCall(…)

    def needs_roaming_lookup(self, call: ParsedCall) -> bool:
        """Return whether to query the register: a home mobile calls from abroad, unproven and without registration."""
        if not _may_roam(call) or _is_attested(call):
            return False
        return self.registrations is None or self._find_registration(call) == UNKNOWN

    def decide(self, call: ParsedCall, acts: TrunkEnforcement, roaming: int = UNKNOWN) -> Decision:
        """Return the decision on a call under the trunk's enforcement.

        `roaming` is the register's answer for the caller, an index of ROAMING.
        """
        return self._decide(call, acts, roaming, self.count(call))

    def decide_without_rules(self, call: ParsedCall, acts: TrunkEnforcement) -> Decision:
        """Return the decision by lists and gateway guard alone; the call is not counted in windows."""
        return self._decide(call, acts, UNKNOWN, ())

    def _decide(self, call: ParsedCall, acts: TrunkEnforcement, roaming: int, fired: Sequence[RuleHit]) -> Decision:
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
        """Return whether a call passes regardless of verdicts: to an emergency number, or a call-back from a centre."""
        return call.to_emergency or self._is_call_back(call)

    def _is_call_back(self, call: ParsedCall) -> bool:
        """Return whether an emergency centre, by a proven number of its own, calls back a recent emergency caller."""
        return (
            self.emergency.may_be_called_back(call.callee.canonical, call.attempt.at)
            and _is_caller_proven(call)
            and self.emergency.is_centre(call.caller)
        )

    def _passing_reason(self, call: ParsedCall) -> str:
        """Return the reason why a call passes regardless of verdicts, or ""."""
        attempt = call.attempt
        if self._is_call_back(call):
            return reasons.EMERGENCY_CALL_BACK
        if self.snapshot is None or not len(allowlist := self.snapshot.lists.allowlist):
            return ""
        proven = call.caller.canonical if attempt.own or _is_caller_proven(call) else None
        trigger = Trigger(attempt.caller, proven, attempt.trunk, attempt.ingress)
        return reasons.SPARED if allowlist.entry(trigger, attempt.at) else ""

    def _collect_evidence(self, call: ParsedCall, roaming: int, fired: Sequence[RuleHit]) -> CallEvidence:
        """Collect the results of gateway guard, lists and rules."""
        callee, snapshot = call.callee, self.snapshot
        guard_reason = self._run_guard(call, roaming)
        proof = _prove_roaming(call, guard_reason) if call.ingress == _ABROAD else ""
        claims = _claims_protected(snapshot, call, guard_reason)
        others = _other_identities(call)
        for other in others:  # the hardest ruling on any identity counts, because a handset may show any of them
            other_reason = _NONE if call.attempt.own else self._run_guard(other, UNKNOWN)
            claims = claims or _claims_protected(snapshot, other, other_reason)
            guard_reason = stronger_reason(guard_reason, other_reason)
        costs = callee.number_class == _FOREIGN and callee.reason == _PREMIUM
        opinion = _NOTHING if snapshot is None else _look_up_lists(snapshot, call, others, self.emergency)
        values = (
            call.ingress == _ABROAD,
            _country(call),
            guard_reason,
            self._unproven,
            costs,
            *opinion,
            claims,
            tuple(fired),
            proof,
            _ALLOW if call.attempt.verification is None else self._treat_signature(call.attempt.verification),
            "" if snapshot is None else _overseas_choice(snapshot, call, proof),
        )
        return tuple.__new__(CallEvidence, values)

    def _run_guard(self, call: ParsedCall, roaming: int) -> int:
        """Return the guard's reason for the caller, using registrations, and roaming and allocation of the snapshot."""
        caller, snapshot = call.caller, self.snapshot
        if roaming == UNKNOWN and _may_roam(call):
            roaming = self._find_roaming(call)
        ruled = _rule_number(call, caller, roaming)
        if snapshot is None:
            return ruled
        if ruled and (allocated := _find_allocation(snapshot, caller, call.attempt.at)) is not None:
            return _rule_number(call, allocated, roaming)
        return ruled

    def _find_registration(self, call: ParsedCall) -> int:
        """Return what the pushed registration of the caller proves, UNKNOWN without one."""
        return UNKNOWN if self.registrations is None else self.registrations.find(call.caller_key, call.attempt.at)

    def _find_roaming(self, call: ParsedCall) -> int:
        """Return what registrations, else the snapshot, know of a home mobile number from abroad."""
        roaming = self._find_registration(call)
        if roaming != UNKNOWN or self.snapshot is None:
            return roaming
        return _ROAMS[self.snapshot.lists.roaming(call.caller_key, call.attempt.at)]

    def _treat_signature(self, verification: Verification) -> Treatment:
        """Return the treatment of a result; a call without valid proof is treated like one without a signature."""
        return self._failed_signature if verification.verstat is Verstat.FAILED else _ALLOW


def _other_identities(call: ParsedCall) -> Sequence[ParsedCall]:
    """Return the call once for each other number that is said to be the caller's, as unproven caller."""
    attempt = call.attempt
    if not attempt.from_number and not attempt.claimed:
        return ()
    known, others = {attempt.caller, call.caller.canonical or attempt.caller}, []
    for text in (attempt.from_number, *attempt.claimed):
        if not text or text in known:
            continue
        number = read_identity(text)
        if number.canonical in known:
            continue
        known |= {text, number.canonical or text}
        claim = attempt._replace(caller=text, attestation="", own=False, attested=False)
        others.append(call._replace(attempt=claim, caller=number, caller_key=_key(number.canonical)))
    return others


def _may_roam(call: ParsedCall) -> bool:
    """Return whether a home mobile number calls from abroad."""
    return call.ingress == _ABROAD and call.caller.number_class in _CELLULAR


def _prove_roaming(call: ParsedCall, guard_reason: int) -> str:
    """Return by the guard's reason whether a home mobile from abroad is proven to be there; "" for other numbers."""
    if guard_reason == Ruled.MOBILE_NOT_ROAMING:
        return "disproven"
    if guard_reason == Ruled.MOBILE_UNPROVEN:
        return "unproven"
    return "proven" if _may_roam(call) and guard_reason == _NONE else ""


def _overseas_choice(snapshot: MappedSnapshot, call: ParsedCall, proof: str) -> str:
    """Return what the callee chose for calls from abroad; a home mobile that is proven to roam is none of them."""
    is_foreign = call.ingress == _ABROAD and proof != "proven"
    return snapshot.lists.overseas_choice(call.callee_key, call.caller_key) if is_foreign else ""


def _is_attested(call: ParsedCall) -> bool:
    return call.attempt.own or call.attempt.attested


def _claims_protected(snapshot: MappedSnapshot | None, call: ParsedCall, ruled: int) -> bool:
    """Return whether the caller presents a protected number without proof.

    Interconnects of other carriers deliver such calls legitimately. From abroad the guard must also report a reason,
    because mobiles roam. An invalid number counts when it ends with a protected number. On the mobile network the
    numbers of services count, because no handset holds one.
    """
    attempt, caller = call.attempt, call.caller
    if attempt.own or attempt.attested:
        return False
    if call.ingress == _MOBILE_NETWORK and caller.number_class in _OF_SERVICES:
        return True
    if snapshot is None or call.ingress not in _FROM_OUTSIDE:
        return False
    if caller.number_class == _INVALID:
        return snapshot.lists.protected_matcher.matches_suffix(caller.canonical)
    if call.ingress == _INTERCONNECT or (call.ingress == _ABROAD and not ruled):
        return False
    return snapshot.lists.protected_matcher.matches(caller.canonical)


def _look_up_lists(
    snapshot: MappedSnapshot, call: ParsedCall, others: Sequence[ParsedCall], emergency: EmergencyCalls
) -> _ListOpinion:
    """Return what the snapshot's lists say about all numbers; verdicts never block calls to help lines."""
    attempt, callee, at = call.attempt, call.callee, call.attempt.at
    level, treatment = _CLEAR, _ALLOW
    if not emergency.is_help_line(callee.canonical):
        level, treatment = _caller_verdict(snapshot, call)
        for other in others:
            verdict = _caller_verdict(snapshot, other)
            if _HARDNESS[verdict[1]] > _HARDNESS[treatment] or level is _CLEAR:
                level, treatment = verdict
    entry = _find_entry(snapshot, call.callee_key, callee.canonical, attempt, "incoming")
    suspected = entry is not None and entry.level is Level.SUSPECTED
    inbound_only = not attempt.own and _is_inbound_only(snapshot, call.caller_key, at)
    for other in others:
        inbound_only = inbound_only or _is_inbound_only(snapshot, other.caller_key, at)
    diverting = bool(attempt.diverting) and any(_is_suspected(snapshot, text, attempt) for text in attempt.diverting)
    return level, treatment, suspected, inbound_only, diverting


def _caller_verdict(snapshot: MappedSnapshot, call: ParsedCall) -> tuple[Level, Treatment]:
    """Return level and treatment of the verdict on the caller's number."""
    entry = _find_entry(snapshot, call.caller_key, call.caller.canonical, call.attempt, "outgoing")
    return (_CLEAR, _ALLOW) if entry is None else (entry.level, entry.treatment)


def _is_suspected(snapshot: MappedSnapshot, text: str, attempt: CallAttempt) -> bool:
    """Return whether a number that diverted the call is suspected."""
    number = read_identity(text).canonical
    entry = _find_entry(snapshot, _key(number), number, attempt, "outgoing")
    return entry is not None and entry.level is Level.SUSPECTED


def _is_inbound_only(snapshot: MappedSnapshot, key: int, at: int) -> bool:
    return key != 0 and snapshot.lists.inbound_only(key, at) is not None


def _is_caller_reliable(call: ParsedCall) -> bool:
    """Return whether the caller's number is reliable enough to allow a call-back to it."""
    attempt = call.attempt
    reliable = call.ingress != _ABROAD or attempt.own or attempt.attested
    return reliable and bool(call.caller.canonical)


def _is_caller_proven(call: ParsedCall) -> bool:
    """Return whether the network proves the caller's number; from abroad nothing proves a number of ours."""
    attempt = call.attempt
    return call.ingress != _ABROAD and (attempt.own or attempt.attested)


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
    number_class, attested = caller.number_class if raw else UNKNOWN, attempt.attested
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
