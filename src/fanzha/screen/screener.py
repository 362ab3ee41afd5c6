"""What answers a call: finds its trunk, asks for roaming where it matters, decides, logs; never raises or waits."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from fanzha.claims.treatment import Treatment
from fanzha.detect.gateway.ingress_rules import UNKNOWN
from fanzha.screen import reasons as why
from fanzha.screen.attempt import Attempt
from fanzha.screen.decider import Decider, Read
from fanzha.screen.decision import Decision
from fanzha.screen.enforcement import Acts
from fanzha.screen.event_log import Log
from fanzha.screen.roaming import Roaming
from fanzha.screen.settings import Acting, Settings, Trunk
from fanzha.store.switches import Switches, SwitchTarget
from fanzha.warn import all_channels

_KILLED = Decision(Treatment.ALLOW, (why.KILLED,), screened=False)
Then = Callable[[Decision], None]
Warns = Callable[[Read, Decision, tuple[str, ...]], None]
GOES_ON = (Treatment.LABEL, Treatment.WITHHOLD)


@dataclass(slots=True)
class _Known:
    """What is known of a trunk."""

    ingress: str
    proves: bool
    acts: Acts
    closed: bool
    shown: bool
    sends: tuple[str, ...]  # channels that warnings are sent by
    killed: bool = False


class Screener:
    """Answers calls of all doors. Switches act at once; a new snapshot is put into the decider."""

    def __init__(self, settings: Settings, decider: Decider, roaming: Roaming, log: Log, key: bytes) -> None:
        """Take the parts; `key` draws which calls are in a trunk's share."""
        self.decider, self._roaming, self._log = decider, roaming, log
        self._trunks = {name: _known(name, trunk, key) for name, trunk in settings.trunks.items()}
        self._other = self._trunks.get("*") or _known("*", settings.trunk("*"), key)
        self._killed_trunks: frozenset[str] = frozenset()
        self._killed = False
        self.warn: Warns | None = None  # set while this process leads
        self.failures = 0
        self.failed_with = ""

    def switch(self, switches: Switches) -> None:
        """Act as the kill switches say."""
        self._killed, self._killed_trunks = switches.all, switches.list_names(SwitchTarget.TRUNK)
        self.decider.off_rules = dict.fromkeys(switches.list_names(SwitchTarget.RULE))

    @property
    def killed(self) -> bool:
        """Whether the kill switch for everything is thrown."""
        return self._killed

    def call(self, attempt: Attempt, then: Then | None = None) -> Decision | None:
        """Return the decision; or None, and `then` is told, within the limit of roaming, when a register is asked.

        Without `then` nobody waits: the register's answer serves the next call.
        """
        begun = time.perf_counter_ns()
        trunk = self._trunks.get(attempt.trunk, self._other)
        attempt = attempt.by(trunk.ingress, trunk.proves)
        try:
            call = self.decider.read(attempt)
            if self._killed or attempt.trunk in self._killed_trunks:
                self.decider.count(call)
                return self._told(attempt, _KILLED, begun)
            roaming = UNKNOWN
            if self.decider.wants_roaming(call):
                roaming = self._roaming.known(call.caller.canonical, attempt.at)
                if roaming == UNKNOWN and self._asks(call, trunk, begun, then):
                    return None
            decision = self.decider.decide(call, trunk.acts, roaming)
        except Exception as error:  # a fault of ours must not stop a call
            return self._told(attempt, self._failed(error, attempt, trunk), begun)
        if decision.treatment in GOES_ON:
            decision = self._warned(call, trunk, decision)
        return self._told(attempt, decision, begun)

    def unscreened(self, attempt: Attempt, code: str) -> Decision:
        """Return what a call gets that nobody looks at (overloaded, late), and log it."""
        trunk = self._trunks.get(attempt.trunk, self._other)
        return self._told(attempt, self._let_by(code, attempt, trunk), time.perf_counter_ns())

    def _asks(self, call: Read, trunk: _Known, begun: int, then: Then | None) -> bool:
        """Ask the register; return whether the call waits for its answer."""
        if not self._roaming.serves or trunk.acts.off:
            return False

        def answered(code: int) -> None:
            if then is not None:
                then(self._after_roaming(call, trunk, code, begun))

        loop = asyncio.get_running_loop()
        return self._roaming.ask(call.caller.canonical, call.attempt.at, loop, answered) and then is not None

    def _after_roaming(self, call: Read, trunk: _Known, code: int, begun: int) -> Decision:
        if self._killed or call.attempt.trunk in self._killed_trunks:
            self.decider.count(call)
            return self._told(call.attempt, _KILLED, begun)
        try:
            decision = self.decider.decide(call, trunk.acts, code)
        except Exception as error:
            decision = self._failed(error, call.attempt, trunk)
        if decision.treatment in GOES_ON:
            decision = self._warned(call, trunk, decision)
        return self._told(call.attempt, decision, begun)

    def _warned(self, call: Read, trunk: _Known, decision: Decision) -> Decision:
        """Have people warned of a call that goes on; return the decision, with a label only where one is shown."""
        if trunk.sends and self.warn is not None:
            self.warn(call, decision, trunk.sends)
        return decision if trunk.shown else decision._replace(shown=False)

    def _failed(self, error: Exception, attempt: Attempt, trunk: _Known) -> Decision:
        self.failures += 1
        self.failed_with = f"{type(error).__name__}: {error}"
        return self._let_by(why.FAILED, attempt, trunk)

    def _let_by(self, code: str, attempt: Attempt, trunk: _Known) -> Decision:
        """Return what becomes of a call nobody looked at: refused where a trunk refuses such, never one for help."""
        off = self._killed or attempt.trunk in self._killed_trunks or trunk.acts.label in (Acting.OFF, Acting.SHADOW)
        if trunk.closed and not off and not self._for_help(attempt):
            return Decision(Treatment.REFUSE, (code, why.UNSCREENED_CLOSED), meant=Treatment.REFUSE, screened=False)
        return Decision(Treatment.ALLOW, (code,), screened=False)

    def _for_help(self, attempt: Attempt) -> bool:
        """Say whether a call is to an emergency number or back to who called one; a fault of ours says yes."""
        try:
            return self.decider.always_passes(self.decider.read(attempt))
        except Exception:
            return True

    def _told(self, attempt: Attempt, decision: Decision, begun: int) -> Decision:
        self._log.append(attempt.at, "call", (attempt, decision, (time.perf_counter_ns() - begun) // 1_000))
        return decision


def _known(name: str, trunk: Trunk, key: bytes) -> _Known:
    sends = tuple(channel for channel in trunk.warn if all_channels()[channel].sends)
    shown = len(sends) < len(trunk.warn)
    return _Known(trunk.ingress or "", trunk.proves, Acts(name, trunk, key), trunk.fail == "closed", shown, sends)
