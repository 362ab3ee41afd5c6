"""Whether a flood of junk reports buries the reports of honest people who report for the first time.

Four crowds send equal parts of the junk, all before the first honest report: few networks without a text; fresh
networks of three operators (IPv6 /48) with proof of work, half of them saying that money was paid; one text like fraud
with changing numbers from fresh networks; and texts of their own from networks all over, with proof of work. Honest
people come one by one, each from a network of its own, in words of its own; half of them share an operator with the
junk. The worker runs once a simulated minute. All of it is made up.
"""

import argparse
import json
import re
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.reports.models import Report

WORDS = re.findall(
    r"\S+",
    "他 说 是 客服 快递 丢失 赔偿 验证码 转账 投资 群 老师 带 我 做 单 返利 第一 次 给 了 后来 要 更多 钱 冒充 "
    "公检法 安全 账户 下载 软件 共享 屏幕 贷款 手续费 押金 退款 机票 "
    "改签 领导 急用 孩子 学校 收费 充值 游戏 账号 中奖 税费",
)
COPIED = "您的快递丢失，加客服微信 {} 双倍赔偿，需提供银行卡号和验证码"
PER_BATCH = 2_000


def few_networks(draw: Random, number: int) -> dict[str, object]:
    """Return the fields of a report from one of ten networks, without a text."""
    return {"address": f"198.51.{number % 10}.7", "work": 14, "grade": "paid"}


def fresh_networks(draw: Random, number: int) -> dict[str, object]:
    """Return the fields of a report from a fresh network of one of three operators."""
    operator, network = number % 3, number // 3
    address = f"2001:db{operator:x}:{network % 65_536:x}::7"
    return {"address": address, "work": 14, "grade": "paid" if number % 2 else "fraud"}


def copied_text(draw: Random, number: int) -> dict[str, object]:
    """Return the fields of a report with a copied text, from a fresh network."""
    text = COPIED.format(draw.randrange(10**9))
    return {"address": f"10.{number % 40}.{number // 40 % 256}.7", "work": 14, "grade": "fraud", "text": text}


def all_over(draw: Random, number: int) -> dict[str, object]:
    """Return the fields of a report with a text of its own, from a network anywhere."""
    text = "".join(draw.choices(WORDS, k=14))
    address = f"{draw.randrange(11, 170)}.{draw.randrange(256)}.{draw.randrange(256)}.7"
    return {"address": address, "work": draw.choices((14, 15, 16, 17), (8, 4, 2, 1))[0], "grade": "fraud", "text": text}


CROWDS: tuple[Callable[[Random, int], dict[str, object]], ...] = (few_networks, fresh_networks, copied_text, all_over)

#: The loss that reports name tells the crowds apart.
LOSSES = {name: number for number, name in enumerate([*(crowd.__name__ for crowd in CROWDS), "honest"], 1)}


def flood_reports(asked: argparse.Namespace) -> list[str]:
    """Let the junk and honest people report; print a line for each crowd, and return what went wrong."""
    from django.utils import timezone

    from fanzha.command.organizations.models import Organization
    from fanzha.command.reports.intake_worker import read_reports
    from fanzha.command.reports.models import Report
    from fanzha.command.web.scoping import unscoped

    centre = Organization.objects.create(name_zh="示例中心", name_en="Example centre", kind="centre")
    start, draw, begun = timezone.now(), Random(7), time.perf_counter()
    for crowd in CROWDS:
        for rows in _batches(centre, crowd, asked.reports // len(CROWDS), start):
            Report._base_manager.bulk_create(rows)
    print(json.dumps({"junk": asked.reports, "stored_in_s": round(time.perf_counter() - begun, 1)}), flush=True)
    honest: dict[str, int] = {}
    longest = 0.0
    for minute in range(asked.minutes):
        while len(honest) < asked.honest and len(honest) * asked.minutes < asked.honest * 2 * (minute + 1):
            honest[_report_honestly(centre, draw, len(honest), start + timedelta(minutes=minute))] = minute
        run = time.perf_counter()
        read_reports(centre, start + timedelta(minutes=minute, seconds=30))
        longest = max(longest, time.perf_counter() - run)
    with unscoped("a benchmark counts all reports"):
        for name, loss in LOSSES.items():
            states = Report.objects.filter(loss=loss).order_by().values_list("state", flat=True)
            print(json.dumps({"who": name} | {state: list(states).count(state) for state in sorted(set(states))}))
        opened = Report.objects.filter(loss=LOSSES["honest"], state="opened").values_list("receipt", "processed_at")
        waits = [(at - start).total_seconds() / 60 - honest[receipt] for receipt, at in opened]
    print(
        json.dumps(
            {
                "honest_opened": len(waits),
                "of": asked.honest,
                "median_wait_minutes": round(statistics.median(waits), 1) if waits else None,
                "longest_wait_minutes": round(max(waits), 1) if waits else None,
                "longest_run_s": round(longest, 1),
                "seconds": round(time.perf_counter() - begun, 1),
            }
        )
    )
    return [] if len(waits) == asked.honest else [f"{asked.honest - len(waits)} honest reports were not heard"]


def _batches(
    centre: "Organization", crowd: Callable[[Random, int], dict[str, object]], count: int, at: datetime
) -> "Iterator[list[Report]]":
    draw = Random(crowd.__name__)
    for first in range(0, count, PER_BATCH):
        numbers = range(first, min(first + PER_BATCH, count))
        yield [_junk(centre, crowd.__name__, number, crowd(draw, number), draw, at) for number in numbers]


def _junk(
    centre: "Organization", who: str, number: int, sent: dict[str, object], draw: Random, at: datetime
) -> "Report":
    from fanzha.command.reports.models import Report
    from fanzha.command.reports.networks import hash_block, hash_wide_block, keyed_hash
    from fanzha.command.reports.services import text_key

    address, text = str(sent["address"]), str(sent.get("text", ""))
    return Report(
        owner=centre,
        channel="web",
        category="call",
        grade=sent["grade"],
        target_kind="number",
        subject_kind="phone_number",
        value=f"+86{draw.choice((133, 138, 155, 170, 189))}{draw.randrange(10**8):08d}",
        text=text,
        text_key=text_key(text),
        reporter=hash_block(address),
        block=hash_block(address),
        wide_block=hash_wide_block(address),
        receipt=keyed_hash(f"{who} {number}"),
        loss=LOSSES[who],
        is_worked=True,
        work=sent["work"],
        received_at=at - timedelta(minutes=draw.random() * 10),
    )


def _report_honestly(centre: "Organization", draw: Random, number: int, at: datetime) -> str:
    """Store the report of an honest person; return the hash of the receipt."""
    from fanzha.command.reports.receipts import hash_receipt
    from fanzha.command.reports.services import Submission, submit_report

    address = f"10.{number % 40}.{255 - number}.9" if number % 2 else f"172.{16 + number}.9.9"
    text = "".join(draw.sample(WORDS, k=9))
    thing = f"+86{draw.choice((131, 139, 166, 180))}{draw.randrange(10**8):08d}"
    work = 19  # what the page reaches while somebody types: `bits` and five more
    code = submit_report(
        centre,
        Submission("call", f"honest {number}", thing, text, loss=LOSSES["honest"], is_worked=True, work=work),
        address,
        at,
    )
    return hash_receipt(code)
