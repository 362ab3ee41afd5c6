"""An attempt is recorded once, and a proof delivers the notice of its process when all of its holders were told."""

import pytest
from django.utils import timezone
from tests.command.notices.limits_made import limited, notice_of, settle
from tests.command.people import World
from tests.command.processes.orders_made import mixed_issued

from fanzha.command.audit.models import LogEntry
from fanzha.command.notices.deliveries import Attempt, record_attempt
from fanzha.command.notices.models import DeliveryOutcome, DeliveryRoute, LimitNotice, NoticeDelivery
from fanzha.command.processes.models import SubjectNotice
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.usefixtures("home", "in_english")
SHOP = Attempt("slip", DeliveryRoute.SHOP, DeliveryOutcome.HANDED_OVER, "identity_card")


def test_the_same_attempt_counts_once_and_is_an_entry_of_the_log(world: World) -> None:
    notice, now = limited(world), timezone.now()
    before = NoticeDelivery.objects.count()
    assert record_attempt(notice, SHOP, now) and not record_attempt(notice, SHOP, now)
    assert NoticeDelivery.objects.count() == before + 1
    with unscoped("test"):
        assert LogEntry.objects.filter(kind="notice_attempt", about=notice.ref).count() == before + 1


def test_what_proves_nothing_delivers_nothing(world: World) -> None:
    notice = limited(world)
    sent = Attempt("letter", DeliveryRoute.LETTER, DeliveryOutcome.SENT)
    record_attempt(notice, sent, timezone.now())
    assert notice_of(notice.instance).delivered_at is None


def test_the_notice_of_an_order_is_delivered_once_all_its_targets_were_told(world: World) -> None:
    order = mixed_issued(world)
    settle()
    with unscoped("test"):
        rows = list(LimitNotice.objects.filter(instance=order).select_related("owner"))
    for number, row in enumerate(rows):
        with unscoped("test"):
            assert SubjectNotice.objects.get(instance=order).delivered_at is None
        record_attempt(row, SHOP._replace(key=f"slip {number}"), timezone.now())
    with unscoped("test"):
        assert SubjectNotice.objects.get(instance=order).delivered_by == "shop: handed_over"
