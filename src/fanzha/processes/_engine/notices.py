"""Notices to the person concerned about a step (ATF Art. 32; PIPL Art. 18 on delayed notice)."""

from collections.abc import Mapping

from fanzha.base.words import Words
from fanzha.processes.effects import Effect
from fanzha.processes.legal_basis import legal_basis_words
from fanzha.processes.process import Event, NoticeTemplate, Process
from fanzha.processes.situation import PersonNotice, StepRecord, Value

_HOUSE_RULE = "POL"


def build_person_notice(
    process: Process, event: Event, step: StepRecord, facts: Mapping[str, Value], key: str
) -> PersonNotice | None:
    """Return the notice for a step, or None if there is no news or the notice of a limit is withheld.

    The end of a limit is announced when the withholding ends; the answer to an appeal is announced at once.
    """
    if step.leg:
        return None
    requested = Effect.NOTIFY_SUBJECT in event.effects
    notice = process.notice_for(step.state)
    previous_notice = process.notice_for(step.before) if step.before else None
    if notice is None:
        until = _withheld(previous_notice, step, facts) if previous_notice and not event.decides_appeal else None
        end_notice = PersonNotice(
            key=key, fact=event.told or event.title, basis=legal_basis_text(event.basis), not_before=until
        )
        return end_notice if requested else None
    if not requested and previous_notice is not None and previous_notice.fact == notice.fact:
        return None
    if _withheld(notice, step, facts):
        return None
    ends = facts.get(notice.until)
    end = ends if isinstance(ends, int) else None
    return PersonNotice(
        key=key,
        fact=notice.fact,
        basis=legal_basis_text(event.basis),
        remedy=notice.remedy,
        period=notice.period,
        until=end,
    )


def _withheld(notice: NoticeTemplate, step: StepRecord, facts: Mapping[str, Value]) -> int | None:
    """Return the moment (UTC ms) until which a notice is withheld, or None."""
    until = facts.get(notice.withheld_until)
    return until if isinstance(until, int) and until > step.at else None


def legal_basis_text(codes: tuple[str, ...]) -> Words:
    """Return the legal basis of a step in words; a house rule is named only if there is no law."""
    laws = [code for code in codes if code != _HOUSE_RULE] or list(codes)
    words = [word for code in laws if (word := legal_basis_words(code))]
    return Words("；".join(word.zh for word in words), "; ".join(word.en for word in words))
