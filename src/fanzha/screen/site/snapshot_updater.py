"""Keep the decider's snapshot and rules up to date, swapping them between two calls."""

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from fanzha.base.errors import UsageError
from fanzha.claims import Finding
from fanzha.claims.allowlist import Allowlist
from fanzha.claims.difference import Limits
from fanzha.claims.snapshot import LiveRules
from fanzha.claims.treatment import RuleTreatments
from fanzha.detect import RuleDetector, all_detectors, find_name
from fanzha.rules import RuleError
from fanzha.screen.decider import Decider
from fanzha.screen.live.rule_runner import RuleRunner, load_rules
from fanzha.screen.metrics import Metrics
from fanzha.screen.settings import ScreenSettings
from fanzha.screen.snapshot_follower import FollowerNotice, SnapshotFollower
from fanzha.store.keys import load_key
from fanzha.store.state_folder import state_folder

POLL_SECONDS = 0.1
SHARES, WINDOWS = "share_of_traffic", "windows"


def shipped_detectors(settings: ScreenSettings) -> list[RuleDetector]:
    """Return the shipped rule detectors that the settings name; raise UsageError for an unknown name."""
    available = {name: detector for name, detector in all_detectors().items() if isinstance(detector, RuleDetector)}
    names = [find_name(name, available) for name in settings.rules.shipped]
    if unknown := [name for name in names if name != "*" and name not in available]:
        raise UsageError(
            f"[rules] shipped: there is no rule detector {unknown[0]!r}", fix=f"there are: {', '.join(available)}"
        )
    return list(available.values()) if "*" in names else [available[name] for name in names]


class SnapshotUpdater:
    """Follows the published snapshot; `report` informs the operator."""

    def __init__(
        self, settings: ScreenSettings, decider: Decider, metrics: Metrics, report: Callable[[str], None]
    ) -> None:
        """Load the snapshot accepted before a restart and the published one; blocks."""
        self._settings, self._decider, self._metrics, self._report = settings, decider, metrics, report
        snapshot = settings.snapshot
        self._follower = SnapshotFollower(
            Path(snapshot.folder) if snapshot.folder else state_folder() / "snapshots",
            limits=Limits(
                newly_refused=snapshot.newly_refused,
                newly_refused_share=snapshot.newly_refused_share,
                lost_share=snapshot.lost_share,
            ),
            oldest_ms=1_000 * snapshot.oldest_seconds,
            accepted=state_folder() / "screen" / "accepted",
            notify=self._on_notice,
        )
        self._follower.restore_accepted()
        if self._follower.is_due():
            self._follower.apply(self._follower.load())
        self._shipped = shipped_detectors(settings)
        self._rules: LiveRules | None = None
        self._allowlist: Allowlist | None = None
        self._sink: Callable[[Finding], None] | None = None
        metrics.snapshot_fallback.set_function(lambda: float(self._follower.is_fallback))
        decider.snapshot = self._follower.mapped
        if settings.rules.run:
            self._swap_rules(self._load_rules())

    @property
    def ready(self) -> bool:
        """Whether there is a snapshot that is not stale."""
        return self._follower.mapped is not None and not self._follower.too_old

    def age_seconds(self, at: int) -> float:
        """Return the time since the snapshot was confirmed; `at` is UTC ms."""
        return self._follower.age_ms(at) / 1_000

    def update_metrics(self, at: int) -> None:
        """Update the metrics of rules; `at` is UTC ms."""
        rules = self._decider.rules
        if isinstance(rules, RuleRunner):
            for table, facts in rules.fact_counts.items():
                self._metrics.live_facts.series_for(table).value = facts
            self._metrics.rules_warming.series_for().value = rules.count_warming(at)
            self._metrics.windows_freed.series_for().value = rules.live.freed
            self._metrics.calls_forgotten.series_for().value = rules.live.forgotten

    def set_sink(self, sink: Callable[[Finding], None] | None) -> None:
        """Deliver findings of rules to `sink`; None while another process leads."""
        self._sink = sink
        if isinstance(self._decider.rules, RuleRunner):
            self._decider.rules.findings.sink = sink

    async def run(self) -> None:
        """Follow the published snapshot until cancelled."""
        following = asyncio.create_task(self._follower.run())
        try:
            while True:
                await self.refresh()
                await asyncio.sleep(POLL_SECONDS)
        finally:
            following.cancel()

    async def refresh(self) -> None:
        """Swap in a new snapshot, and its rules if they changed."""
        mapped = self._follower.mapped
        if mapped is self._decider.snapshot:
            return
        self._decider.snapshot = mapped
        if mapped is not None and self._settings.rules.run and self._rules_changed():
            try:
                self._swap_rules(await asyncio.to_thread(self._load_rules))
            except (RuleError, UsageError) as error:
                self._report(f"rules stay as they were 规则未变: {error}")

    def _rules_changed(self) -> bool:
        mapped = self._follower.mapped
        return mapped is not None and (
            mapped.lists.rules != self._rules or mapped.lists.allowlist is not self._allowlist
        )

    def _load_rules(self) -> RuleRunner:
        mapped, settings = self._follower.mapped, self._settings.rules
        self._rules = mapped.lists.rules if mapped else LiveRules()
        self._allowlist = mapped.lists.allowlist if mapped else Allowlist()
        return load_rules(
            self._rules,
            self._allowlist,
            load_key(SHARES),
            RuleTreatments(settings.treat),
            shipped=self._shipped,
            seed=int.from_bytes(load_key(WINDOWS)[:8], "big"),
            most_bytes=(settings.most_megabytes << 20) or available_bytes() // 10,
        )

    def _swap_rules(self, running: RuleRunner) -> None:
        old = self._decider.rules
        if isinstance(old, RuleRunner):
            running.take_over(old)
        running.findings.sink = self._sink
        self._decider.rules = running

    def _on_notice(self, notice: FollowerNotice) -> None:
        if notice.fault is not None:
            self._metrics.snapshot_refused.series_for(notice.fault.value).value += 1
        self._metrics.snapshot_sequence.series_for().value = notice.sequence
        self._metrics.snapshot_numbers.series_for().value = (
            self._follower.mapped.numbers if self._follower.mapped else 0
        )
        self._report(f"{notice.words.en} {notice.words.zh}")


def available_bytes(root: Path = Path("/")) -> int:
    """Return the memory of the machine, or the least limit of this process's control group and of those above it.

    Reads both versions of control groups. `root` holds the folders proc and sys.
    """
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min([total, *_group_limits(root)])


def _group_limits(root: Path) -> Iterator[int]:
    try:
        groups = (root / "proc/self/cgroup").read_text("utf-8").splitlines()
    except OSError:
        return
    for group in groups:
        _, _, rest = group.partition(":")
        controllers, _, path = rest.partition(":")
        if not controllers:
            mount, name = root / "sys/fs/cgroup", "memory.max"
        elif "memory" in controllers.split(","):
            mount, name = root / "sys/fs/cgroup/memory", "memory.limit_in_bytes"
        else:
            continue
        # In a container the path may be relative to the host, while only its own control group is mounted.
        for above in (PurePosixPath(path), *PurePosixPath(path).parents):
            try:
                limit = (mount / above.relative_to("/") / name).read_text("utf-8").strip()
            except (OSError, ValueError):
                continue
            if limit.isdecimal():
                yield int(limit)
