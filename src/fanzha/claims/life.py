"""The life of a rule text: which step may follow which, who took it and why, and what its findings may then do."""

from enum import StrEnum
from hashlib import blake2b

import msgspec

from fanzha.base.errors import WrongCall
from fanzha.base.words import Words
from fanzha.claims.finding import Mode


class State(StrEnum):
    """Where a rule text stands, from the first draft to its end."""

    DRAFT = "draft"
    BACKTEST = "backtest"
    WARMING = "warming"
    SHADOW = "shadow"
    SHARE = "share"
    LIVE = "live"
    RETIRED = "retired"


STATE_WORDS: dict[State, Words] = {
    State.DRAFT: Words("草稿", "draft"),
    State.BACKTEST: Words("回测", "backtest"),
    State.WARMING: Words("预热", "warming"),
    State.SHADOW: Words("影子运行", "shadow"),
    State.SHARE: Words("部分流量", "share of traffic"),
    State.LIVE: Words("正式运行", "live"),
    State.RETIRED: Words("停用", "retired"),
}

_WAY = (State.DRAFT, State.BACKTEST, State.WARMING, State.SHADOW, State.SHARE, State.LIVE)


def _next(place: int) -> tuple[State, ...]:
    again = (State.SHARE,) if _WAY[place] is State.SHARE else ()
    return (*_WAY[:place], *again, *_WAY[place + 1 : place + 2], State.RETIRED)


#: One step forward at a time, any number back; `share` may follow itself; a retired text begins anew.
NEXT: dict[State, tuple[State, ...]] = {state: _next(place) for place, state in enumerate(_WAY)}
NEXT[State.RETIRED] = (State.DRAFT,)

#: A text in one of these is run; in the others nobody evaluates it.
RUNNING = (State.WARMING, State.SHADOW, State.SHARE, State.LIVE)
#: Findings of these may act, on all or on a share of the subjects.
ACTING = (State.SHARE, State.LIVE)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a life: to which state, when (UTC ms), by whom, why; `share` (0–1) belongs to state `share`."""

    state: State
    at: int
    by: str
    why: str
    share: float = 0.0


def begin(*, at: int, by: str, why: str) -> Step:
    """Return the first step of a text: a draft."""
    return _named(Step(state=State.DRAFT, at=at, by=by, why=why))


def follow(last: Step, step: Step) -> Step:
    """Return the step when it may follow the last one; raises WrongCall saying which may."""
    if step.state not in NEXT[last.state]:
        may = ", ".join(NEXT[last.state])
        raise WrongCall(f"a rule in state {last.state} cannot become {step.state}", fix=f"it may become: {may}")
    if step.state is State.SHARE and not 0 <= step.share <= 1:
        raise WrongCall("a share of traffic lies between 0% and 100%", fix="give --share 10%")
    if step.state is State.SHARE and step.state is last.state and step.share == last.share:
        raise WrongCall(f"the rule has {step.share:.4g} of the traffic already", fix="give another --share")
    if step.state is not State.SHARE and step.share:
        raise WrongCall(f"state {step.state} has no share of traffic", fix="leave --share out, or become share")
    return _named(step)


def _named(step: Step) -> Step:
    if not step.by.strip():
        raise WrongCall("who takes the step is not said", fix="give --by NAME")
    if not step.why.strip():
        raise WrongCall("why the step is taken is not said", fix="give --why TEXT")
    return step


def mode(step: Step, *, rule: str, subject_kind: str, subject: str, key: bytes, warm: bool) -> Mode:
    """Return what a finding about this subject may do; all but a full window's share or live rule only report.

    warm: whether every window of the rule has seen its whole span (`Windows.since` + span <= now).
    """
    if not warm:
        return Mode.SHADOW
    if step.state is State.SHARE and chance(key, rule, subject_kind, subject) < step.share:
        return Mode.LIVE
    return Mode.LIVE if step.state is State.LIVE else Mode.SHADOW


def chance(key: bytes, rule: str, subject_kind: str, subject: str) -> float:
    """Return 0–1 (1 left out), the same at every replay; whoever lacks the key cannot foretell it.

    A subject that is in at one share is in at every larger one.
    """
    state = blake2b(key=key[:64], digest_size=8)
    for part in (rule, subject_kind, subject):
        data = part.encode()
        state.update(len(data).to_bytes(4, "big") + data)
    return (int.from_bytes(state.digest(), "big") >> 11) / (1 << 53)
