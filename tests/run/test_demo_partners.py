"""The demo's carrier shares with partners, takes a feed in, and has approvals and an agreement of two people."""

from pathlib import Path

import pytest
from django.utils import timezone

from fanzha.command.exchange.models import Collection, CollectionReader, Feed, FeedCount, FeedItem, GivenCount
from fanzha.command.exchange.partners import list_partners
from fanzha.command.foreign_sharing.models import ForeignApproval
from fanzha.command.research.models import ResearchAgreement, ResearchTable
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.run.demo_clock import DemoClock
from fanzha.run.demo_partners import FEED_NAMES, SECURITY, UNUSABLE, add_partners
from fanzha.run.demo_province import create_demo_province
from fanzha.run.demo_site import SITE_SETTINGS
from fanzha.run.demo_steps import DemoSteps

pytestmark = pytest.mark.django_db


def test_the_partner_desk_has_partners_feeds_approvals_and_research(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "fanzha.toml").write_text(SITE_SETTINGS, "utf-8")
    now = timezone.now()
    steps = DemoSteps(create_demo_province("a long made-up pass phrase"), DemoClock(now))
    with unscoped("test"):
        add_partners(steps, now)
        partners = {row.organization.name_en: row for row in list_partners(steps.viewer("mobile", Role.REVIEWER), now)}
        assert (Collection.objects.count(), CollectionReader.objects.count()) == (2, 3)
        assert GivenCount.objects.filter(logged_at=None).count() == 0
        assert FeedItem.objects.count() == len(FEED_NAMES)
        assert dict(FeedCount.objects.values_list("outcome", "count")) == {"used": len(FEED_NAMES), "value": UNUSABLE}
        assert Feed.objects.get().problem == ""
        confirmed = ForeignApproval.objects.filter(confirmed_at__isnull=False)
        assert (ForeignApproval.objects.count(), confirmed.count()) == (2, 1)
        assert ResearchAgreement.objects.get().is_in_force
        assert ResearchTable.objects.get().state == "asked"
    assert partners[SECURITY.en].given > 0
    assert partners[SECURITY.en].used == len(FEED_NAMES)
