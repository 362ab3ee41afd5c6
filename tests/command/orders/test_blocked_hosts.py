"""Why a site is blocked is told of orders in force with a notice, of the host itself and what lies below it."""

import pytest
from django.utils import timezone
from tests.command.orders.given import settle
from tests.command.people import World
from tests.command.processes.orders_made import mixed_issued

from fanzha.command.audit.services import recorded
from fanzha.command.orders.blocked_hosts import find_blocked_hash, find_blocked_host, host_hash
from fanzha.command.orders.models import OrderTarget, TargetState
from fanzha.command.processes.models import ProcessInstance, SubjectNotice

pytestmark = pytest.mark.django_db


def test_a_host_and_what_lies_below_it_are_found_by_name_address_and_hash(world: World) -> None:
    order = mixed_issued(world)
    settle()
    for asked in ("SHOP.example.", "http://www.shop.example/pay?x=1", "a.b.shop.example:8080"):
        below = find_blocked_host(asked)
        assert below is not None and below.host == "shop.example", asked
    found = find_blocked_host("shop.example")
    assert (
        found is not None
        and found.order == f"#{order.ref[-6:]}"
        and found.decided_by.en == "Example centre"
        and not found.is_appealed
    )
    assert "反电信网络诈骗法" in found.basis.zh and found.remedy.en
    by_hash = find_blocked_hash(host_hash("https://shop.example/x"))
    assert by_hash is not None and by_hash.host == "shop.example"
    for asked in ("example", "myshop.example", "shop.example.cn", "", "\x00", "a" * 3_000, "192.0.2.1"):
        assert find_blocked_host(asked) is None, asked
    for text in ("", "zz", "0" * 32, "shop.example"):
        assert find_blocked_hash(text) is None


def test_only_orders_in_force_with_a_notice_are_told(world: World) -> None:
    order = mixed_issued(world)
    settle()
    target = OrderTarget._base_manager.filter(instance=order, value="shop.example")
    target.update(state=TargetState.APPEALED)
    assert (found := find_blocked_host("shop.example")) and found.is_appealed
    target.update(state=TargetState.RESTORED)
    assert find_blocked_host("shop.example") is None
    target.update(state=TargetState.APPROVED)
    ProcessInstance._base_manager.filter(pk=order.pk).update(ended_at=timezone.now())
    assert find_blocked_host("shop.example") is None
    ProcessInstance._base_manager.filter(pk=order.pk).update(ended_at=None)
    with recorded():
        SubjectNotice._base_manager.filter(instance=order).delete()
    assert find_blocked_host("shop.example") is None
