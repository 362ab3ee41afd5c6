"""Labels for people: about the caller for the called party, about the called number for the caller."""

from functools import lru_cache

from fanzha.base.words import Words
from fanzha.claims.treatment import Treatment
from fanzha.kinds.numbering.plan import plan
from fanzha.screen.decision import Decision
from fanzha.screen.reasons import CALLEE_COSTS, CALLEE_SUSPECTED, FROM_ABROAD, REASONS

HOME = "CN"  # region of the numbering plan
CALLEE_REASONS = (CALLEE_SUSPECTED, CALLEE_COSTS)


@lru_cache(maxsize=4_096)
def callee_label(decision: Decision) -> Words | None:
    """Return the origin of a call and a caution for the called party; None where there is nothing to show.

    It never mentions suspicion of the called number, because the called party may be the fraudster.
    """
    if decision.treatment is Treatment.ALLOW or not decision.label_shown:
        return None
    parts = [_origin_label(decision.country)] if FROM_ABROAD in decision.reasons else []
    codes = (code.partition(":")[0] for code in decision.reasons if code not in (FROM_ABROAD, *CALLEE_REASONS))
    parts += [REASONS[code].public_words(decision.treatment) for code in codes if code in REASONS][:1]
    return Words("；".join(part.zh for part in parts), "; ".join(part.en for part in parts)) if parts else None


@lru_cache(maxsize=4_096)
def caller_label(decision: Decision) -> Words | None:
    """Return the most severe caution about the called number; None where there is none."""
    if decision.treatment is Treatment.ALLOW:
        return None
    return next((REASONS[code].public for code in decision.reasons if code in CALLEE_REASONS), None)


def _origin_label(country: str) -> Words:
    """Return the origin of a call; a home number from abroad reveals no country."""
    abroad, name = REASONS[FROM_ABROAD].public, plan().countries.get(country)
    if country == HOME:
        return Words(f"{abroad.zh}（显示国内号码）", f"{abroad.en} (shows a home number)")
    return Words(f"{abroad.zh}：{name.zh}", f"{abroad.en}: {name.en}") if name else abroad
