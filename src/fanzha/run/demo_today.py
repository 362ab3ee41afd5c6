"""The last days of the demo: findings come in by day, and analysts handle most campaigns, so that a few are left."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.campaigns.models import Campaign, CampaignState
from fanzha.command.campaigns.selectors import QueueFilter, filter_queue
from fanzha.command.campaigns.services import apply_transition
from fanzha.command.campaigns.transitions import CampaignTransition, TransitionKind
from fanzha.command.processes.models import Notification
from fanzha.command.subjects.ingest.worker import ingest
from fanzha.command.subjects.victims import list_victims
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.run.demo_steps import DemoSteps

#: Of the campaigns of the days before: unassigned ones, those of the analyst, those snoozed until this
#: morning, and those that the colleague confirmed. Of the campaigns of the last day: those that are left.
LEFT_OVER, OWN, BACK, CONFIRMED, NEW = 2, 3, 4, 4, 5
#: Possible victims of fraud without a contact so far.
NOT_REACHED = 3
_DAY, _SINCE_IMPORT = timedelta(days=1), timedelta(minutes=50)


def import_findings(steps: DemoSteps, findings: Path, now: datetime, folder: Path) -> None:
    """Import findings older than a day a day ago, and let analysts handle the campaigns; import the rest just now."""
    owner = steps.organization("mobile")
    earlier, later = _split(findings, to_ms(now - _DAY), folder)
    with steps.clock.running():
        if earlier is not None:
            steps.clock.advance(now - _DAY + timedelta(hours=1))
            ingest([earlier], owner)
            _handle_earlier(steps, now)
            _reach_victims(steps)
        steps.clock.play(now - _SINCE_IMPORT)
        ingest([later], owner)


def handle_later(steps: DemoSteps, now: datetime) -> None:
    """Let the analysts handle the campaigns of the last day except the hottest, ten minutes before now."""
    with steps.clock.running():
        steps.clock.advance(now - timedelta(minutes=10))
        _snooze(steps, _waiting(steps, on_trial=True), now)
        untouched = [row for row in _waiting(steps, on_trial=False) if row.assignee_id is None]
        new = [row for row in untouched if row.first_at >= now - _DAY or row.came_back_at is not None]
        _take_and_snooze(steps, new[NEW:], now)
    Notification.objects.filter(read_at=None, at__lt=now - _SINCE_IMPORT).update(read_at=now - _SINCE_IMPORT)


def _split(findings: Path, before: int, folder: Path) -> tuple[Path | None, Path]:
    """Return the file of the findings found before a moment (UTC ms), None if there are none, and that of the rest."""
    if findings.suffix != ".parquet":
        return None, findings
    table = pq.read_table(findings)
    is_earlier = pc.less(table["found_at"], pa.scalar(before, pa.int64()))
    earlier, later = folder / "earlier.parquet", folder / "later.parquet"
    pq.write_table(table.filter(is_earlier), earlier)
    pq.write_table(table.filter(pc.invert(is_earlier)), later)
    return earlier, later


def _handle_earlier(steps: DemoSteps, now: datetime) -> None:
    _snooze(steps, _waiting(steps, on_trial=True), now)
    live = iter(_waiting(steps, on_trial=False))
    _left_over, own, back, confirmed = (list(islice(live, count)) for count in (LEFT_OVER, OWN, BACK, CONFIRMED))
    _apply(steps, own, CampaignTransition(TransitionKind.TAKE))
    _snooze(steps, back, now - _DAY - timedelta(hours=2))
    _apply(steps, confirmed, CampaignTransition(TransitionKind.CONFIRM), colleague=True)
    _snooze(steps, confirmed, now)
    _take_and_snooze(steps, list(live), now)


def _reach_victims(steps: DemoSteps) -> None:
    """Let the analyst reach all possible victims but a few, who are dissuaded in the end."""
    viewer = steps.viewer("mobile", Role.ANALYST)
    with scoped_to(viewer):
        rows = list_victims(viewer, steps.clock.now)
    for row in rows[NOT_REACHED:]:
        case = steps.open("dissuasion", "open", "mobile", Role.ANALYST, person=row.subject.value, fraud_type="other")
        take = partial(steps.take, case, name="mobile", role=Role.ANALYST)
        steps.clock.plan_in(3, partial(take, "reach"))
        steps.clock.plan_in(15 * 60, partial(take, "confirm_dissuaded", confirmed_by="watch"))


def _take_and_snooze(steps: DemoSteps, rows: Sequence[Campaign], now: datetime) -> None:
    """Let the colleague take campaigns until tomorrow."""
    _apply(steps, rows, CampaignTransition(TransitionKind.TAKE), colleague=True)
    _snooze(steps, rows, now)


def _snooze(steps: DemoSteps, rows: Iterable[Campaign], now: datetime) -> None:
    """Snooze campaigns for a day from `now`."""
    note = Words("等待更多记录", "Waiting for more records").joined()
    _apply(steps, rows, CampaignTransition(TransitionKind.SNOOZE, note=note, until=now + _DAY), colleague=True)


def _apply(
    steps: DemoSteps, rows: Iterable[Campaign], transition: CampaignTransition, *, colleague: bool = False
) -> None:
    revisions = {row.ref: None for row in rows}
    if revisions:
        viewer = steps.viewer("mobile", Role.ANALYST, colleague=colleague)
        apply_transition(revisions, transition, viewer, steps.clock.now)


def _waiting(steps: DemoSteps, *, on_trial: bool) -> list[Campaign]:
    """Return the open campaigns, hottest first: those on trial, or those with a live finding."""
    viewer = steps.viewer("mobile", Role.ANALYST)
    rows = Campaign.objects.filter(state=CampaignState.OPEN)
    return list(filter_queue(rows, QueueFilter(on_trial=on_trial), viewer, steps.clock.now).order_by("-heat", "-pk"))
