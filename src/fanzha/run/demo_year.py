"""What happens in the demo's made-up year: campaigns with their season, how orders on them ended, false alarms."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from fanzha.base.words import Words

BEIJING = ZoneInfo("Asia/Shanghai")


class Ending(StrEnum):
    """How a campaign ended."""

    EXPIRED = "expired"
    UPHELD = "upheld"  # an appeal about one number was upheld
    REJECTED = "rejected"  # an appeal was rejected, by the regulator too
    ROLLED_BACK = "rolled_back"  # the order was a mistake
    CLEARED = "cleared"  # a false alarm, no order
    IN_FORCE = "in_force"  # the order still runs


class Episode(NamedTuple):
    """A campaign of phone numbers. `day` is (month, day) of its season, or how many days ago it began."""

    day: tuple[int, int] | int
    fraud_type: str
    detector: str
    numbers: int
    victims: int
    seen: Words  # what the detector saw
    reason: Words  # of the order, or why it was a false alarm
    ending: Ending
    days: int = 30  # how long the order is in force

    def begins_at(self, now: datetime) -> datetime:
        """Return 9 o'clock in Beijing on the latest such day, at least two days before `now`."""
        today = now.astimezone(BEIJING).replace(hour=9, minute=0, second=0, microsecond=0)
        if isinstance(self.day, int):
            return today - timedelta(days=self.day)
        month, day = self.day
        begins = today.replace(month=month, day=day)
        return begins if begins <= today - timedelta(days=2) else begins.replace(year=begins.year - 1)


def _called(numbers: int, percent: int) -> Words:
    """Return what a burst of calls looks like: the numbers called, and the share of calls answered."""
    return Words(
        f"一小时内呼叫 {numbers} 个号码，接通率 {percent}%。",
        f"Called {numbers} numbers within an hour; {percent}% of the calls were answered.",
    )


_CALLED_STRANGERS = Words("近 10 日有 3 天大量呼叫陌生号码。", "Called many strangers on 3 days of the last ten.")
_BURST, _STRANGERS, _SEQUENTIAL = "call-centre-burst", "strangers-for-days", "sequential-dialling"

EPISODES = (
    Episode(
        (12, 10),
        "fake_shopping",
        _BURST,
        6,
        1,
        _called(46, 9),
        Words("春运抢票骗局：要求先付“加速费”", "New-year train tickets: a fee is asked for a place in the queue"),
        Ending.EXPIRED,
    ),
    Episode(
        (1, 14),
        "prize",
        _SEQUENTIAL,
        7,
        0,
        Words("一小时内按号段顺序呼叫 120 个号码。", "Dialled 120 numbers in sequence within an hour."),
        Words("年终红包、中奖骗局", "New-year prizes and red packets"),
        Ending.EXPIRED,
    ),
    Episode(
        (3, 6),
        "fake_authority",
        _BURST,
        10,
        2,
        _called(63, 12),
        Words("冒充税务机关，以个税汇算退税索要银行卡", "Tax season: promised refunds, bank cards asked for"),
        Ending.UPHELD,
    ),
    Episode(
        (3, 20),
        "other",
        _STRANGERS,
        3,
        0,
        _CALLED_STRANGERS,
        Words("快递网点新开的派送热线，已核实经营主体", "A courier depot's new delivery lines; its owner was verified"),
        Ending.CLEARED,
    ),
    Episode(
        (4, 9),
        "fake_loan",
        _STRANGERS,
        6,
        0,
        _CALLED_STRANGERS,
        Words("虚假贷款：放款前收取保证金", "Fake loans: a deposit is asked for before the money comes"),
        Ending.REJECTED,
    ),
    Episode(
        (6, 12),
        "fake_cs",
        _BURST,
        8,
        1,
        _called(52, 11),
        Words("年中促销后冒充客服退款", "Mid-year sales: fake customer service offers refunds"),
        Ending.EXPIRED,
    ),
    Episode(
        (7, 15),
        "brushing",
        _STRANGERS,
        6,
        1,
        _CALLED_STRANGERS,
        Words("暑期兼职刷单", "Summer jobs: paid likes that end in deposits"),
        Ending.EXPIRED,
    ),
    Episode(
        (8, 21),
        "fake_boss_friend",
        _BURST,
        9,
        1,
        _called(58, 15),
        Words("开学季冒充班主任、教务处收费", "Enrolment: impersonated teachers collect fees"),
        Ending.EXPIRED,
    ),
    Episode(
        (8, 27),
        "other",
        _BURST,
        2,
        0,
        _called(44, 61),
        Words("经核实为学校报到通知专线", "These were a school's lines that announced the first day of term"),
        Ending.ROLLED_BACK,
    ),
    Episode(
        (9, 28),
        "flight_refund",
        _BURST,
        6,
        1,
        _called(41, 18),
        Words("国庆出行机票退改签骗局", "National holiday: flights are said to be cancelled, refunds offered"),
        Ending.EXPIRED,
    ),
    Episode(
        (11, 11),
        "fake_cs",
        _BURST,
        10,
        2,
        _called(71, 10),
        Words("双十一后冒充电商、物流客服退款理赔", "Double Eleven: fake shops and couriers offer refunds"),
        Ending.EXPIRED,
        14,
    ),
    Episode(
        23,
        "fake_invest",
        _STRANGERS,
        8,
        1,
        _CALLED_STRANGERS,
        Words("虚假投资理财拉群引流", "Fake investment groups"),
        Ending.IN_FORCE,
        60,
    ),
    Episode(
        15,
        "other",
        _STRANGERS,
        2,
        0,
        _CALLED_STRANGERS,
        Words("社区卫生服务中心随访电话，已核实", "Follow-up calls of a community clinic; verified"),
        Ending.CLEARED,
    ),
    Episode(
        9,
        "fake_credit",
        _BURST,
        7,
        1,
        _called(49, 13),
        Words("冒充金融机构，以影响征信为由诱导转账", "Fake credit repair: money is to be moved to a safe account"),
        Ending.IN_FORCE,
        60,
    ),
)
