"""Send the text of a notice by the SMS gateway: incoming texts reach a limited phone. It has no link.

With `[notices] receipt_address` the gateway is asked for a delivery receipt (Kannel user guide, "SMS Push using HTTP
POST": X-Kannel-DLR-Mask and X-Kannel-DLR-Url); it is the proof of the delivery.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings as site_settings
from django.urls import reverse
from django.utils import timezone

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.command.notices.deliveries import Attempt, record_attempt
from fanzha.command.notices.measure_words import measure_words
from fanzha.command.notices.models import DeliveryOutcome, DeliveryRoute, LimitNotice, NoticeDelivery
from fanzha.command.notices.notice_codes import make_gateway_secret, make_notice_code
from fanzha.command.notices.notice_settings import load_notice_settings
from fanzha.command.notices.registry import find_things
from fanzha.command.notices.routes import advance
from fanzha.command.processes.selectors import find_notice
from fanzha.command.processes.services import PendingDelivery, record_delivery
from fanzha.command.subjects.services import has_gateway, post_text
from fanzha.command.web.scoping import unscoped
from fanzha.processes.parties import SYSTEM

if TYPE_CHECKING:
    from fanzha.command.processes.models import OutboxItem, SubjectNotice

_UNSCOPED = unscoped("one worker sends the notices of all organisations")
#: How long a gateway tries to deliver a text to a phone that is off (minutes).
VALID_MINUTES = 3 * 24 * 60
#: Receipts that are asked for: delivered (1) and failed (2), and refused by the centre (16).
_MASK = 1 + 2 + 16
_DELIVERED, _FAILED = 1, (2, 16)
_EXERCISE = "an exercise, nothing was sent"
_NO_GATEWAY = "no SMS gateway is set up: [warn] in fanzha.toml"
_NO_NUMBER = "the number was erased, or is limited no longer"


def send_notice_text(item: OutboxItem) -> PendingDelivery | None:
    """Return the pending text of a notice, None if it was sent before."""
    if NoticeDelivery.objects.filter(key=_attempt_key(item)).exists():
        return None
    return PendingDelivery(frozenset({"sms gateway"}), partial(_send, item))


def compose_text(row: LimitNotice, notice: SubjectNotice) -> Words:
    """Return the text of a notice in the language of the site: who, what is done, the code, where to go, the fact last.

    What does not fit is cut from its end, so that the code always arrives.
    """
    hotline = load_notice_settings().hotline
    code, owner, end = make_notice_code(row.ref, row.generation), row.owner, row.shown[-4:]
    words = measure_words(row.measure).text
    if not notice.remedy_zh and not notice.remedy_en:
        zh = f"{owner.name_zh}告知（编号{code}）：{notice.fact_zh}。如有疑问，请持编号到营业厅或拨打客服热线{hotline}。"
        en = f"{owner.name_en} (notice {code}): {notice.fact_en}. Questions: any shop or the hotline {hotline}".rstrip()
    else:
        zh = (
            f"{owner.name_zh}告知：{words.zh.format(end=end)}，告知编号{code}。查询原因或申诉：持编号到任一营业厅、"
            f"拨打客服热线{hotline}，或连接营业厅Wi-Fi。本短信无链接，不索要验证码。{row.fact.zh}"
        )
        en = (
            f"{owner.name_en}: {words.en.format(end=end)}. Notice code {code}. Reason and appeal: any shop, "
            f"hotline {hotline} or shop Wi-Fi. No link, nobody asks you for a code. {row.fact.en}"
        )
    is_chinese = site_settings.LANGUAGE_CODE.startswith("zh")
    return Words(zh, "") if is_chinese else Words("", en)


def record_receipt(ref: str, number: int, secret: str, status: int, now: datetime) -> bool:
    """Record the delivery receipt of a text about the notice `number` to the holder of the limit notice `ref`.

    Return whether the secret is right.
    """
    if not hmac.compare_digest(make_gateway_secret(f"{ref}:{number}").encode(), secret.encode("utf-8", "replace")):
        return False
    row = _UNSCOPED.rows(LimitNotice).select_related("owner", "instance").filter(ref=ref).first()
    if row is None:
        return True
    if row.notice_id != number:
        _record_other(row, number, status)
    elif status == _DELIVERED:
        received = Attempt(f"receipt:{ref}:{number}", DeliveryRoute.TEXT, DeliveryOutcome.RECEIVED)
        record_attempt(row, received, now)
    elif status in _FAILED:
        note = f"status {status}"
        failed = Attempt(f"failure:{ref}:{number}", DeliveryRoute.TEXT, DeliveryOutcome.FAILED, note=note)
        if record_attempt(row, failed, now):
            advance(row, now)
    return True


def _record_other(row: LimitNotice, number: int, status: int) -> None:
    """Record the receipt of a text about an end or an answer; a receipt of a limit renewed since proves nothing."""
    notice = find_notice(number)
    if status == _DELIVERED and notice is not None and not notice.remedy_zh and notice.owner_id == row.owner_id:
        with unscoped("the notice of a process is delivered for its owner"):
            record_delivery(notice, "text: received", SYSTEM)


def _send(item: OutboxItem) -> None:
    """Send the text and record it. Raise RequestFailed to have it tried again."""
    row = _UNSCOPED.rows(LimitNotice).select_related("owner", "instance").get(pk=item.payload["limit_notice"])
    notice = find_notice(item.payload["notice"])
    if notice is None or (notice.remedy_zh and not row.is_open):
        return
    now, problem = timezone.now(), _EXERCISE if row.simulated else ""
    try:
        problem = problem or _post(row, notice)
    except (UsageError, ValueError) as error:
        problem = str(error)
    outcome = DeliveryOutcome.FAILED if problem else DeliveryOutcome.SENT
    record_attempt(row, Attempt(_attempt_key(item), DeliveryRoute.TEXT, outcome, note=problem), now)
    if problem and notice.remedy_zh:
        advance(row, now, notify=not row.simulated)


def _post(row: LimitNotice, notice: SubjectNotice) -> str:
    """Send to the number of a notice; return what stands against it."""
    if not has_gateway():
        return _NO_GATEWAY
    things = find_things(row.instance, is_limited=row.lifted_at is None)
    number = next((thing.value for thing in things if thing.place == row.place), "")
    if not number:
        return _NO_NUMBER
    headers = {"X-Kannel-Validity": str(VALID_MINUTES)}
    if address := load_notice_settings().receipt_address:
        secret = make_gateway_secret(f"{row.ref}:{notice.pk}")
        path = reverse("notice_receipt", args=[row.ref, notice.pk, secret])
        headers |= {"X-Kannel-DLR-Mask": str(_MASK), "X-Kannel-DLR-Url": f"{address}{path}?status=%d"}
    post_text(number, compose_text(row, notice), headers)
    return ""


def _attempt_key(item: OutboxItem) -> str:
    return f"text:{item.pk}"
