"""What the columns of a profile are: windows of 30 days over a subscriber's calls and texts, and ratios of them."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from fanzha.analyze.profile.month import DAYS
from fanzha.windows import DAY_MS, What, WindowSpec

Floats = NDArray[np.float64]

#: Kinds of facts: a call or a text as one subscriber has it, and the end of the month, which asks.
CALL, TEXT, END = 1, 2, 3

SPAN = DAYS * DAY_MS


def _by_party(what: What, value: str = "") -> WindowSpec:
    return WindowSpec(what, CALL, ("subscriber", "other"), SPAN, value=value)


def _of(what: What, source: int, value: str = "", gate: str = "") -> WindowSpec:
    return WindowSpec(what, source, ("subscriber",), SPAN, value=value, gate=gate)


#: What a subscriber has had with one other party by each call: columns that the windows below read.
BY_PARTY: Mapping[str, WindowSpec] = {
    "calls_with_party": _by_party(What.COUNT),
    "talk_with_party": _by_party(What.SUM, "talk_ms"),
}

#: What the end of the month asks, of each subscriber. Gates: `made` and `received` say which way a call or text went,
#: `met` that the other party is known, `timed` that the talk is. Talk is in ms.
WINDOWS: Mapping[str, WindowSpec] = {
    "calls": _of(What.COUNT, CALL),
    "calls_made": _of(What.COUNT, CALL, gate="made"),
    "calls_met": _of(What.COUNT, CALL, gate="met"),
    "calls_timed": _of(What.COUNT, CALL, gate="timed"),
    "calls_simulated": _of(What.COUNT, CALL, gate="simulated"),
    "calls_per_party_max": _of(What.MAX, CALL, "calls_with_party"),
    "talk": _of(What.SUM, CALL, "talk_ms"),
    "talk_met": _of(What.SUM, CALL, "talk_ms", "met"),
    "talk_max": _of(What.MAX, CALL, "talk_ms"),
    "talk_min": _of(What.MIN, CALL, "talk_ms"),
    "talk_per_party_max": _of(What.MAX, CALL, "talk_with_party", "timed"),
    "other_parties": _of(What.DISTINCT, CALL, "other"),
    "devices": _of(What.DISTINCT, CALL, "device", "made"),
    "call_sorts": _of(What.DISTINCT, CALL, "sort"),
    "call_hours": _of(What.DISTINCT, CALL, "hour"),
    "call_days": _of(What.DISTINCT, CALL, "day"),
    "texts": _of(What.COUNT, TEXT),
    "texts_received": _of(What.COUNT, TEXT, gate="received"),
    "texts_met": _of(What.COUNT, TEXT, gate="met"),
    "texts_simulated": _of(What.COUNT, TEXT, gate="simulated"),
    "text_parties": _of(What.DISTINCT, TEXT, "other"),
    "text_hours": _of(What.DISTINCT, TEXT, "hour"),
    "text_days": _of(What.DISTINCT, TEXT, "day"),
}


def columns(found: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return the columns of profiles from the values of `WINDOWS`, NaN where there is nothing to tell of."""
    return {**_calls(found), **_texts(found)}


def _calls(found: Mapping[str, Floats]) -> dict[str, Floats]:
    called, made, timed = (found[name] > 0 for name in ("calls", "calls_made", "calls_timed"))
    plain = ("calls", "other_parties", "calls_per_party_max", "call_sorts", "call_hours", "call_days")
    return {
        **{name: _where(called, found[name]) for name in plain},
        "calls_made": _where(made, found["calls_made"]),
        "calls_made_share": _where(made, _over(found["calls_made"], found["calls"])),
        "devices": _where(found["devices"] > 0, found["devices"]),  # one calls with a device: 0 is not known
        "calls_per_party_mean": _over(found["calls_met"], found["other_parties"]),
        "talk_s_per_party_mean": _where(timed, _over(found["talk_met"] / 1000, found["other_parties"])),
        "talk_s_per_party_max": found["talk_per_party_max"] / 1000,
        "talk_s_mean": _over(found["talk"] / 1000, found["calls_timed"]),
        "talk_s_max": found["talk_max"] / 1000,
        "talk_s_min": found["talk_min"] / 1000,
    }


def _texts(found: Mapping[str, Floats]) -> dict[str, Floats]:
    texted = found["texts"] > 0
    plain = ("texts", "text_parties", "texts_received", "text_hours", "text_days")
    return {
        **{name: _where(texted, found[name]) for name in plain},
        "texts_received_share": _over(found["texts_received"], found["texts"]),
        "texts_per_party": _over(found["texts_met"], found["text_parties"]),
    }


def _over(above: Floats, below: Floats) -> Floats:
    """Divide; NaN by zero."""
    return above / _where(below > 0, below)


def _where(known: NDArray[np.bool_], values: Floats) -> Floats:
    return np.where(known, values, np.nan)
