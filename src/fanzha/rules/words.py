"""The words of the grammar in one place: the scanner, the parser, the formatter and the pages all read them here."""

#: Units of durations in milliseconds. `%` is a unit too, of numbers.
UNITS = {"ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "day": 86_400_000, "days": 86_400_000}

#: What people write instead.
UNIT_MEANT = {
    **dict.fromkeys(("msec", "millis", "milliseconds", "毫秒"), "ms"),
    **dict.fromkeys(("sec", "secs", "second", "seconds", "秒", "秒钟"), "s"),
    **dict.fromkeys(("m", "mins", "minute", "minutes", "分", "分钟"), "min"),
    **dict.fromkeys(("hr", "hrs", "hour", "hours", "时", "小时", "个小时"), "h"),
    **dict.fromkeys(("d", "天", "日"), "days"),
}

#: Functions of one value, and whether they take a whole number too.
FUNCTIONS = {"block": True, "prefix": True, "length": False, "hour": False, "class": False, "country": False}

#: Windows over facts, over a value of the facts, and against a longer stretch of their own past.
COUNTED = ("count", "gap", "age")
VALUED = ("distinct", "sum", "mean", "min", "max", "share")
WINDOWS = (*COUNTED, *VALUED, "surge")

COMPARISONS = (">=", "<=", ">", "<", "=", "!=")

#: Clauses of a rule in their order; those that a rule must have; those that may come again.
CLAUSES = ("version", "law", "on", "let", "when", "except", "then", "again")
NEEDED = ("on", "when", "then")
HEADS = frozenset({"rule", "list", *CLAUSES})

#: No field, let, list or rule can be called so. `version` is left to the field of app_seen: it begins a clause only.
RESERVED = (
    frozenset({"find", "as", "score", "after", "call", "still", "talking", "ringing", "points"})
    | frozenset({"or", "and", "not", "in", "is", "known", "else", "true", "false"})
    | frozenset({"of", "against", "by", "where", "before"})
    | frozenset((*HEADS, *UNITS, *FUNCTIONS, *WINDOWS)) - {"version"}
)

#: What two moments of one call are waited for after.
WAITS = {"talking": "call_answered", "ringing": "call_offered"}

MOST_TEXT = 1_000_000  # characters of a text
MOST_NAME = 64  # characters of a name
MOST_DIGITS = 15  # of a number, on either side of the point
MOST_NESTED = 30  # brackets within brackets
MOST_DEPTH = 100  # nodes below each other, lets written out
MOST_NODES = 5_000  # nodes of one rule, lets written out
MOST_WINDOWS = 64  # different windows of one rule
MOST_KEYS = 3  # parts of a window's key
MOST_DAYS = 30  # of a window
MOST_WAIT_MS = 12 * UNITS["h"]
DEFAULT_AGAIN_MS = 24 * UNITS["h"]
DEFAULT_FRAUD_TYPE = "other"
