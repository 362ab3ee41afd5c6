"""The names of the types, and the types that operators, windows and functions accept."""

from fanzha.base.words import Words
from fanzha.rules.tree import Type

TYPE_WORDS = {
    Type.NUMBER: Words("数", "number"),
    Type.DURATION: Words("时长", "duration"),
    Type.MOMENT: Words("时刻", "moment"),
    Type.TEXT: Words("文字", "text"),
    Type.TRUTH: Words("真假值", "truth"),
}

_N, _D, _M = Type.NUMBER, Type.DURATION, Type.MOMENT

#: Result types of arithmetic; a combination that is missing is invalid.
ARITHMETIC = {
    ("+", _N, _N): _N,
    ("-", _N, _N): _N,
    ("*", _N, _N): _N,
    ("/", _N, _N): _N,
    ("+", _D, _D): _D,
    ("-", _D, _D): _D,
    ("*", _D, _N): _D,
    ("*", _N, _D): _D,
    ("/", _D, _N): _D,
    ("/", _D, _D): _N,
    ("-", _M, _M): _D,
}

ORDERED = frozenset({_N, _D, _M})

#: The value types that a window accepts, and its result type (None: the type of its value).
WINDOW_VALUES = {
    "distinct": (_N, _D, Type.TEXT),
    "sum": (_N, _D),
    "mean": (_N, _D),
    "min": (_N, _D),
    "max": (_N, _D),
    "share": (Type.TRUTH,),
    "stddev": (_N, _D),
    "last": (_N, _D, Type.TEXT),
    "median": (_N, _D),
    "quantile": (_N, _D),
    "most_frequent": (_N, _D, Type.TEXT),
    "top_share": (_N, _D, Type.TEXT),
}
WINDOW_GIVES = {
    **dict.fromkeys(("count", "distinct", "share", "surge", "active_days", "top_share"), _N),
    **dict.fromkeys(("gap", "age"), _D),
}

#: Argument and result types of functions.
FUNCTION_TYPES = {
    "block": (Type.TEXT, Type.TEXT),
    "prefix": (Type.TEXT, Type.TEXT),
    "length": (Type.TEXT, _N),
    "hour": (_M, _N),
    "weekday": (_M, _N),
    "class": (Type.TEXT, Type.TEXT),
    "country": (Type.TEXT, Type.TEXT),
    "attribute": (Type.TEXT, Type.TEXT),
    "date": (Type.TEXT, _M),
    "profile": (Type.TEXT, Type.TEXT),  # or the type of its field
}


def join_types(types: tuple[Type, ...]) -> Words:
    """Return several types as one phrase."""
    return Words("、".join(TYPE_WORDS[t].zh for t in types), " or ".join(TYPE_WORDS[t].en for t in types))
