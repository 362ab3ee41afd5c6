"""What pages show of wordings and trials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.base.words import Words
from fanzha.command.warnings.models import TrialState, Wording, WordingState, WordingTrial
from fanzha.command.warnings.services import DECIDERS, fraud_types
from fanzha.command.warnings.trials import ArmResult, ArmShare
from fanzha.command.warnings.wording_rules import CHANNEL_TITLES, MOST_UNITS, Breach, check_wording, measure_text
from fanzha.command.web.components import Badge, Tone
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer

_LANGUAGES = {"zh": Words("中文", "Chinese"), "en": Words("英文", "English")}


@dataclass(frozen=True)
class WordingCheck:
    """The check of a draft text by the rules: its breaches in words, and the size in each language."""

    errors: list[str]
    hints: list[str]
    sizes: list[str]


class ShownWording(NamedTuple):
    """A version on its page, and what the viewer may do with it."""

    wording: Wording
    badge: Badge
    sizes: list[str]
    may_decide: bool
    may_use: bool
    may_drop: bool


class ShownArm(NamedTuple):
    """An arm of a trial as a row of its results."""

    wording: Wording
    warned: int
    n: int
    share: str
    interval: str
    difference: str
    is_halted: bool


def wording_title(fraud_type: str, channel: str) -> str:
    """Return fraud type and channel in words."""
    return " · ".join((localize(fraud_types()[fraud_type]), localize(CHANNEL_TITLES[channel])))


def present_check(channel: str, zh: str, en: str) -> WordingCheck:
    """Return the check of a text by the rules."""
    breaches = check_wording(channel, zh, en)
    return WordingCheck(
        errors=[_breach_words(breach) for breach in breaches if breach.is_error],
        hints=[_breach_words(breach) for breach in breaches if not breach.is_error],
        sizes=text_sizes(channel, zh, en),
    )


def text_sizes(channel: str, zh: str, en: str) -> list[str]:
    """Return how long a wording is in each language, and in how many messages it arrives."""
    sizes = []
    for language, text in (("zh", zh), ("en", en)):
        size, most = measure_text(text), MOST_UNITS[channel]
        counted = _("%(name)s: %(units)d of %(most)d characters") % {
            "name": localize(_LANGUAGES[language]),
            "units": size.units,
            "most": most,
        }
        if channel in ("text", "flash_sms"):
            counted += _(", ") + ngettext("%d message", "%d messages", size.parts) % size.parts
        sizes.append(counted)
    return sizes


def present_wording(wording: Wording, viewer: Viewer) -> ShownWording:
    """Return a version with what the viewer may do."""
    is_decider = viewer.has(*DECIDERS)
    is_approved = wording.state == WordingState.APPROVED
    return ShownWording(
        wording=wording,
        badge=_badge(wording),
        sizes=text_sizes(wording.channel, wording.zh, wording.en),
        may_decide=is_decider and wording.state == WordingState.DRAFT and wording.made_by_id != viewer.person,
        may_use=is_decider and is_approved and not wording.in_use,
        may_drop=is_decider and wording.in_use,
    )


def present_arm(result: ArmResult) -> ShownArm:
    """Return a row of the results; "–" where there are too few people to say anything."""
    gap, interval = result.difference, result.measured.interval
    return ShownArm(
        wording=result.arm.wording,
        warned=result.warned,
        n=result.measured.n,
        share=_percent(result.measured),
        interval="–" if interval is None else f"{interval.low:.1%}–{interval.high:.1%}",
        difference="–" if gap is None else f"{gap.value:+.1%} ({gap.low:+.1%} … {gap.high:+.1%})",
        is_halted=result.arm.halted_at is not None,
    )


def trial_badge(trial: WordingTrial) -> Badge:
    """Return the state of a trial as a badge."""
    tone = Tone.ACCENT if trial.state in (TrialState.RUNNING, TrialState.ENDING) else Tone.QUIET
    return Badge(str(TrialState(trial.state).label), "", tone)


def _badge(wording: Wording) -> Badge:
    if wording.in_use:
        return Badge(_("in use"), "check", Tone.ACCENT)
    waits = wording.state == WordingState.DRAFT
    return Badge(str(WordingState(wording.state).label), "clock" if waits else "", Tone.WARN if waits else Tone.QUIET)


def _percent(share: ArmShare) -> str:
    return "–" if share.share is None else f"{share.share:.1%}"


def _breach_words(breach: Breach) -> str:
    return f"{localize(_LANGUAGES[breach.language])}{_(': ')}{localize(breach.words)}"
