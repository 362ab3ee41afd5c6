"""The columns of a profile: windows of 30 days over a subscriber's calls and texts, and their ratios."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from fanzha.analyze.profile.month import DAYS
from fanzha.windows import DAY_MS, Aggregate, WindowSpec

Floats = NDArray[np.float64]

#: Kinds of facts: a call or text of a subscriber, and the end of the month, at which windows are read.
CALL, TEXT, END = 1, 2, 3

SPAN = DAYS * DAY_MS


def _party_window(what: Aggregate, value: str = "") -> WindowSpec:
    return WindowSpec(what, CALL, ("subscriber", "other"), SPAN, value=value)


def _subscriber_window(what: Aggregate, source: int, value: str = "", gate: str = "") -> WindowSpec:
    return WindowSpec(what, source, ("subscriber",), SPAN, value=value, gate=gate)


#: Windows per subscriber and other party; `WINDOWS` reads their values.
BY_PARTY: Mapping[str, WindowSpec] = {
    "calls_with_party": _party_window(Aggregate.COUNT),
    "talk_with_party": _party_window(Aggregate.SUM, "talk_ms"),
}

#: Windows per subscriber, read at the end of the month. Gates: `made` and `received` are directions, `met` means that
#: the other party is known, `timed` that the talk time is known. Talk times are in ms.
WINDOWS: Mapping[str, WindowSpec] = {
    "calls": _subscriber_window(Aggregate.COUNT, CALL),
    "calls_made": _subscriber_window(Aggregate.COUNT, CALL, gate="made"),
    "calls_met": _subscriber_window(Aggregate.COUNT, CALL, gate="met"),
    "calls_timed": _subscriber_window(Aggregate.COUNT, CALL, gate="timed"),
    "calls_simulated": _subscriber_window(Aggregate.COUNT, CALL, gate="simulated"),
    "calls_per_party_max": _subscriber_window(Aggregate.MAX, CALL, "calls_with_party"),
    "talk": _subscriber_window(Aggregate.SUM, CALL, "talk_ms"),
    "talk_met": _subscriber_window(Aggregate.SUM, CALL, "talk_ms", "met"),
    "talk_max": _subscriber_window(Aggregate.MAX, CALL, "talk_ms"),
    "talk_min": _subscriber_window(Aggregate.MIN, CALL, "talk_ms"),
    "talk_per_party_max": _subscriber_window(Aggregate.MAX, CALL, "talk_with_party", "timed"),
    "other_parties": _subscriber_window(Aggregate.DISTINCT, CALL, "other"),
    "devices": _subscriber_window(Aggregate.DISTINCT, CALL, "device", "made"),
    "call_sorts": _subscriber_window(Aggregate.DISTINCT, CALL, "sort"),
    "call_hours": _subscriber_window(Aggregate.DISTINCT, CALL, "hour"),
    "call_days": _subscriber_window(Aggregate.DISTINCT, CALL, "day"),
    "texts": _subscriber_window(Aggregate.COUNT, TEXT),
    "texts_received": _subscriber_window(Aggregate.COUNT, TEXT, gate="received"),
    "texts_met": _subscriber_window(Aggregate.COUNT, TEXT, gate="met"),
    "texts_simulated": _subscriber_window(Aggregate.COUNT, TEXT, gate="simulated"),
    "text_parties": _subscriber_window(Aggregate.DISTINCT, TEXT, "other"),
    "text_hours": _subscriber_window(Aggregate.DISTINCT, TEXT, "hour"),
    "text_days": _subscriber_window(Aggregate.DISTINCT, TEXT, "day"),
}


def profile_columns(values: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return the profile columns from the values of `WINDOWS`; NaN where there are no events."""
    return {**_calls(values), **_texts(values)}


def _calls(values: Mapping[str, Floats]) -> dict[str, Floats]:
    has_calls, has_made_calls, has_timed_calls = (values[name] > 0 for name in ("calls", "calls_made", "calls_timed"))
    plain_columns = ("calls", "other_parties", "calls_per_party_max", "call_sorts", "call_hours", "call_days")
    return {
        **{name: _nan_unless(has_calls, values[name]) for name in plain_columns},
        "calls_made": _nan_unless(has_made_calls, values["calls_made"]),
        "calls_made_share": _nan_unless(has_made_calls, _divide(values["calls_made"], values["calls"])),
        "devices": _nan_unless(values["devices"] > 0, values["devices"]),  # every call uses a device: 0 means unknown
        "calls_per_party_mean": _divide(values["calls_met"], values["other_parties"]),
        "talk_s_per_party_mean": _nan_unless(
            has_timed_calls, _divide(values["talk_met"] / 1000, values["other_parties"])
        ),
        "talk_s_per_party_max": values["talk_per_party_max"] / 1000,
        "talk_s_mean": _divide(values["talk"] / 1000, values["calls_timed"]),
        "talk_s_max": values["talk_max"] / 1000,
        "talk_s_min": values["talk_min"] / 1000,
    }


def _texts(values: Mapping[str, Floats]) -> dict[str, Floats]:
    has_texts = values["texts"] > 0
    plain_columns = ("texts", "text_parties", "texts_received", "text_hours", "text_days")
    return {
        **{name: _nan_unless(has_texts, values[name]) for name in plain_columns},
        "texts_received_share": _divide(values["texts_received"], values["texts"]),
        "texts_per_party": _divide(values["texts_met"], values["text_parties"]),
    }


def _divide(above: Floats, below: Floats) -> Floats:
    """Divide; return NaN for a divisor of 0."""
    return above / _nan_unless(below > 0, below)


def _nan_unless(condition: NDArray[np.bool_], values: Floats) -> Floats:
    return np.where(condition, values, np.nan)
