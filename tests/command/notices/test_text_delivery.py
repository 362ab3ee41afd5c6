"""The text of a notice reaches the gateway once, without a link; its receipt proves the delivery, a failure goes on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.command.notices.limits_made import code_of, limited, notice_of, settle
from tests.command.orders.receiving import Receiver
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.notices.models import LimitNotice, NoticeDelivery
from fanzha.command.notices.notice_codes import make_gateway_secret
from fanzha.command.notices.text_delivery import compose_text, send_notice_text
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models import OutboxItem, OutboxState
from fanzha.command.processes.selectors import find_instances
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.usefixtures("socket_enabled", "in_english")


@pytest.fixture
def gateway(home: Path) -> Iterator[Receiver]:
    """An SMS gateway on this machine that takes every text."""
    with Receiver() as receiver:
        (home / "keys").mkdir(mode=0o700, exist_ok=True)
        password = home / "keys" / "gateway"
        password.write_text("not-to-be-seen", "utf-8")
        password.chmod(0o600)
        (home / "fanzha.toml").write_text(
            f'[warn]\nurl = "{receiver.address}"\nusername = "fanzha"\npassword_file = "gateway"\nsender = "10086"\n'
            'local_addresses = true\n[notices]\nhotline = "10086"\nreceipt_address = "http://127.0.0.1:8000"\n',
            "utf-8",
        )
        yield receiver


def told(world: World) -> LimitNotice:
    """The notice of an order that is no exercise."""
    Organization.objects.update(simulated=False)
    with unscoped("test"):
        order = issued(world, receivers=("carrier",))
        find_instances().filter(pk=order.pk).update(simulated=False)
    settle()
    return notice_of(order)


def receipt(notice: LimitNotice, status: int, secret: str = "") -> int:
    secret = secret or make_gateway_secret(f"{notice.ref}:{notice.notice_id}")
    path = f"/appeal/sent/{notice.ref}/{notice.notice_id}/{secret}/?status={status}"
    return int(Client().get(path).status_code)


def outcomes(notice: LimitNotice) -> list[tuple[str, str]]:
    return list(NoticeDelivery.objects.filter(notice=notice).order_by("pk").values_list("route", "outcome"))


def test_the_text_has_the_code_and_no_link_and_the_receipt_proves_it(world: World, gateway: Receiver) -> None:
    notice = told(world)
    ((_path, headers, body),) = gateway.got
    text = body.decode()
    assert headers["x-kannel-dlr-mask"] == "19" and headers["x-kannel-dlr-url"].endswith("/?status=%d")
    assert code_of(notice) in text and "10086" in text and "://" not in text and "www" not in text
    assert len(text.encode("utf-16-be")) // 2 <= 3 * 67
    assert (notice.state, notice.route) == ("sent", "text")
    assert receipt(notice, 1, "0" * 32) == 404
    assert receipt(notice, 1) == 204
    notice = notice_of(notice.instance)
    assert notice.state == "delivered" and outcomes(notice) == [("text", "sent"), ("text", "received")]
    with unscoped("test"):
        assert notice.notice.delivered_by == "text: received"


def test_a_text_that_fails_goes_to_the_shop(world: World, gateway: Receiver) -> None:
    notice = told(world)
    receipt(notice, 2)
    notice = notice_of(notice.instance)
    assert (notice.state, notice.route) == ("undelivered", "shop")


def test_a_worker_that_died_after_recording_sends_no_second_text(world: World, gateway: Receiver) -> None:
    notice = told(world)
    with unscoped("test"):
        item = OutboxItem.objects.get(effect="send_notice_text", instance=notice.instance)
        OutboxItem.objects.update(state=OutboxState.WAITING)
        assert send_notice_text(item) is None
    settle()
    assert len(gateway.got) == 1 and outcomes(notice) == [("text", "sent")]


def test_an_exercise_sends_nothing_and_waits_at_the_desk(world: World, gateway: Receiver) -> None:
    notice = limited(world)
    assert gateway.got == [] and outcomes(notice) == [("text", "failed")]
    assert (notice.state, notice.route) == ("undelivered", "shop")


def test_without_a_gateway_the_desk_hears_at_once(world: World, home: Path) -> None:
    notice = told(world)
    (attempt,) = NoticeDelivery.objects.filter(notice=notice)
    assert "no SMS gateway" in attempt.note and notice.route == "shop"


def test_a_long_fact_is_cut_and_the_code_stays(world: World, home: Path, settings: Any) -> None:
    settings.LANGUAGE_CODE = "zh-hans"
    notice = limited(world)
    words = compose_text(notice, notice.notice)
    assert code_of(notice) in words.zh[:60] and words.en == "" and "http" not in words.zh
    assert timezone.now() > notice.written_at
