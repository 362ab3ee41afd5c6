"""Whom to warn of a call: who is called from abroad, who calls back what costs or cheats him (Art. 34).

It is decided when the call has been; nothing here holds it up or fails it. Only who leads decides. Calls that pass
as emergency calls warn nobody, since nothing is said of them that could be shown.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from fanzha.base.words import Words
from fanzha.claims.finding import Finding, Mode
from fanzha.claims.fraud_type import TO_WARN
from fanzha.kinds.numbering.number_reader import NumberCodes, read_number
from fanzha.kinds.numbering.terms import CLASSES, NumberClass
from fanzha.screen.decider import Read
from fanzha.screen.decision import Decision
from fanzha.screen.event_log import Log
from fanzha.screen.labels import for_callee, for_caller
from fanzha.screen.screener import GOES_ON
from fanzha.screen.settings import Warn
from fanzha.screen.warning_history import Warned, mark
from fanzha.screen.warning_queue import AGAIN, FAILED, FULL, NO_HANDSET, SENT, Sending, post
from fanzha.warn import Gateway, Request, WarningNotice, all_channels

_HANDSETS = (CLASSES.index(NumberClass.MOBILE), CLASSES.index(NumberClass.MVNO))
_VICTIMS_BY = "text"

TO_CALLEE = Words(
    "勿向来电人转账或透露验证码；疑为诈骗请拨打96110",
    "Send the caller no money and no codes; if in doubt call 96110",
)
TO_CALLER = Words("如非本意请挂断", "Hang up if you did not mean to call it")


class _About(NamedTuple):
    """A warning on its way."""

    at: int
    call_id: str  # or the id of a finding
    whom: str  # callee, caller, victim
    channel: str
    mark: str


class Warnings:
    """Decides and hands over; counts and logs what becomes of each."""

    def __init__(
        self,
        table: Warn,
        gateway: Gateway,
        warned: Warned,
        log: Log,
        count: Callable[[str, str], None],
        post: Callable[[Request], int] = post,
    ) -> None:
        """Take the parts; `count` is told channel and end of each warning."""
        self._victims, self._again_ms = table.victims, 1_000 * table.again_after_seconds
        self._gateway, self._warned, self._log, self._count = gateway, warned, log, count
        self._sending = Sending[_About](table.most_a_second, self._ended, post)

    async def run(self) -> None:
        """Send, until cancelled."""
        await self._sending.run()

    def close(self) -> None:
        """Count and log what was not sent."""
        self._sending.close()

    def call(self, call: Read, decision: Decision, channels: Sequence[str]) -> None:
        """Warn of a call that goes on; never raises."""
        try:
            if decision.treatment in GOES_ON:
                self._call(call, decision, channels)
        except Exception:  # a warning that fails must not fail the call
            for channel in channels:
                self._count(channel, FAILED)

    def victim(self, finding: Finding) -> None:
        """Warn somebody whom a live rule thinks at risk, if the settings say so: others may see his phone."""
        wanted = self._victims and finding.mode is Mode.LIVE and not finding.simulated
        if wanted and finding.fraud_type in TO_WARN and finding.subject_kind == "phone_number":
            words = Words(finding.public_zh, finding.public_en)
            about = _About(finding.found_at, finding.finding_id, "victim", "", "")
            self._warn(read_number(finding.subject), words, Words("", ""), about, (_VICTIMS_BY,))

    def _call(self, call: Read, decision: Decision, channels: Sequence[str]) -> None:
        attempt = call.attempt
        if words := for_callee(decision):
            about = _About(attempt.at, attempt.call_id, "callee", "", "")
            self._warn(call.callee, words, TO_CALLEE, about, channels)
        if words := for_caller(decision):
            about = _About(attempt.at, attempt.call_id, "caller", "", "")
            self._warn(call.caller, words, TO_CALLER, about, channels, proven=attempt.own)

    def _warn(
        self,
        who: NumberCodes,
        words: Words,
        advice: Words,
        about: _About,
        channels: Sequence[str],
        *,
        proven: bool = True,
    ) -> None:
        """Hand one warning to each channel; a caller's number that nobody has proven may be anybody's."""
        reached = proven and who.number_class in _HANDSETS
        for channel in channels:
            one = about._replace(channel=channel, mark=mark(channel, who.canonical, words.en))
            if not reached:
                self._count(channel, NO_HANDSET)
            elif self._warned.lately(one.mark, one.at, self._again_ms):
                self._count(channel, AGAIN)
            else:
                notice = WarningNotice(who.canonical, words, advice)
                build = partial(all_channels()[channel].build, notice, self._gateway)
                self._warned.add(one.mark, one.at)
                if not self._sending.put(one, build):
                    self._ended(one, FULL)

    def _ended(self, about: _About, end: str) -> None:
        self._count(about.channel, end)
        if end != SENT:
            self._warned.forget(about.mark)
        self._log.append(about.at, "warning", (about.call_id, about.whom, about.channel, about.mark, end))
