"""A carrier's totals about one subscriber over some months: calls, texts, app traffic and bills (ATF Art. 11)."""

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events._table import Column, EventTable


def _count(name: str, zh: str, en: str, *aliases: str, unit: str = "count") -> Column:
    return Column(name, pa.int64(), Words(zh, en), unit=unit, low=0, aliases=(name, *aliases))


def _number(name: str, zh: str, en: str, *aliases: str, unit: str, low: float | None = 0) -> Column:
    return Column(name, pa.float64(), Words(zh, en), unit=unit, low=low, aliases=(name, *aliases))


def _share(name: str, zh: str, en: str, *aliases: str) -> Column:
    return Column(name, pa.float64(), Words(zh, en), unit="share 0-1", low=0, high=1, aliases=(name, *aliases))


def _hour(name: str, zh: str, en: str, *aliases: str) -> Column:
    return Column(name, pa.int32(), Words(zh, en), unit="hour", low=0, high=23, aliases=(name, *aliases))


def _day(name: str, zh: str, en: str, *aliases: str) -> Column:
    return Column(name, pa.int32(), Words(zh, en), unit="day of month", low=1, high=31, aliases=(name, *aliases))


#: Aliases after the Chinese one are the names of the Sichuan table (2020 数字四川创新大赛), checked by what its numbers
#: say: calls / other_parties = calls_per_party_mean, traffic_mb / traffic_months = traffic_mb_per_month, and so on.
CALLS: tuple[Column, ...] = (
    _count("calls", "通话次数", "calls", "通话次数", "opposite_count"),
    _count("other_parties", "通话对方数", "other parties", "对端号码数", "opposite_unique"),
    _count("calls_made", "主叫次数", "calls made", "主叫次数", "voccalltype1"),
    _count("devices", "使用终端数", "devices used", "终端数", "imeis"),
    _share("calls_made_share", "主叫占比", "share of calls made", "主叫占比", "voc_calltype1"),
    _count("cities_called_from", "主叫城市数", "cities called from", "主叫城市数", "city_name_call"),
    _count("counties_called_from", "主叫区县数", "counties called from", "主叫区县数", "county_name_call"),
    _number("calls_per_party_mean", "每对方通话次数均值", "calls per party, mean", "phone2opposite_mean", unit="count"),
    _number(
        "calls_per_party_median",
        "每对方通话次数中位数",
        "calls per party, median",
        "phone2opposite_median",
        unit="count",
    ),
    _number("calls_per_party_max", "每对方通话次数最大", "calls per party, most", "phone2opposite_max", unit="count"),
    _number("talk_s_per_party_mean", "每对方通话时长均值", "talk per party, mean", "phone2oppo_sum_mean", unit="s"),
    _number(
        "talk_s_per_party_median", "每对方通话时长中位数", "talk per party, median", "phone2oppo_sum_median", unit="s"
    ),
    _number("talk_s_per_party_max", "每对方通话时长最大", "talk per party, most", "phone2oppo_sum_max", unit="s"),
    _number("talk_s_mean", "通话时长均值", "talk per call, mean", "平均通话时长", "call_dur_mean", unit="s"),
    _number("talk_s_median", "通话时长中位数", "talk per call, median", "call_dur_median", unit="s"),
    _number("talk_s_max", "最长通话", "longest call", "最长通话时长", "call_dur_max", unit="s"),
    _number("talk_s_min", "最短通话", "shortest call", "最短通话时长", "call_dur_min", unit="s"),
    _count("cities", "通话城市数", "cities called in", "城市数", "city_name_nunique"),
    _count("counties", "通话区县数", "counties called in", "区县数", "county_name_nunique"),
    _count("call_sorts", "通话类型数", "sorts of call (made, taken, forwarded)", "calltype_id_unique"),
    _hour("call_hour", "最常通话时段", "busiest hour of calls", "voc_hour_mode"),
    _count("calls_in_hour", "该时段通话次数", "calls in the busiest hour", "voc_hour_mode_count"),
    _count("call_hours", "有通话的小时数", "hours of the day with calls", "voc_hour_nunique", unit="hours"),
    _day("call_day", "最常通话日", "busiest day of calls", "voc_day_mode"),
    _count("calls_on_day", "该日通话次数", "calls on the busiest day", "voc_day_mode_count"),
    _count("call_days", "有通话的日数", "days of the month with calls", "voc_day_nunique", unit="days"),
)

TEXTS: tuple[Column, ...] = (
    _count("texts", "短信条数", "texts", "短信条数", "sms_count"),
    _count("text_parties", "短信对方数", "text parties", "短信对端数", "sms_nunique"),
    _number("texts_per_party", "每对方短信条数", "texts per party", "sms_rate", unit="count"),
    _count("texts_received", "接收短信条数", "texts received", "接收短信条数", "calltype_2"),
    _share("texts_received_share", "接收短信占比", "share of texts received", "calltype_rate"),
    _hour("text_hour", "最常收发短信时段", "busiest hour of texts", "hour_mode"),
    _count("texts_in_hour", "该时段短信条数", "texts in the busiest hour", "hour_mode_count"),
    _count("text_hours", "有短信的小时数", "hours of the day with texts", "hour_nunique", unit="hours"),
    _day("text_day", "最常收发短信日", "busiest day of texts", "day_mode"),
    _count("texts_on_day", "该日短信条数", "texts on the busiest day", "day_mode_count"),
    _count("text_days", "有短信的日数", "days of the month with texts", "day_nunique", unit="days"),
)

#: A record is the traffic of one app in one month.
TRAFFIC: tuple[Column, ...] = (
    _count("apps", "使用应用数", "apps used", "应用数", "busi_count"),
    _number("traffic_mb_mean", "每应用月流量均值", "traffic per app and month, mean", "flow_mean", unit="MB"),
    _number("traffic_mb_median", "每应用月流量中位数", "traffic per app and month, median", "flow_median", unit="MB"),
    _number("traffic_mb_min", "每应用月流量最小", "traffic per app and month, least", "flow_min", unit="MB"),
    _number("traffic_mb_max", "每应用月流量最大", "traffic per app and month, most", "flow_max", unit="MB"),
    _number("traffic_mb_variance", "每应用月流量方差", "traffic per app and month, variance", "flow_var", unit="MB²"),
    _number("traffic_mb", "总流量", "traffic", "流量", "总流量", "flow_sum", unit="MB"),
    _count("traffic_months", "有流量的月数", "months with traffic", "流量月数", "month_ids", unit="months"),
    _number("traffic_mb_per_month", "月均流量", "traffic per month", "月均流量", "flow_month", unit="MB"),
)

#: A bill can be below zero (refunds). `bill_cny` 0 with no mean: no bill was made out in the whole period.
BILLS: tuple[Column, ...] = (
    _number(
        "bill_cny_mean",
        "月均账单",
        "monthly bill, mean",
        "月均消费",
        "月账单",
        "账单",
        "月消费",
        "arpu",
        "arpu_mean",
        unit="CNY",
        low=None,
    ),  # fmt: skip
    _number("bill_cny_variance", "月账单方差", "monthly bill, variance", "arpu_var", unit="CNY²"),
    _number("bill_cny_max", "月账单最高", "monthly bill, highest", "arpu_max", unit="CNY", low=None),
    _number("bill_cny_min", "月账单最低", "monthly bill, lowest", "arpu_min", unit="CNY", low=None),
    _number("bill_cny_median", "月账单中位数", "monthly bill, median", "arpu_median", unit="CNY", low=None),
    _number("bill_cny", "账单合计", "bills in total", "账单合计", "arpu_sum", unit="CNY", low=None),
    _number("bill_skew", "月账单偏度", "monthly bill, skewness", "arpu_skew", unit="", low=None),
    _number("bill_cny_sem", "月账单均值标准误", "monthly bill, standard error of the mean", "arpu_sem", unit="CNY"),
    _number("bill_cny_p50", "月账单 50% 分位", "monthly bill, 50th percentile", "arpu_quantile", unit="CNY", low=None),
)

#: The source of profiles that `fanzha profile` makes of calls and texts by windows, and the columns of calls and texts
#: that windows do not give: medians, what there was most of, places.
BY_WINDOWS = "windows"
NOT_BY_WINDOWS = frozenset(
    {
        *("calls_per_party_median", "talk_s_per_party_median", "talk_s_median"),
        *("call_hour", "calls_in_hour", "call_day", "calls_on_day"),
        *("text_hour", "texts_in_hour", "text_day", "texts_on_day"),
        *("cities_called_from", "counties_called_from", "cities", "counties"),
    }
)

EVENT = EventTable(
    name="subscriber_profile",
    title=Words("用户画像", "subscriber profile"),
    identity=("subscriber",),
    own=(
        Column(
            "subscriber",
            pa.string(),
            Words("用户号码或假名", "subscriber (number or pseudonym)"),
            kind="phone_number",
            required=True,
            aliases=("subscriber", "msisdn", "phone_no_m", "node", "用户号码", "手机号码", "手机号", "用户标识"),
        ),
        *CALLS,
        *TEXTS,
        *TRAFFIC,
        *BILLS,
    ),
)
