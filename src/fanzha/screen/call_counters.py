"""Counts of answered calls by trunk, the same for every listener.

A call adds to preallocated counts of its trunk and of its decision, because few decisions differ. What the decision
means for each metric is worked out when the metrics are read.
"""

from fanzha.claims.treatment import TREATMENTS
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decision import Decision
from fanzha.screen.metrics import PROOFS, SHED, UNSCREENED, Metrics
from fanzha.screen.reasons import FAILED, LATE, OVERLOADED

#: Decisions counted apart by one trunk before they are added to the metrics.
MAX_DECISIONS = 1_024
_CODES = 700  # SIP status codes end below


class DecisionCount:
    """A decision and how often it was given."""

    __slots__ = ("decision", "number")

    def __init__(self, decision: Decision) -> None:
        self.decision, self.number = decision, 0


class TrunkCounts:
    """The counts of one trunk at one entry. Callers add to the attributes; waits are in nanoseconds."""

    __slots__ = ("decisions", "is_known", "name", "repeats", "responses", "shed", "waits")

    def __init__(self, name: str, metrics: Metrics) -> None:
        """Begin at zero; `name` is one of `metrics.trunks`."""
        self.name, self.is_known = name, name != metrics.trunks[-1]
        self.decisions: dict[int, DecisionCount] = {}  # by the id of the decision, which the count keeps alive
        self.repeats = 0
        self.responses = [0] * _CODES  # by status code
        self.waits = metrics.trunk_wait_seconds.series_for(name)
        self.shed = {why: metrics.trunk_shed_seconds.series_for(name, why) for why in SHED}


class ProofCounters:
    """What proves the callers of one trunk, and the results of their signatures."""

    __slots__ = ("_line", "_none", "_results", "_signature", "_trunk")

    def __init__(self, metrics: Metrics, trunk: str) -> None:
        """Resolve the series of a trunk; those that `metrics` does not know count as others."""
        name = trunk if trunk in metrics.trunks else metrics.trunks[-1]
        self._line, self._signature, self._none = (metrics.proofs.series_for(name, proof) for proof in PROOFS)
        self._results, self._trunk = metrics.verifications, name

    def count(self, attempt: CallAttempt) -> None:
        """Count a call by what proves its caller's number."""
        if attempt.own:
            self._line.value += 1
        elif attempt.attested:
            self._signature.value += 1
        else:
            self._none.value += 1
        if attempt.verification is not None:
            result = attempt.verification
            code = result.reason or (f"passed_{result.attestation}" if result.attestation else "passed")
            self._results.series_for(self._trunk, code).value += 1


class CallCounters:
    """The counts of one entry, by trunk; they are added to the metrics before those are read."""

    def __init__(self, metrics: Metrics, door: str) -> None:
        """`door` is one of fanzha.screen.metrics.LISTENERS."""
        self._metrics = metrics
        self._calls = {treatment: metrics.calls.series_for(door, treatment) for treatment in TREATMENTS}
        self._unscreened = {why: metrics.unscreened.series_for(door, why) for why in UNSCREENED}
        self._seconds = metrics.answer_seconds.series_for(door)
        self.trunks = {name: TrunkCounts(name, metrics) for name in metrics.trunks}
        self.other = self.trunks[metrics.trunks[-1]]
        metrics.collectors.append(self.collect)

    def counts_of(self, trunk: str) -> TrunkCounts:
        """Return the counts of a trunk; trunks that are not configured share one."""
        return self.trunks.get(trunk, self.other)

    def count_answer(self, counts: TrunkCounts, decision: Decision, waited_ns: int, total_ns: int) -> None:
        """Count an answer: how long the call waited to be decided, and how long it was from its arrival to the answer.

        A call that was shed counts with its wait.
        """
        entry = counts.decisions.get(id(decision))
        if entry is None:
            entry = self._add_decision(counts, decision)
        entry.number += 1
        if decision.screened or (why := self._find_why(decision)) not in SHED:
            counts.waits.add(waited_ns)
        else:
            counts.shed[why].add(waited_ns)
        self._seconds.add(total_ns)

    def count_judged(self, decision: Decision, trunk: str) -> None:
        """Count a call from a copied message or an event, which gets no answer."""
        counts = self.counts_of(trunk)
        (counts.decisions.get(id(decision)) or self._add_decision(counts, decision)).number += 1

    def count_dropped(self, counts: TrunkCounts, waited_ns: int) -> None:
        """Count a call that was dropped as late, without an answer."""
        self._unscreened[LATE].value += 1
        counts.shed[LATE].add(waited_ns)

    def count_pushed_back(self, counts: TrunkCounts, waited_ns: int) -> None:
        """Count a call that was answered with 503 and without a decision."""
        counts.shed[OVERLOADED].add(waited_ns)

    def collect(self) -> None:
        """Add the counts since the last time to the metrics."""
        for name, counts in self.trunks.items():
            self._collect_decisions(counts)
            self._metrics.trunk_repeats.series_for(name).value += counts.repeats
            counts.repeats = 0
            for code, number in enumerate(counts.responses):
                if number:
                    self._metrics.trunk_responses.series_for(name, str(code)).value += number
                    counts.responses[code] = 0

    def _add_decision(self, counts: TrunkCounts, decision: Decision) -> DecisionCount:
        if len(counts.decisions) >= MAX_DECISIONS:
            self._collect_decisions(counts)
            counts.decisions.clear()
        entry = counts.decisions[id(decision)] = DecisionCount(decision)
        return entry

    def _collect_decisions(self, counts: TrunkCounts) -> None:
        for entry in counts.decisions.values():
            if entry.number:
                self._collect_decision(counts, entry.decision, entry.number)
                entry.number = 0

    def _collect_decision(self, counts: TrunkCounts, decision: Decision, number: int) -> None:
        metrics = self._metrics
        self._calls[decision.treatment].value += number
        metrics.trunk_calls.series_for(counts.name, decision.meant, decision.treatment).value += number
        if decision.roaming:
            metrics.trunk_roaming.series_for(counts.name, decision.roaming).value += number
        for reason in decision.reasons:
            metrics.reasons.series_for(reason).value += number
        if not decision.screened:
            self._unscreened[self._find_why(decision)].value += number

    def _find_why(self, decision: Decision) -> str:
        """Return why a call was not evaluated."""
        return next((reason for reason in decision.reasons if reason in self._unscreened), FAILED)
