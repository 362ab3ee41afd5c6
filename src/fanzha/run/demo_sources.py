"""Made-up sources and screens of the demo's organisations, reported every minute as installations would report theirs.

Two sources are silent, one brings less than usual and one screen is not ready.
"""

import math
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.command.health.models import ComponentKind, ReportedComponent
from fanzha.command.health.services import report
from fanzha.command.organizations.models import Organization
from fanzha.command.web.scoping import unscoped
from fanzha.run.demo_province import DEMO_ORGANIZATIONS

EVERY_SECONDS = 60.0
HOURS = 24
_CALLS = ("call_offered", "call_answered", "call_ended")
_ROWS = unscoped("the demo plays all parts")


class DemoSource(NamedTuple):
    """A made-up source: its organisation, titles, tables and usual events an hour; `silent` is since when it is so."""

    organization: str
    name: str
    title: Words
    tables: Sequence[str]
    rate: int
    silent: timedelta | None = None
    share: float = 1.0  # of what is usual, in the last hours


class DemoScreen(NamedTuple):
    """A made-up screen, with its problem, "" if it is ready."""

    organization: str
    name: str
    title: Words
    problem: str = ""


SOURCES = (
    DemoSource("mobile", "msc-west", Words("西区交换局通话", "Calls, western exchange"), _CALLS, 48_000),
    DemoSource("mobile", "msc-east", Words("东区交换局通话", "Calls, eastern exchange"), _CALLS, 61_000),
    DemoSource("mobile", "smsc", Words("短信中心", "SMS centre"), ("message",), 92_000),
    DemoSource(
        "mobile", "hlr", Words("开户与用卡记录", "Registrations and SIM card use"), ("registration", "sim_use"), 7_400
    ),
    DemoSource("mobile", "dns", Words("域名解析日志", "DNS log"), ("site_seen",), 130_000),
    DemoSource(
        "telecom",
        "igw",
        Words("国际来话关口局", "International gateway"),
        _CALLS,
        5_200,
        timedelta(hours=3, minutes=12),
    ),
    DemoSource("telecom", "tandem", Words("汇接局通话", "Calls, tandem exchange"), _CALLS, 39_000),
    DemoSource("telecom", "telecom-dns", Words("域名解析日志", "DNS log"), ("site_seen",), 88_000),
    DemoSource("virtual", "virtual-cdr", Words("转售业务话单", "MVNO call records"), _CALLS, 2_900, share=0.3),
    DemoSource(
        "virtual",
        "virtual-cards",
        Words("开户与用卡记录", "Registrations and SIM card use"),
        ("registration", "sim_use"),
        640,
    ),
    DemoSource("broadband", "web-flow", Words("网站访问日志", "Website visits"), ("site_seen",), 210_000),
    DemoSource("messaging", "a2p", Words("行业短信提交", "Business SMS"), ("message",), 54_000, timedelta(minutes=47)),
    DemoSource("platform", "accounts", Words("账号行为日志", "Account actions"), ("account_action",), 17_500),
    DemoSource("bank", "reports", Words("客户举报", "Customer reports"), ("public_report",), 45),
)
_TOO_OLD = Words("快照已过期", "The snapshot is too old")
SCREENS = (
    DemoScreen("mobile", "sip-west", Words("西区呼叫筛查", "Call screen, west")),
    DemoScreen("telecom", "sip-telecom", Words("呼叫筛查", "Call screen"), _TOO_OLD.joined()),
)


def create_sources(organizations: dict[str, Organization], now: datetime) -> None:
    """Report the sources and screens of all organisations for the first time."""
    for name, organization in organizations.items():
        _report(name, organization, now, {})


def report_forever() -> None:
    """Report every minute; what is silent stays so since the same moment."""
    with unscoped("the demo plays all parts"):
        while True:
            organizations = {one.name_en: one for one in Organization.objects.all()}
            for member in DEMO_ORGANIZATIONS:
                if organization := organizations.get(member.words.en):
                    rows = _ROWS.rows(ReportedComponent).filter(owner=organization)
                    _report(member.name, organization, timezone.now(), {row.name: row.last_at for row in rows})
            time.sleep(EVERY_SECONDS)


def _report(name: str, organization: Organization, now: datetime, before: dict[str, datetime | None]) -> None:
    rows = [_source_row(one, now, before.get(one.name)) for one in SOURCES if one.organization == name]
    rows += [
        ReportedComponent(
            kind=ComponentKind.SCREEN,
            name=one.name,
            title_zh=one.title.zh,
            title_en=one.title.en,
            last_at=(before.get(one.name) or now - timedelta(minutes=25)) if one.problem else now,
            problem=one.problem,
        )
        for one in SCREENS
        if one.organization == name
    ]
    report(organization.pk, rows, now)


def _source_row(source: DemoSource, now: datetime, last_at: datetime | None) -> ReportedComponent:
    hour = now.replace(minute=0, second=0, microsecond=0)
    silent_since = (last_at or now - source.silent) if source.silent else now
    hours = []
    for back in range(HOURS - 1, -1, -1):
        began = hour - timedelta(hours=back)
        ended = min(began + timedelta(hours=1), silent_since)
        part = max(0.0, (ended - began).total_seconds() / 3_600)
        hours.append(int(_hourly(source, began) * part * (source.share if back < 3 else 1.0)))
    return ReportedComponent(
        kind=ComponentKind.SOURCE,
        name=source.name,
        title_zh=source.title.zh,
        title_en=source.title.en,
        tables=list(source.tables),
        last_at=silent_since - timedelta(seconds=0 if source.silent else len(source.name) * 2),
        silent_after_seconds=15 * 60,
        usual_gap_seconds=max(60, 3 * 3_600 // source.rate * 10),
        usual_count=_hourly(source, hour),
        hours=hours,
        is_less=source.share < 1,
    )


def _hourly(source: DemoSource, hour: datetime) -> int:
    """Return made-up events of an hour: few by night, with a little noise that is the same each time."""
    local = timezone.localtime(hour).hour
    noise = int(digest("demo-source", source.name, hour.isoformat())[:4], 16) / 0xFFFF
    return int(source.rate * (0.12 + 0.88 * max(0.0, math.sin((local - 6) / 18 * math.pi))) * (0.9 + 0.2 * noise))
