"""The snapshot and the rules that an owner serves: taken up when they are published, between two calls."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from fanzha.base.errors import WrongCall
from fanzha.claims import Finding
from fanzha.claims.allowlist import Allowlist
from fanzha.claims.difference import Limits
from fanzha.claims.snapshot import LiveRules
from fanzha.claims.treatment import RuleTreatments
from fanzha.detect import RuleDetector, all_detectors, find_name
from fanzha.rules import RuleError
from fanzha.screen.decider import Decider
from fanzha.screen.live.rule_runner import RunningRules, load_rules
from fanzha.screen.metrics import Metrics
from fanzha.screen.settings import Settings
from fanzha.screen.snapshot_follower import Follower, Told
from fanzha.store.keys import load_key
from fanzha.store.state_folder import state_folder

LOOK_SECONDS = 0.1
SHARES, WINDOWS = "share_of_traffic", "windows"


def shipped(settings: Settings) -> list[RuleDetector]:
    """Return the shipped detectors in rule text that the settings name; WrongCall for a name that is none."""
    known = {name: one for name, one in all_detectors().items() if isinstance(one, RuleDetector)}
    named = [find_name(name, known) for name in settings.rules.shipped]
    if unknown := [name for name in named if name != "*" and name not in known]:
        raise WrongCall(
            f"[rules] shipped: there is no rule detector {unknown[0]!r}", fix=f"there are: {', '.join(known)}"
        )
    return list(known.values()) if "*" in named else [known[name] for name in named]


class Served:
    """Keeps the decider's snapshot and rules up to date; `say` tells the operator."""

    def __init__(self, settings: Settings, decider: Decider, metrics: Metrics, say: Callable[[str], None]) -> None:
        """Take up what was served before a restart and what is published; blocks, so call it before answering."""
        self._settings, self._decider, self._metrics, self._say = settings, decider, metrics, say
        snapshot = settings.snapshot
        self._follower = Follower(
            Path(snapshot.folder) if snapshot.folder else state_folder() / "snapshots",
            limits=Limits(
                newly_refused=snapshot.newly_refused,
                newly_refused_share=snapshot.newly_refused_share,
                lost_share=snapshot.lost_share,
            ),
            oldest_ms=1_000 * snapshot.oldest_seconds,
            accepted=state_folder() / "screen" / "accepted",
            tell=self._told,
        )
        self._follower.recall()
        if self._follower.changed():
            self._follower.settle(self._follower.attempt())
        self._shipped = shipped(settings)
        self._rules: LiveRules | None = None
        self._spared: Allowlist | None = None
        self._told_to: Callable[[Finding], None] | None = None
        decider.snapshot = self._follower.mapped
        if settings.rules.run:
            self._take(self._opened())

    @property
    def ready(self) -> bool:
        """Whether there is a snapshot, and it is not too old."""
        return self._follower.mapped is not None and not self._follower.too_old

    def age_seconds(self, at: int) -> float:
        """Return how long ago the snapshot was confirmed; `at` is UTC ms."""
        return self._follower.age_ms(at) / 1_000

    def count(self, at: int) -> None:
        """Bring the figures of rules up to date; `at` is UTC ms."""
        rules = self._decider.rules
        if isinstance(rules, RunningRules):
            for table, facts in rules.taken.items():
                self._metrics.live_facts.of(table).value = facts
            self._metrics.rules_warming.of().value = rules.warming(at)

    def tell(self, to: Callable[[Finding], None] | None) -> None:
        """Tell findings of rules to somebody; None while another process tells them."""
        self._told_to = to
        if isinstance(self._decider.rules, RunningRules):
            self._decider.rules.untold.to = to

    async def run(self) -> None:
        """Follow what is published, until cancelled."""
        following = asyncio.create_task(self._follower.run())
        try:
            while True:
                await self.look()
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            following.cancel()

    async def look(self) -> None:
        """Take a new snapshot up, and its rules where they are others."""
        mapped = self._follower.mapped
        if mapped is self._decider.snapshot:
            return
        self._decider.snapshot = mapped
        if mapped is not None and self._settings.rules.run and self._changed():
            try:
                self._take(await asyncio.to_thread(self._opened))
            except (RuleError, WrongCall) as error:
                self._say(f"rules stay as they were 规则未变: {error}")

    def _changed(self) -> bool:
        mapped = self._follower.mapped
        return mapped is not None and (mapped.lists.rules != self._rules or mapped.lists.spared is not self._spared)

    def _opened(self) -> RunningRules:
        mapped, wanted = self._follower.mapped, self._settings.rules
        self._rules = mapped.lists.rules if mapped else LiveRules()
        self._spared = mapped.lists.spared if mapped else Allowlist()
        return load_rules(
            self._rules,
            self._spared,
            load_key(SHARES),
            RuleTreatments(wanted.treat),
            beside=self._shipped,
            seed=int.from_bytes(load_key(WINDOWS)[:8], "big"),
            most_bytes=wanted.most_megabytes << 20,
        )

    def _take(self, running: RunningRules) -> None:
        old = self._decider.rules
        if isinstance(old, RunningRules):
            running.take_over(old)
        running.untold.to = self._told_to
        self._decider.rules = running

    def _told(self, told: Told) -> None:
        if told.fault is not None:
            self._metrics.snapshot_refused.of(told.fault.value).value += 1
        self._metrics.snapshot_sequence.of().value = told.sequence
        self._metrics.snapshot_numbers.of().value = self._follower.mapped.numbers if self._follower.mapped else 0
        self._say(f"{told.words.en} {told.words.zh}")
