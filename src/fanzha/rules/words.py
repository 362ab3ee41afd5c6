"""The words of the grammar, used by tokenizer, parser, formatter and pages."""

#: Units of durations in milliseconds. `%` is a unit too, of numbers.
UNITS = {"ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "day": 86_400_000, "days": 86_400_000}

#: Other spellings of units, and the unit meant.
UNIT_MEANT = {
    **dict.fromkeys(("msec", "millis", "milliseconds", "毫秒"), "ms"),
    **dict.fromkeys(("sec", "secs", "second", "seconds", "秒", "秒钟"), "s"),
    **dict.fromkeys(("m", "mins", "minute", "minutes", "分", "分钟"), "min"),
    **dict.fromkeys(("hr", "hrs", "hour", "hours", "时", "小时", "个小时"), "h"),
    **dict.fromkeys(("d", "天", "日"), "days"),
}

#: Longer units of other languages, in days.
DAYS_OF_UNIT = {
    **dict.fromkeys(("week", "weeks", "周", "星期"), 7),
    **dict.fromkeys(("month", "months", "月", "个月"), 30),
}

#: Chinese words of analysts, and how a rule says them.
CHINESE_WORDS = {
    **dict.fromkeys(("且", "并且", "同时", "和", "与"), "and"),
    **dict.fromkeys(("或", "或者"), "or"),
    **dict.fromkeys(("非", "不是", "未", "没有"), "not"),
    **dict.fromkeys(("包含", "含有", "含"), "contains"),
    **dict.fromkeys(("匹配", "符合"), "matches"),
    **dict.fromkeys(("属于", "在"), "in"),
    **dict.fromkeys(("大于", "超过", "多于"), ">"),
    **dict.fromkeys(("小于", "少于", "低于"), "<"),
    **dict.fromkeys(("大于等于", "不少于", "不小于", "至少"), ">="),
    **dict.fromkeys(("小于等于", "不超过", "不大于", "至多"), "<="),
    **dict.fromkeys(("等于", "为"), "="),
    "不等于": "!=",
    **dict.fromkeys(("次数", "计数", "呼叫次数"), "count(…)"),
    **dict.fromkeys(("去重", "不同被叫数", "去重数"), "distinct(…)"),
    **dict.fromkeys(("平均", "平均值", "均值"), "mean(…)"),
    **dict.fromkeys(("占比", "比例"), "share(…)"),
    **dict.fromkeys(("接通率", "应答率"), "share(answered of …)"),
    **dict.fromkeys(("未接通率", "无应答率"), "share(not answered of …)"),
    **dict.fromkeys(("开头", "前缀"), 'prefix(x, 3) = "…"'),
    **dict.fromkeys(("结尾", "尾号"), 'x matches "…$"'),
    **dict.fromkeys(("最大", "最大值"), "max(…)"),
    **dict.fromkeys(("最小", "最小值"), "min(…)"),
    **dict.fromkeys(("求和", "合计", "总和"), "sum(…)"),
    **dict.fromkeys(("中位数",), "median(…)"),
    **dict.fromkeys(("最常", "众数", "最多的"), "most_frequent(…)"),
    **dict.fromkeys(("集中度", "最高占比"), "top_share(…)"),
    **dict.fromkeys(("真", "是"), "true"),
    **dict.fromkeys(("假", "否"), "false"),
    **dict.fromkeys(("如果", "若"), "when"),
    **dict.fromkeys(("为空", "为空值", "未知"), "is not known"),
    **dict.fromkeys(("最近", "近"), "…, 1h)"),
    "呼叫": "call_ended",
    "短信": "message",
    "名单": "in LIST",
    "规则": "rule",
    "当": "when",
    "除非": "except",
    "星期几": "weekday(occurred_at)",
    "小时": "hour(occurred_at)",
}

#: Functions of one value, and whether they have an integer argument.
FUNCTIONS = {
    "block": True,
    "prefix": True,
    "length": False,
    "hour": False,
    "weekday": False,
    "class": False,
    "country": False,
    "attribute": False,
    "date": False,
    "profile": False,
}

#: Functions whose names may be names of lets too, since they were added later.
FREE_FUNCTIONS = frozenset({"weekday", "attribute", "date", "profile"})

#: Aggregates of facts, and aggregates of a value of the facts; `surge` compares with a longer span.
COUNTED = ("count", "gap", "age", "active_days")
QUANTILES = ("median", "quantile")
MODES = ("most_frequent", "top_share")
VALUED = ("distinct", "sum", "mean", "stddev", "min", "max", "share", "last", *QUANTILES, *MODES)
WINDOWS = (*COUNTED, *VALUED, "surge")

#: Windows whose values may have fractions, even of whole numbers.
FRACTIONAL = ("mean", "stddev", "share", "surge", "top_share", *QUANTILES)

#: Windows that are names elsewhere than before a bracket: rules may have used them so before they were windows.
NOT_RESERVED = frozenset({"active_days", "stddev", "last", *QUANTILES, *MODES})

COMPARISONS = (">=", "<=", ">", "<", "=", "!=")

#: Operators of a value and several others; `contains` and `matches` are not reserved.
MEMBERSHIPS = ("in", "contains", "matches")

#: Clauses of a rule in order, the required ones, and the words that begin a clause or statement.
CLAUSES = ("version", "law", "on", "let", "when", "except", "then", "again", "sentence", "example")
NEEDED = ("on", "when", "then")
HEADS = frozenset({"rule", "list", *CLAUSES})

#: Clauses whose words may be names too.
CLAUSES_AS_NAMES = frozenset({"version", "sentence", "example"})

#: Reserved words. `version` is not one, since app_seen has a field of that name, nor are `sentence` and `example`,
#: which were added later: they begin clauses.
RESERVED = (
    frozenset({"find", "as", "score", "after", "call", "still", "talking", "ringing", "points"})
    | frozenset({"or", "and", "not", "in", "is", "known", "else", "true", "false"})
    | frozenset({"of", "against", "by", "where", "before"})
    | frozenset((*HEADS, *UNITS, *FUNCTIONS, *WINDOWS)) - FREE_FUNCTIONS - NOT_RESERVED - CLAUSES_AS_NAMES
)

#: Facts of a call after which a wait begins.
WAITS = {"talking": "call_answered", "ringing": "call_offered"}

MOST_TEXT = 1_000_000  # characters of a text
MOST_NAME = 64  # characters of a name
MOST_DIGITS = 15  # of a number, on either side of the point
MOST_NESTED = 30  # nested brackets
MOST_DEPTH = 100  # depth, with lets expanded
MOST_NODES = 5_000  # nodes of one rule, with lets expanded
MOST_WINDOWS = 64  # different windows of one rule
MOST_KEYS = 3  # parts of a window's key
MOST_STEPS = 5  # of a sequence
MOST_DAYS = 30  # of a window
MOST_EXAMPLE_FACTS = 10_000  # of one example
MOST_PATTERN = 1_000  # characters of a pattern
MOST_WAIT_MS = 12 * UNITS["h"]
DEFAULT_AGAIN_MS = 24 * UNITS["h"]
DEFAULT_FRAUD_TYPE = "other"
