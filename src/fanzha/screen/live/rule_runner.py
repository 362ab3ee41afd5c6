"""Rules running inside a screen: each firing is told once in its quiet time, and acts as life, budgets and lists allow.

What is told is what RuleSession would tell of the same facts. A call is treated when a rule that may act fires at its
offer: also in the rule's quiet time, for which a second account of the harm budgets is kept, in calls.
"""

from collections.abc import Mapping, Sequence

import msgspec

from fanzha.base.errors import WrongCall
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.claims import Finding, Mode
from fanzha.claims.allowlist import Allowlist, Trigger
from fanzha.claims.cooldown import Cooldown
from fanzha.claims.rule_lifecycle import RUNNING_STATES
from fanzha.claims.snapshot import LiveRules
from fanzha.claims.treatment import RuleTreatments, Treatment
from fanzha.detect import RuleDetector, operator_rule
from fanzha.detect.rules.firings import fact_trigger, subject_at
from fanzha.detect.rules.governance import TRUNK_CALLS, FindingGovernor, Governance
from fanzha.detect.rules.session import collect_lists
from fanzha.rules.live import Firing, Live
from fanzha.rules.tree import Rule
from fanzha.rules.window_specs import lower
from fanzha.screen.attempt import Attempt
from fanzha.screen.live.finding_queue import Untold, brief

SOURCE = "screen"


def event_id(call_id: str, at: int) -> str:
    """Return the id of the event that an attempt is: the same at every replay of the log."""
    return digest(SOURCE, call_id, at)


def fields_of(attempt: Attempt, caller: str, callee: str) -> dict[str, object]:
    """Return the fields; `caller` and `callee` are the numbers as normalised, "" where they are none.

    What the network does not say is left out: to a rule it is unknown, not an empty text.
    """
    named: dict[str, object] = {
        "call_id": attempt.call_id,
        "event_id": event_id(attempt.call_id, attempt.at),
        "source": SOURCE,
        "caller": caller or attempt.caller,
        "callee": callee or attempt.callee,
        "trunk": attempt.trunk,
        "ingress": attempt.ingress,
        "proven_caller": caller if attempt.own else "",
        "original_callee": attempt.original_callee,
        "presentation": "restricted" if attempt.private else "",
        "attestation": attempt.attestation,
    }
    return {name: value for name, value in named.items() if value}


FORMAT = 1
#: A clock that was set back by more was wrong before: all that it counted is forgotten, and windows warm up again.
SET_BACK_MS = 600_000
OFFERED = "call_offered"
(_TRUNK_CALLS,) = lower(TRUNK_CALLS).specs

Acted = tuple[str, Treatment, float]


class _Saved(msgspec.Struct, array_like=True):
    format: int
    live: bytes
    quiet: bytes
    judge: bytes
    treating: bytes


class RunningRules:
    """The rules of detectors over one state, fed fact by fact; `untold.to` gets the findings."""

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
        self._of: dict[Rule, RuleDetector] = {rule: one for one in detectors for rule in one.rules}
        self._lists, self._seed, self._most_bytes = collect_lists(detectors), seed, most_bytes
        self._knows_trunk_calls = {fact for fact, _ in self._governance.extra_windows}
        self.begun_anew = -1  # times the clock was set back
        self.taken: dict[str, int] = {}  # facts that came, by event table
        self.untold = Untold()
        self._begin_anew()

    def _begin_anew(self) -> None:
        self.live, self._quiet = self._no_state(), Cooldown()
        self._judge, self._treating = FindingGovernor(self._governance), FindingGovernor(self._governance)
        self.begun_anew += 1

    def _no_state(self) -> Live:
        beside = self._governance.extra_windows
        return Live(list(self._of), self._lists, beside=beside, seed=self._seed, most_bytes=self._most_bytes)

    def offered(self, attempt: Attempt, caller: str, callee: str) -> list[Acted]:
        """Take a call in; return name, treatment and score of each rule that fires at it and may act."""
        self.pass_waits(attempt.at)
        self.taken[OFFERED] = self.taken.get(OFFERED, 0) + 1
        firings = self.live.offered(attempt.at, fields_of(attempt, caller, callee))
        return [acted for firing in _in_order(firings) if (acted := self._fired(firing)) is not None]

    def fact(self, table: str, at: int, fields: Mapping[str, object]) -> None:
        """Take in a fact of an event table, when it arrives (UTC ms)."""
        self.pass_waits(at)
        self.taken[table] = self.taken.get(table, 0) + 1
        for firing in _in_order(self.live.fact(table, at, fields)):
            self._fired(firing)

    def pass_time(self, at: int) -> None:
        """Judge waits that are over; tell what is still to be told."""
        self.pass_waits(at)
        self.live.pass_time(at)
        self.untold.tell_some(at)

    def pass_waits(self, at: int) -> None:
        """Judge the waits that are over before a moment, one by one, while windows still hold their facts."""
        if at < self.live.now - SET_BACK_MS:
            self._begin_anew()
        while (due := self.live.next_due) is not None and due <= at:
            for firing in _in_order(self.live.pass_time(due)):
                self._fired(firing)

    def _fired(self, firing: Firing) -> Acted | None:
        detector, rule, moment = self._of[firing.rule], firing.rule, firing.came.moment
        subject = subject_at(rule, firing.text, firing.came.call_id)
        if subject is None:
            return None
        told = self._quiet.admit(f"{rule.name} {rule.version}", *subject, moment, rule.again_after)
        treats = firing.point.fact == OFFERED and not firing.point.still
        if not told and not treats:
            return None
        finding = brief(detector, firing, subject)
        how = fact_trigger(rule.on.fact, firing.text)
        if told:
            judged = self._judged(self._judge, detector, firing, finding, how)
            self.untold.add(detector, firing, subject, judged)
        if not treats or self._judged(self._treating, detector, firing, finding, how).mode is not Mode.LIVE:
            return None
        treatment = self._treatments.for_rule(detector.name)
        return (detector.name, treatment, finding.score) if treatment is not Treatment.ALLOW else None

    def _judged(
        self, judge: FindingGovernor, detector: RuleDetector, firing: Firing, finding: Finding, trigger: Trigger
    ) -> Finding:
        warm_from = self.live.warm_from(firing.rule)
        warm = warm_from is not None and warm_from <= finding.found_at
        calls = firing.value(_TRUNK_CALLS) if firing.rule.on.fact in self._knows_trunk_calls else None
        return judge.set_mode(detector, finding, trigger, warm=warm, trunk_calls=calls)

    def warming(self, at: int) -> int:
        """Return how many rules have windows that have not yet seen their whole span at a moment (UTC ms)."""
        known = (self.live.warm_from(rule) for rule in self._of)
        return sum(warm_from is None or warm_from > at for warm_from in known)

    def notes(self) -> list[Words]:
        """Return where rules went over their budgets."""
        return [overrun.words() for overrun in self._judge.overruns()]

    def save(self) -> bytes:
        """Return all state; findings that are still to be told are told by whoever follows the same facts."""
        parts = (self.live.save(), self._quiet.save(), self._judge.save(), self._treating.save())
        return msgspec.msgpack.encode(_Saved(FORMAT, *parts))

    def restore(self, data: bytes) -> None:
        """Go on from a saved state, of these rules or others; b"" begins anew.

        ValueError for one that cannot be read: all is as it was.
        """
        if not data:
            return
        saved, live = msgspec.msgpack.decode(data, type=_Saved), self._no_state()
        if saved.format != FORMAT:
            raise ValueError(f"the rules' state is of format {saved.format}, not {FORMAT}")
        try:
            live.restore(saved.live)
        except WrongCall as error:
            raise ValueError(str(error)) from error
        quiet = Cooldown.restore(saved.quiet)
        judges = FindingGovernor(self._governance, saved.judge), FindingGovernor(self._governance, saved.treating)
        self.live, self._quiet, (self._judge, self._treating) = live, quiet, judges

    def take_over(self, old: "RunningRules") -> None:
        """Go on from the rules that ran until now, whose windows are handed over; the old ones are used no more."""
        self.live.take_over(old.live)
        self._quiet, self.untold, self.taken = old._quiet, old.untold, old.taken
        self._judge = FindingGovernor(self._governance, old._judge.save())
        self._treating = FindingGovernor(self._governance, old._treating.save())


def _in_order(firings: Sequence[Firing]) -> Sequence[Firing]:
    """Return the firings at one fact by name and version, as analysis tells them."""
    return sorted(firings, key=lambda one: (one.rule.name, one.rule.version)) if len(firings) > 1 else firings


def load_rules(
    rules: LiveRules,
    spared: Allowlist,
    key: bytes,
    treatments: RuleTreatments | None = None,
    *,
    beside: Sequence[RuleDetector] = (),
    seed: int = 0,
    most_bytes: int | None = None,
) -> RunningRules:
    """Return the running rules, without state; `key` draws shares of traffic, as it does in analysis.

    RuleError where a text cannot be read, WrongCall where two texts have other values under one list's name: the rules
    that run go on.
    """
    own = [operator_rule(one.text, one.step, rules.lists) for one in rules.rules if one.step.state in RUNNING_STATES]
    budgets = {name.replace("_", "-"): budget for name, budget in rules.budgets.items()}
    governance = Governance(budgets, rules.default, spared, key)
    return RunningRules([*own, *beside], governance, treatments, seed=seed, most_bytes=most_bytes)
