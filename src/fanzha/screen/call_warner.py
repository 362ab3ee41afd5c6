"""Warn people about calls: the called party of a call from abroad, the caller of a costly or suspected number.

(Anti-Telecom and Online Fraud Law, Art. 34.) Warnings follow the decision and neither delay nor fail a call. Only the
leader warns. Emergency calls cause no warnings, because their decisions contain nothing to show.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from fanzha.base.words import Words
from fanzha.claims.finding import Finding, Mode, SubjectRole
from fanzha.kinds.numbering.number_reader import NumberCodes, read_number
from fanzha.kinds.numbering.terms import CLASSES, NumberClass
from fanzha.screen.decider import ParsedCall
from fanzha.screen.decision import Decision
from fanzha.screen.event_log import EventLog
from fanzha.screen.labels import callee_label, caller_label
from fanzha.screen.screener import CONTINUING
from fanzha.screen.settings import WarnSettings
from fanzha.screen.warning_history import WarningHistory, warning_key
from fanzha.screen.warning_queue import FAILED, FULL, NO_HANDSET, REPEATED, SENT, WarningQueue, post
from fanzha.warn import Gateway, Request, WarningNotice, all_channels

_HANDSETS = (CLASSES.index(NumberClass.MOBILE), CLASSES.index(NumberClass.MVNO))
_VICTIM_CHANNEL = "text"

TO_CALLEE = Words(
    "勿向来电人转账或透露验证码；疑为诈骗请拨打96110",
    "Send the caller no money and no codes; if in doubt call 96110",
)
TO_CALLER = Words("如非本意请挂断", "Hang up if you did not mean to call it")


class _PendingWarning(NamedTuple):
    """A warning that is queued."""

    at: int
    call_id: str  # or a finding's id
    recipient: str  # callee, caller, victim
    channel: str
    key: str


class CallWarner:
    """Selects recipients, queues warnings, counts and logs their outcomes."""

    def __init__(
        self,
        table: WarnSettings,
        gateway: Gateway,
        history: WarningHistory,
        log: EventLog,
        count: Callable[[str, str], None],
        post: Callable[[Request], int] = post,
    ) -> None:
        """`count` gets channel and outcome of each warning."""
        self._victims, self._cooldown_ms = table.victims, 1_000 * table.again_after_seconds
        self._gateway, self._history, self._log, self._count = gateway, history, log, count
        self._queue = WarningQueue[_PendingWarning](table.most_a_second, self._record_outcome, post)

    async def run(self) -> None:
        """Send until cancelled."""
        await self._queue.run()

    def close(self) -> None:
        """Count and log the unsent warnings."""
        self._queue.close()

    def warn_call(self, call: ParsedCall, decision: Decision, channels: Sequence[str]) -> None:
        """Warn about a call that continues; never raises."""
        try:
            if decision.treatment in CONTINUING:
                self._warn_parties(call, decision, channels)
        except Exception:  # a failed warning must not fail the call
            for channel in channels:
                self._count(channel, FAILED)

    def warn_victim(self, finding: Finding) -> None:
        """Warn a person found at risk by a live rule, if enabled; others may read the message on the phone."""
        enabled = self._victims and finding.mode is Mode.LIVE and not finding.simulated
        if enabled and finding.role is SubjectRole.VICTIM and finding.subject_kind == "phone_number":
            words = Words(finding.public_zh, finding.public_en)
            warning = _PendingWarning(finding.found_at, finding.finding_id, "victim", "", "")
            self._warn(read_number(finding.subject), words, Words("", ""), warning, (_VICTIM_CHANNEL,))

    def _warn_parties(self, call: ParsedCall, decision: Decision, channels: Sequence[str]) -> None:
        attempt = call.attempt
        if words := callee_label(decision):
            warning = _PendingWarning(attempt.at, attempt.call_id, "callee", "", "")
            self._warn(call.callee, words, TO_CALLEE, warning, channels)
        if words := caller_label(decision):
            warning = _PendingWarning(attempt.at, attempt.call_id, "caller", "", "")
            self._warn(call.caller, words, TO_CALLER, warning, channels, proven=attempt.own)

    def _warn(
        self,
        recipient: NumberCodes,
        words: Words,
        advice: Words,
        warning: _PendingWarning,
        channels: Sequence[str],
        *,
        proven: bool = True,
    ) -> None:
        """Queue one warning on each channel; an unproven caller's number may belong to somebody else."""
        reachable = proven and recipient.number_class in _HANDSETS
        for channel in channels:
            channel_warning = warning._replace(channel=channel, key=warning_key(channel, recipient.canonical, words.en))
            if not reachable:
                self._count(channel, NO_HANDSET)
            elif self._history.was_recent(channel_warning.key, channel_warning.at, self._cooldown_ms):
                self._count(channel, REPEATED)
            else:
                notice = WarningNotice(recipient.canonical, words, advice)
                build = partial(all_channels()[channel].build, notice, self._gateway)
                self._history.add(channel_warning.key, channel_warning.at)
                if not self._queue.enqueue(channel_warning, build):
                    self._record_outcome(channel_warning, FULL)

    def _record_outcome(self, warning: _PendingWarning, outcome: str) -> None:
        self._count(warning.channel, outcome)
        if outcome != SENT:
            self._history.forget(warning.key)
        self._log.append(
            warning.at, "warning", (warning.call_id, warning.recipient, warning.channel, warning.key, outcome)
        )
