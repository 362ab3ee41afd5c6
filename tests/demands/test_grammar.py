"""A demand is told from a warning, a denial, a report and a request to keep a code from others."""

import pytest

from fanzha.demands import DemandKind, DemandState, find_demands

ASKED, NEGATED, REPORTED = DemandState


def states(text: str) -> dict[DemandKind, set[DemandState]]:
    found: dict[DemandKind, set[DemandState]] = {}
    for demand in find_demands(text):
        found.setdefault(demand.kind, set()).add(demand.state)
    return found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("姐，垫一下三千块，晚上还你", "pay"),
        ("那串数字念给我", "code"),
        ("把画面放给我看", "screen"),
        ("你先装个小工具", "app"),
        ("请登录 yb-gov.top 重新认证", "link"),
        ("把卡贴在手机背面别拿开", "card_tap"),
        ("这事别跟家里讲", "secrecy"),
        ("再不还就上征信", "threat"),
        ("钱装好交给上门的人", "meet"),
        ("帮我过一手，给你提成", "join"),
        ("加我微信细说", "move"),
        ("恭喜您中奖了", "lure"),
        ("Read me the code you received", "code"),
        ("唔好同屋企人講", "secrecy"),
    ],
)
def test_an_indirect_wording_is_a_demand(text: str, kind: str) -> None:
    assert ASKED in states(text)[DemandKind(kind)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我们不会要求您转账", "pay"),
        ("请勿下载陌生软件", "app"),
        ("不要告诉任何人验证码", "code"),
        ("谨防共享屏幕", "screen"),
    ],
)
def test_a_warning_or_denial_is_no_demand(text: str, kind: str) -> None:
    assert states(text)[DemandKind(kind)] == {NEGATED}


def test_keeping_a_code_from_others_is_no_secrecy() -> None:
    assert DemandKind.SECRECY not in states("验证码 482913，请勿告知他人，不要告诉任何人")


@pytest.mark.parametrize("text", ["把验证码念给我，不要告诉家里人", "先把款交到指定账户，办案要保密，不许告诉家人"])
def test_who_asks_for_a_code_or_money_and_for_silence_asks_for_secrecy(text: str) -> None:
    assert states(text)[DemandKind.SECRECY] == {ASKED}


def test_what_somebody_else_asked_is_reported() -> None:
    assert states("骗子让我下载软件")[DemandKind.APP] == {REPORTED}


def test_a_question_contains_no_negation() -> None:
    assert states("能不能垫一下")[DemandKind.PAY] == {ASKED}


def test_a_negation_ends_with_its_clause() -> None:
    assert states("不要着急，把画面放给我看")[DemandKind.SCREEN] == {ASKED}
