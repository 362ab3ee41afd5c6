"""Run live rules: report each firing once per cooldown, treat calls within lifecycle, budgets and allowlist.

Rules that read findings or registrations, only note, or decide by the clock are for `fanzha analyze`: a screen leaves
them out.

The findings equal those that RuleSession reports for the same facts. A call is treated when a rule that may act fires
at its offer, also during the rule's cooldown. Therefore a second account of the harm budgets counts calls.
"""

from collections.abc import Mapping, Sequence

import msgspec

from fanzha.base.errors import FanzhaError
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.claims import Finding, Mode
from fanzha.claims.allowlist import Allowlist, Trigger
from fanzha.claims.cooldown import Cooldown
from fanzha.claims.rule_lifecycle import RUNNING_STATES
from fanzha.claims.snapshot import LiveRules
from fanzha.claims.treatment import RuleTreatments, Treatment
from fanzha.detect import RuleDetector, operator_rule
from fanzha.detect.rules.finding_facts import concerns_findings
from fanzha.detect.rules.firings import fact_trigger, subject_at
from fanzha.detect.rules.governance import TRUNK_CALLS, FindingGovernor, Governance
from fanzha.detect.rules.session import collect_lists
from fanzha.rules.live import Firing, Live, asks_most_frequent
from fanzha.rules.tree import Rule, reads_profiles
from fanzha.rules.window_specs import lower
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.live.finding_queue import FindingQueue, make_finding

SOURCE = "screen"
_ABROAD = "international_gateway"  # where a signature proves no number of ours


def event_id(call_id: str, at: int) -> str:
    """Return the id of an attempt's event, the same at every replay of the log."""
    return digest(SOURCE, call_id, at)


def event_fields(attempt: CallAttempt, caller: str, callee: str) -> dict[str, object]:
    """Return a call attempt as fields of a call_offered event; `caller` and `callee` are canonical or "".

    Fields that the network does not send are left out, so that rules see them as unknown rather than empty.
    """
    fields: dict[str, object] = {
        "call_id": attempt.call_id,
        "event_id": event_id(attempt.call_id, attempt.at),
        "source": SOURCE,
        "caller": caller or attempt.caller,
        "callee": callee or attempt.callee,
        "trunk": attempt.trunk,
        "ingress": attempt.ingress,
        "proven_caller": caller if attempt.own or (attempt.attested and attempt.ingress != _ABROAD) else "",
        "original_callee": attempt.original_callee,
        "presentation": "restricted" if attempt.private else "",
        "attestation": attempt.attestation,
    }
    return {name: value for name, value in fields.items() if value}


FORMAT = 1
#: A larger step back of the clock resets all windows, because their times were wrong.
MAX_CLOCK_STEP_MS = 600_000
OFFERED = "call_offered"
(_TRUNK_CALLS,) = lower(TRUNK_CALLS).specs

ActingRule = tuple[str, Treatment, float]


class _SavedRunner(msgspec.Struct, array_like=True):
    format: int
    live: bytes
    quiet: bytes
    judge: bytes
    treating: bytes


class RuleRunner:
    """The rules of detectors over one state, fed fact by fact; `findings.sink` receives the findings."""

    def __init__(
        self,
        detectors: Sequence[RuleDetector],
        governance: Governance | None = None,
        treatments: RuleTreatments | None = None,
        *,
        seed: int = 0,
        most_bytes: int | None = None,
    ) -> None:
        self._governance = governance or Governance()
        self._treatments = treatments or RuleTreatments()
        self._detectors: dict[Rule, RuleDetector] = {
            rule: detector
            for detector in detectors
            for rule in detector.rules
            if not (concerns_findings(rule) or rule.on.every or asks_most_frequent(rule) or reads_profiles(rule))
        }
        self._lists, self._seed, self._most_bytes = collect_lists(detectors), seed, most_bytes
        self._trunk_call_facts = {fact for fact, _ in self._governance.extra_windows}
        self.resets = -1  # resets by a clock that was set back
        self.fact_counts: dict[str, int] = {}  # facts by event table
        self.findings = FindingQueue()
        self._reset()

    def _reset(self) -> None:
        self.live, self._cooldown = self._new_live(), Cooldown()
        self._judge, self._call_judge = FindingGovernor(self._governance), FindingGovernor(self._governance)
        self.resets += 1

    def _new_live(self) -> Live:
        extra_expressions = self._governance.extra_windows
        return Live(
            list(self._detectors),
            self._lists,
            extra_expressions=extra_expressions,
            seed=self._seed,
            most_bytes=self._most_bytes,
        )

    def evaluate_call(self, attempt: CallAttempt, caller: str, callee: str) -> list[ActingRule]:
        """Count the call; return name, treatment and score of each rule that fires at it and may act."""
        self.end_waits(attempt.at)
        self.fact_counts[OFFERED] = self.fact_counts.get(OFFERED, 0) + 1
        firings = self.live.offered(attempt.at, event_fields(attempt, caller, callee))
        return [acted for firing in _sort_firings(firings) if (acted := self._handle_firing(firing)) is not None]

    def add_fact(self, table: str, at: int, fields: Mapping[str, object]) -> None:
        """Count a row of an event table at its arrival time (UTC ms)."""
        self.end_waits(at)
        self.fact_counts[table] = self.fact_counts.get(table, 0) + 1
        for firing in _sort_firings(self.live.fact(table, at, fields)):
            self._handle_firing(firing)

    def pass_time(self, at: int) -> None:
        """Evaluate rules whose waits are over and deliver some pending findings."""
        self.end_waits(at)
        self.live.pass_time(at)
        self.findings.deliver_some(at)

    def end_waits(self, at: int) -> None:
        """Evaluate waits that end before `at` one by one, while windows still contain their facts."""
        if at < self.live.now - MAX_CLOCK_STEP_MS:
            self._reset()
        while (due := self.live.next_due) is not None and due <= at:
            for firing in _sort_firings(self.live.pass_time(due)):
                self._handle_firing(firing)

    def _handle_firing(self, firing: Firing) -> ActingRule | None:
        detector, rule, moment = self._detectors[firing.rule], firing.rule, firing.received.moment
        subject = subject_at(rule, firing.text, firing.received.call_id)
        if subject is None:
            return None
        reported = self._cooldown.admit(f"{rule.name} {rule.version}", *subject, moment, rule.again_after)
        acts_on_call = firing.point.fact == OFFERED and not firing.point.still
        if not reported and not acts_on_call:
            return None
        finding = make_finding(detector, firing, subject)
        trigger = fact_trigger(rule.on.fact, firing.text)
        if reported:
            judged = self._judge_finding(self._judge, detector, firing, finding, trigger)
            self.findings.add(detector, firing, subject, judged)
        if (
            not acts_on_call
            or self._judge_finding(self._call_judge, detector, firing, finding, trigger).mode is not Mode.LIVE
        ):
            return None
        treatment = self._treatments.for_rule(detector.name)
        return (detector.name, treatment, finding.score) if treatment is not Treatment.ALLOW else None

    def _judge_finding(
        self, judge: FindingGovernor, detector: RuleDetector, firing: Firing, finding: Finding, trigger: Trigger
    ) -> Finding:
        warm_from = self.live.warm_from(firing.rule)
        warm = warm_from is not None and warm_from <= finding.found_at
        calls = firing.value(_TRUNK_CALLS) if firing.rule.on.fact in self._trunk_call_facts else None
        return judge.set_mode(detector, finding, trigger, warm=warm, trunk_calls=calls)

    def count_warming(self, at: int) -> int:
        """Return how many rules have windows that do not cover their full span at `at` (UTC ms)."""
        warm_times = (self.live.warm_from(rule_name) for rule_name in self._detectors)
        return sum(warm_from is None or warm_from > at for warm_from in warm_times)

    def budget_notes(self) -> list[Words]:
        """Return which rules exceeded their budgets."""
        return [overrun.words() for overrun in self._judge.overruns()]

    def save(self) -> bytes:
        """Return the state. A standby delivers the pending findings itself, because it sees the same facts."""
        parts = (self.live.save(), self._cooldown.save(), self._judge.save(), self._call_judge.save())
        return msgspec.msgpack.encode(_SavedRunner(FORMAT, *parts))

    def restore(self, data: bytes) -> None:
        """Load a saved state, of these rules or others; b"" loads nothing.

        Raise ValueError for an unreadable state and change nothing.
        """
        if not data:
            return
        saved, live = msgspec.msgpack.decode(data, type=_SavedRunner), self._new_live()
        if saved.format != FORMAT:
            raise ValueError(f"the rules' state is of format {saved.format}, not {FORMAT}")
        try:
            live.restore(saved.live)
        except FanzhaError as error:
            raise ValueError(str(error)) from error
        quiet = Cooldown.restore(saved.quiet)
        judges = FindingGovernor(self._governance, saved.judge), FindingGovernor(self._governance, saved.treating)
        self.live, self._cooldown, (self._judge, self._call_judge) = live, quiet, judges

    def take_over(self, old: "RuleRunner") -> None:
        """Continue from the previous runner and take its windows; the previous runner is unusable afterwards."""
        self.live.take_over(old.live)
        self._cooldown, self.findings, self.fact_counts = old._cooldown, old.findings, old.fact_counts
        self._judge = FindingGovernor(self._governance, old._judge.save())
        self._call_judge = FindingGovernor(self._governance, old._call_judge.save())


def _sort_firings(firings: Sequence[Firing]) -> Sequence[Firing]:
    """Return the firings at one fact by name and version, in the order of analysis."""
    return sorted(firings, key=lambda firing: (firing.rule.name, firing.rule.version)) if len(firings) > 1 else firings


def load_rules(
    rules: LiveRules,
    spared: Allowlist,
    key: bytes,
    treatments: RuleTreatments | None = None,
    *,
    shipped: Sequence[RuleDetector] = (),
    seed: int = 0,
    most_bytes: int | None = None,
) -> RuleRunner:
    """Return a runner for the snapshot's running rules and shipped ones; `key` samples shares of traffic.

    Raise RuleError for an unreadable rule text and UsageError when two texts define one list differently. The caller
    then keeps its current rules.
    """
    own = [
        operator_rule(rule.text, rule.step, rules.lists) for rule in rules.rules if rule.step.state in RUNNING_STATES
    ]
    budgets = {name.replace("_", "-"): budget for name, budget in rules.budgets.items()}
    governance = Governance(budgets, rules.default, spared, key)
    return RuleRunner([*own, *shipped], governance, treatments, seed=seed, most_bytes=most_bytes)
