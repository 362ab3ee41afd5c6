"""Screen calls: find the trunk, look up roaming, decide, warn and log. It never raises and never blocks."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from fanzha.claims.treatment import Treatment
from fanzha.detect.gateway.ingress_rules import UNKNOWN
from fanzha.screen import reasons
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.call_counters import ProofCounters
from fanzha.screen.decider import Decider, ParsedCall
from fanzha.screen.decision import Decision
from fanzha.screen.enforcement import TrunkEnforcement, shadow_settings
from fanzha.screen.event_log import EventLog
from fanzha.screen.identity import read_identity
from fanzha.screen.metrics import Metrics
from fanzha.screen.roaming import RoamingLookup
from fanzha.screen.settings import EnforcementStep, ScreenSettings, TrunkSettings
from fanzha.screen.stir.result import SignatureVerifier, SignedCall, Verification, digits_of
from fanzha.store.switches import Switches, SwitchStep, SwitchTarget
from fanzha.warn import all_channels

_KILLED = Decision(Treatment.ALLOW, (reasons.KILLED,), screened=False)
DecisionCallback = Callable[[Decision], None]
_PROVING = ("A",)
WarnCallback = Callable[[ParsedCall, Decision, tuple[str, ...]], None]
CONTINUING = (Treatment.LABEL, Treatment.WITHHOLD)


@dataclass(slots=True)
class _TrunkState:
    """Settings and switches of one trunk."""

    ingress: str
    proves_caller: bool
    enforcement: TrunkEnforcement  # in force now
    configured: TrunkEnforcement
    shadow: TrunkEnforcement  # of a trunk that a switch or the settings put in shadow
    closed: bool
    shows_label: bool
    channels: tuple[str, ...]  # channels that send warnings
    proving: frozenset[str] | None  # attestations of the edge that prove a number; None: it verifies none
    proofs: ProofCounters


class Screener:
    """Screens the calls of all listeners. Kill switches act at once."""

    def __init__(
        self,
        settings: ScreenSettings,
        decider: Decider,
        roaming: RoamingLookup,
        log: EventLog,
        key: bytes,
        *,
        verifier: SignatureVerifier | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        """`key` samples the calls of a trunk's enforced share; without a verifier signatures are not looked at."""
        self.decider, self._roaming, self._log, self._verifier = decider, roaming, log, verifier
        self._settings, self._key, self._metrics = settings, key, metrics or Metrics()
        self._proving = frozenset(settings.stir.proves if settings.stir else _PROVING)
        self._trunks = {name: self._make_trunk(name) for name in settings.trunks}
        self._other = self._trunks.get("*") or self._make_trunk("*")
        self._is_shadow = settings.shadow
        self._killed_trunks: frozenset[str] = frozenset()
        self._killed = False
        self.warn: WarnCallback | None = None  # set while this process is the leader
        self.failures = 0
        self.last_failure = ""

    def switch(self, switches: Switches) -> None:
        """Apply the kill switches and shadow switches."""
        self._killed, self._killed_trunks = switches.all, switches.list_names(SwitchTarget.TRUNK)
        self.decider.off_rules = dict.fromkeys(switches.list_names(SwitchTarget.RULE))
        self._is_shadow = self._settings.shadow or switches.all_in_shadow
        in_shadow = switches.list_names(SwitchTarget.TRUNK, SwitchStep.SHADOW)
        for name in in_shadow - self._trunks.keys():
            self._trunks[name] = self._make_trunk(name)
        for name, trunk in (*self._trunks.items(), ("*", self._other)):
            trunk.enforcement = trunk.shadow if switches.all_in_shadow or name in in_shadow else trunk.configured

    def _make_trunk(self, name: str) -> "_TrunkState":
        """Return the state of a trunk; one without a table has that of all others."""
        trunk = self._settings.trunk(name)
        proving = self._proving if trunk.verifies else None
        proofs = ProofCounters(self._metrics, name)
        trunk = shadow_settings(trunk) if self._settings.shadow else trunk
        return _make_trunk_state(name, trunk, self._key, proving, proofs)

    @property
    def killed(self) -> bool:
        """Whether the kill switch for everything is on."""
        return self._killed

    @property
    def is_passive(self) -> bool:
        """Whether nothing is treated: the kill switch for everything is on, or the whole screen is in shadow."""
        return self._killed or self._is_shadow

    def call(self, attempt: CallAttempt, then: DecisionCallback | None = None) -> Decision | None:
        """Return the decision, or None if a register is asked first; `then` gets the decision within its limit.

        Without `then` the call does not wait and the register's answer serves the next call.
        """
        started_ns = time.perf_counter_ns()
        trunk, signatures = self._trunks.get(attempt.trunk, self._other), attempt.signatures
        attempt = attempt.with_trunk(trunk.ingress, trunk.proves_caller, trunk.proving)
        try:
            call = self.decider.read(attempt)
            if signatures and self._verifier is not None:
                call = self._verify(call, signatures, self._verifier)
                attempt = call.attempt
            trunk.proofs.count(attempt)
            if self._killed or attempt.trunk in self._killed_trunks:
                self.decider.count(call)
                return self._log_decision(attempt, _KILLED, started_ns)
            roaming = UNKNOWN
            if self.decider.needs_roaming_lookup(call):
                roaming = self._roaming.cached(call.caller.canonical)
                if roaming == UNKNOWN and self._query_register(call, trunk, started_ns, then):
                    return None
            decision = self._decide(call, trunk, roaming)
        except Exception as error:  # an internal fault must not stop a call
            return self._log_decision(attempt, self._handle_failure(error, attempt, trunk), started_ns)
        if decision.treatment in CONTINUING:
            decision = self._warn(call, trunk, decision)
        return self._log_decision(attempt, decision, started_ns)

    def judge(self, attempt: CallAttempt) -> Decision:
        """Return and log the decision on a call that was seen in a copy or event: it is counted and never treated.

        Registrations, remembered answers and the snapshot prove roaming; no register is asked.
        """
        started_ns, trunk = time.perf_counter_ns(), self._trunks.get(attempt.trunk, self._other)
        attempt = attempt.with_trunk(trunk.ingress, trunk.proves_caller)
        try:
            call = self.decider.read(attempt)
            if self._killed or attempt.trunk in self._killed_trunks:
                self.decider.count(call)
                decision = _KILLED
            else:
                roaming = UNKNOWN
                if self.decider.needs_roaming_lookup(call):
                    roaming = self._roaming.cached(call.caller.canonical)
                decision = self.decider.decide(call, trunk.shadow, roaming)
                if self.decider.snapshot is None and decision.screened and not self.decider.always_passes(call):
                    decision = _without_snapshot(decision)
        except Exception as error:  # an internal fault must not stop a feed
            self.failures += 1
            self.last_failure = f"{type(error).__name__}: {error}"
            decision = Decision(Treatment.ALLOW, (reasons.FAILED,), screened=False)
        return self._log_decision(attempt, decision, started_ns)

    def unscreened(self, attempt: CallAttempt, code: str) -> Decision:
        """Return and log the decision on a call that is not evaluated (overloaded, late).

        Under overload, lists and gateway guard still refuse; only rules are left out.
        """
        started_ns, trunk = time.perf_counter_ns(), self._trunks.get(attempt.trunk, self._other)
        attempt = attempt.with_trunk(trunk.ingress, trunk.proves_caller, trunk.proving)
        decision = self._unscreened_decision(code, attempt, trunk)
        if code == reasons.OVERLOADED and decision.treatment is not Treatment.REFUSE:
            decision = self._refusal_without_rules(attempt, trunk) or decision
        return self._log_decision(attempt, decision, started_ns)

    def _verify(self, call: ParsedCall, signatures: tuple[str, ...], verifier: SignatureVerifier) -> ParsedCall:
        """Return the call with the result of its signatures, which replaces an attestation of the edge."""
        attempt = call.attempt
        claimed = (attempt.from_number, *attempt.claimed)
        signed = SignedCall(
            signatures,
            digits_of(call.caller.canonical),
            digits_of(call.callee.canonical),
            tuple(digits_of(read_identity(text).canonical) for text in claimed if text),
            bool(attempt.diverting or attempt.original_callee),
            attempt.call_id,
        )
        result = verifier.verify(signed, attempt.at)
        attested = result.attestation in self._proving
        verified = attempt._replace(attestation=result.attestation, attested=attested, verification=result)
        return call._replace(attempt=verified)

    def _decide(self, call: ParsedCall, trunk: _TrunkState, roaming: int) -> Decision:
        """Return the decision; without a snapshot a call that is not refused counts as unscreened.

        Gateway guard and rules act without a snapshot, and emergency calls need none.
        """
        decision = self.decider.decide(call, trunk.enforcement, roaming)
        if self.decider.snapshot is not None or decision.treatment is Treatment.REFUSE or not decision.screened:
            return decision
        if self.decider.always_passes(call):
            return decision
        closed = self._unscreened_decision(reasons.NO_SNAPSHOT, call.attempt, trunk)
        if closed.treatment is Treatment.REFUSE:
            return closed
        return _without_snapshot(decision)

    def _refusal_without_rules(self, attempt: CallAttempt, trunk: _TrunkState) -> Decision | None:
        """Return the refusal that lists and gateway guard ask for, None for any other treatment."""
        if self._killed or attempt.trunk in self._killed_trunks or trunk.enforcement.off:
            return None
        try:
            decision = self.decider.decide_without_rules(self.decider.read(attempt), trunk.enforcement)
        except Exception as error:  # an internal fault must not stop a call
            self.failures += 1
            self.last_failure = f"{type(error).__name__}: {error}"
            return None
        if decision.treatment is not Treatment.REFUSE:
            return None
        return decision._replace(reasons=(*decision.reasons, reasons.OVERLOADED))

    def _query_register(
        self, call: ParsedCall, trunk: _TrunkState, started_ns: int, then: DecisionCallback | None
    ) -> bool:
        """Query the register; return whether the call waits for the answer."""
        if not self._roaming.enabled or trunk.enforcement.off:
            return False

        def on_answer(code: int) -> None:
            if then is not None:
                then(self._after_roaming(call, trunk, code, started_ns))

        loop = asyncio.get_running_loop()
        return self._roaming.ask(call.caller.canonical, loop, on_answer) and then is not None

    def _after_roaming(self, call: ParsedCall, trunk: _TrunkState, code: int, started_ns: int) -> Decision:
        if self._killed or call.attempt.trunk in self._killed_trunks:
            self.decider.count(call)
            return self._log_decision(call.attempt, _KILLED, started_ns)
        try:
            decision = self._decide(call, trunk, code)
        except Exception as error:
            decision = self._handle_failure(error, call.attempt, trunk)
        if decision.treatment in CONTINUING:
            decision = self._warn(call, trunk, decision)
        return self._log_decision(call.attempt, decision, started_ns)

    def _warn(self, call: ParsedCall, trunk: _TrunkState, decision: Decision) -> Decision:
        """Warn people about a call that continues; return the decision, without a label where none is shown."""
        if trunk.channels and self.warn is not None:
            self.warn(call, decision, trunk.channels)
        return decision if trunk.shows_label else _without_label(decision)

    def _handle_failure(self, error: Exception, attempt: CallAttempt, trunk: _TrunkState) -> Decision:
        self.failures += 1
        self.last_failure = f"{type(error).__name__}: {error}"
        return self._unscreened_decision(reasons.FAILED, attempt, trunk)

    def _unscreened_decision(self, code: str, attempt: CallAttempt, trunk: _TrunkState) -> Decision:
        """Return the decision on an unevaluated call: refuse where the trunk fails closed, except emergencies."""
        off = (
            self._killed
            or attempt.trunk in self._killed_trunks
            or trunk.enforcement.label in (EnforcementStep.OFF, EnforcementStep.SHADOW)
        )
        return _unscreened(code, closed=trunk.closed and not off and not self._is_emergency(attempt))

    def _is_emergency(self, attempt: CallAttempt) -> bool:
        """Return whether a call is to an emergency number or a call-back; True after an internal fault."""
        try:
            return self.decider.always_passes(self.decider.read(attempt))
        except Exception:
            return True

    def _log_decision(self, attempt: CallAttempt, decision: Decision, started_ns: int) -> Decision:
        if attempt.verification is not None:
            decision = _with_verification(decision, attempt.verification._replace(origid=""))
        self._log.append(attempt.at, "call", (attempt, decision, (time.perf_counter_ns() - started_ns) // 1_000))
        return decision


# Equal decisions are one object, so that a trunk counts them without looking what they say.


@lru_cache(maxsize=64)
def _unscreened(code: str, *, closed: bool) -> Decision:
    if closed:
        return Decision(Treatment.REFUSE, (code, reasons.UNSCREENED_CLOSED), meant=Treatment.REFUSE, screened=False)
    return Decision(Treatment.ALLOW, (code,), screened=False)


@lru_cache(maxsize=4_096)
def _without_snapshot(decision: Decision) -> Decision:
    return decision._replace(reasons=(*decision.reasons, reasons.NO_SNAPSHOT), screened=False)


@lru_cache(maxsize=4_096)
def _without_label(decision: Decision) -> Decision:
    return decision._replace(label_shown=False)


@lru_cache(maxsize=4_096)
def _with_verification(decision: Decision, verification: Verification) -> Decision:
    return decision._replace(verification=verification)


def _make_trunk_state(
    name: str, trunk: TrunkSettings, key: bytes, proving: frozenset[str] | None, proofs: ProofCounters
) -> _TrunkState:
    channels = tuple(channel for channel in trunk.warn if all_channels()[channel].sends)
    shows_label = len(channels) < len(trunk.warn)
    configured = TrunkEnforcement(name, trunk, key)
    return _TrunkState(
        trunk.ingress or "",
        trunk.proves,
        configured,
        configured,
        TrunkEnforcement(name, shadow_settings(trunk), key),
        trunk.fail == "closed",
        shows_label,
        channels,
        proving,
        proofs,
    )
