"""The last days of the demo leave a handful of campaigns: the others are snoozed, confirmed or somebody's."""

from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.utils import timezone
from tests.findings import finding

from fanzha.base.clock import to_ms
from fanzha.claims.finding import Mode, to_table
from fanzha.command.campaigns.models import Campaign, CampaignState
from fanzha.command.campaigns.queue import LATE, WAITING, QueueFilter, filter_queue
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.run.demo_clock import DemoClock
from fanzha.run.demo_province import create_demo_province
from fanzha.run.demo_steps import DemoSteps
from fanzha.run.demo_today import BACK, LEFT_OVER, NEW, OWN, handle_later, import_findings

pytestmark = pytest.mark.django_db
_EARLIER, _LATER = 18, 8


def test_few_campaigns_are_left_and_fewer_of_them_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    now = timezone.now()
    hours = [30 + place / 100 for place in range(_EARLIER)] + [5 + place / 100 for place in range(_LATER)]
    rows = [
        finding(
            subject_kind="phone_number",
            subject=f"+86197{90 + place}000000",
            fraud_type="subscriber_fraud",
            mode=Mode.LIVE if place % 9 else Mode.SHADOW,
            found_at=to_ms(now - timedelta(hours=ago)),
            valid_until=to_ms(now + timedelta(days=7)),
            event_ids=(f"e{place}",),
            simulated=True,
        )
        for place, ago in enumerate(hours)
    ]
    path = tmp_path / "findings.parquet"
    pq.write_table(to_table(rows), path)
    start = now - timedelta(days=3)
    steps = DemoSteps(create_demo_province("a long made-up pass phrase", start), DemoClock(start))
    with unscoped("test"):
        import_findings(steps, path, now, tmp_path)
        handle_later(steps, now)
        viewer = steps.viewer("mobile", Role.ANALYST)
        waiting = filter_queue(Campaign.objects.all(), QueueFilter(WAITING), viewer, now).count()
        late = filter_queue(Campaign.objects.all(), QueueFilter(LATE), viewer, now).count()
        confirmed = Campaign.objects.filter(confirmed_at__isnull=False).count()
        assert Campaign.objects.filter(state=CampaignState.SNOOZED, snoozed_until__lte=now).count() == BACK
    assert waiting == LEFT_OVER + OWN + NEW
    assert late <= LEFT_OVER
    assert confirmed > 0
