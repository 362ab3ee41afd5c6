"""What the person concerned is told by a step (ATF Art. 32, PIPL Art. 18 on when it may wait)."""

from collections.abc import Mapping

from fanzha.base.words import Words
from fanzha.processes.effects import Effect
from fanzha.processes.legal_basis import basis_words
from fanzha.processes.process import Event, Process
from fanzha.processes.situation import Step, Told, Value

_HOUSE_RULE = "POL"


def told(process: Process, event: Event, step: Step, facts: Mapping[str, Value], key: str) -> Told | None:
    """Return what is told, None when nothing is: no news, or a notice that is withheld."""
    if step.leg:
        return None
    asked = Effect.NOTIFY_SUBJECT in event.effects
    notice = process.notice_of(step.state)
    if notice is None:
        return Told(key=key, fact=event.told or event.title, basis=basis(event.basis)) if asked else None
    before = process.notice_of(step.before) if step.before else None
    if not asked and before is not None and before.fact == notice.fact:
        return None
    withheld, until = facts.get(notice.withheld_until), facts.get(notice.until)
    if isinstance(withheld, int) and withheld > step.at:
        return None
    end = until if isinstance(until, int) else None
    return Told(
        key=key, fact=notice.fact, basis=basis(event.basis), remedy=notice.remedy, period=notice.period, until=end
    )


def basis(codes: tuple[str, ...]) -> Words:
    """Return the laws that a step rests on; a house rule is named only where there is no law."""
    laws = [code for code in codes if code != _HOUSE_RULE] or list(codes)
    words = [word for code in laws if (word := basis_words(code))]
    return Words("；".join(word.zh for word in words), "; ".join(word.en for word in words))
