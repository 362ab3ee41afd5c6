"""What people may be shown of a decision: whoever is called, of the caller; whoever calls, of the number he calls."""

from functools import lru_cache

from fanzha.base.words import Words
from fanzha.claims.treatment import Treatment
from fanzha.kinds.numbering.plan import plan
from fanzha.screen.decision import Decision
from fanzha.screen.reasons import CALLEE_COSTS, CALLEE_SUSPECTED, FROM_ABROAD, REASONS

HOME = "CN"  # of the numbering plan
OF_THE_CALLEE = (CALLEE_SUSPECTED, CALLEE_COSTS)


@lru_cache(maxsize=4_096)
def for_callee(decision: Decision) -> Words | None:
    """Return where a call comes from and what to mind; None where there is nothing to show.

    What is thought of the called number is not among it: whoever is called may be the fraudster who waits for it.
    """
    if decision.treatment is Treatment.ALLOW or not decision.shown:
        return None
    parts = [_from(decision.country)] if FROM_ABROAD in decision.reasons else []
    codes = (code.partition(":")[0] for code in decision.reasons if code not in (FROM_ABROAD, *OF_THE_CALLEE))
    parts += [REASONS[code].told(decision.treatment) for code in codes if code in REASONS][:1]
    return Words("；".join(part.zh for part in parts), "; ".join(part.en for part in parts)) if parts else None


@lru_cache(maxsize=4_096)
def for_caller(decision: Decision) -> Words | None:
    """Return what is the matter with the number called, the weightiest alone; None where nothing is."""
    if decision.treatment is Treatment.ALLOW:
        return None
    return next((REASONS[code].public for code in decision.reasons if code in OF_THE_CALLEE), None)


def _from(country: str) -> Words:
    """Say where a call comes from; a home number from abroad says nothing of that, and the label does not either."""
    abroad, name = REASONS[FROM_ABROAD].public, plan().countries.get(country)
    if country == HOME:
        return Words(f"{abroad.zh}（显示国内号码）", f"{abroad.en} (shows a home number)")
    return Words(f"{abroad.zh}：{name.zh}", f"{abroad.en}: {name.en}") if name else abroad
