"""Present rule texts, their backtests, histories and requests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.base.clock import from_ms
from fanzha.claims.rule_lifecycle import STATE_WORDS, RuleState, RuleStep
from fanzha.claims.rule_promotion import DAY_MS, StoredBacktest
from fanzha.command.detection_rules.services import APPROVER_ROLES, STEP_ROLES
from fanzha.command.web.components import Badge, DataTable, FactItem, ListRow, TimelineItem, Tone
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer

if TYPE_CHECKING:
    from fanzha.command.detection_rules.models import RuleRequest
    from fanzha.command.detection_rules.selectors import RuleTextState

_STATE_BADGES = {
    RuleState.DRAFT: ("list", Tone.QUIET),
    RuleState.BACKTEST: ("history", Tone.QUIET),
    RuleState.WARMING: ("clock", Tone.QUIET),
    RuleState.SHADOW: ("eye", Tone.PLAIN),
    RuleState.SHARE: ("check", Tone.WARN),
    RuleState.LIVE: ("check", Tone.ACCENT),
    RuleState.RETIRED: ("cross", Tone.QUIET),
}


def rule_title(state: RuleTextState) -> str:
    """Return the title of a rule text with its name and version."""
    version = f" v{state.heading.version}" if state.heading.version is not None else ""
    return f"{localize(state.heading.title)} ({state.item.rule}{version})"


def state_label(step: RuleStep) -> str:
    """Return the words of a state, with its share."""
    return state_words(step.state, step.share)


def state_words(state: RuleState, share: float) -> str:
    """Return the words of a state, with its share of the subjects if it has one."""
    return localize(STATE_WORDS[state]) + (f" {share * 100:.4g}%" if state is RuleState.SHARE else "")


def rule_badges(state: RuleTextState) -> tuple[Badge, ...]:
    """Return badges of the state, of an open request, of an older text and of an edited file."""
    step = state.item.step
    badges = [Badge(state_label(step), *_STATE_BADGES[step.state])]
    if step.emergency:
        badges.append(Badge(_("emergency"), "alert", Tone.HARM))
    if state.request:
        badges.append(Badge(_("waits for a second person"), "users", Tone.WARN))
    if not state.item.newest:
        badges.append(Badge(_("older text"), "history"))
    if state.is_edited:
        badges.append(Badge(_("file edited, not added"), "alert", Tone.WARN))
    return tuple(badges)


def present_rule_text(state: RuleTextState) -> ListRow:
    """Present a rule text as a list row."""
    return ListRow(
        title=rule_title(state),
        href=reverse("detection_rule", args=[state.item.text]),
        summary=", ".join((_shadow_words(state.shadow_since), _backtest_words(state.backtests))),
        badges=rule_badges(state),
        at=from_ms(state.item.step.at),
        meta=(state.item.text[:8], state.item.step.by),
    )


def rule_facts(state: RuleTextState) -> list[FactItem]:
    """Return state, time in shadow, who took the last step, and the digest."""
    step = state.item.step
    facts = [
        FactItem(_("State"), state_label(step)),
        FactItem(_("Since"), from_ms(step.at)),
        FactItem(_("Time in shadow"), _shadow_words(state.shadow_since)),
        FactItem(_("Last changed by"), step.by),
        FactItem(_("Reason"), step.why),
    ]
    if step.asked_by:
        facts.append(FactItem(_("Requested by"), step.asked_by))
    return [*facts, FactItem(_("Text (digest)"), state.item.text)]


def backtest_table(backtests: Sequence[StoredBacktest]) -> DataTable:
    """Return the stored backtests, the latest first."""
    head = (
        _("Run"),
        _("History from"),
        _("to"),
        _("days"),
        _("facts"),
        _("would-be hits"),
        _("windows full"),
        _("windows not full"),
        _("subjects"),
        _("alarms per million lines a day (95% interval)"),
    )
    rows = tuple(_backtest_row(backtest) for backtest in sorted(backtests, key=lambda one: -one.at))
    return DataTable(_("Stored backtests of this text"), head, rows, frozenset(range(3, 10)))


def _backtest_row(backtest: StoredBacktest) -> tuple[object, ...]:
    return (
        _day(from_ms(backtest.at)),
        from_ms(backtest.first),
        from_ms(backtest.last),
        f"{(backtest.last - backtest.first) / DAY_MS:.1f}",
        f"{backtest.events:,}",
        f"{backtest.hits:,}",
        f"{backtest.full_hits:,}",
        f"{backtest.hits - backtest.full_hits:,}",
        f"{backtest.subjects:,}",
        alarm_words(backtest),
    )


def alarm_words(backtest: StoredBacktest) -> str:
    """Return the rate of alarms with its interval, or a dash where it was not measured."""
    rate, low, high = backtest.alarms_per_million, backtest.alarms_low, backtest.alarms_high
    if rate is None or low is None or high is None:
        return "–"
    return f"{format_rate(rate)} ({format_rate(low)}–{format_rate(high)})"


def format_rate(value: float) -> str:
    """Return a rate with the digits that it can bear."""
    return f"{value:,.0f}" if value >= 10 or value == 0 else f"{value:.2g}"


def history_timeline(steps: Sequence[RuleStep]) -> list[TimelineItem]:
    """Return the steps of a text, the latest first."""
    return [
        TimelineItem(
            from_ms(step.at),
            state_label(step) + (_(" (emergency)") if step.emergency else ""),
            _("%(by)s, requested by %(asker)s") % {"by": step.by, "asker": step.asked_by} if step.asked_by else step.by,
            step.why,
            is_harm=step.emergency,
        )
        for step in reversed(steps)
    ]


def present_request(request: RuleRequest) -> ListRow:
    """Present a request as a list row."""
    return ListRow(
        title=f"{request.rule} {request.text[:8]}",
        href=reverse("detection_rule", args=[request.text]),
        summary=_("%(person)s requests: %(state)s. %(why)s")
        % {"person": request.made_by, "state": request_words(request), "why": request.why},
        at=request.made_at,
    )


def request_words(request: RuleRequest) -> str:
    """Return the words of the state that is asked for."""
    return state_words(RuleState(request.target), request.share)


def may_step(viewer: Viewer) -> bool:
    """Return whether a viewer takes steps or asks for them."""
    return viewer.person is not None and viewer.has(*STEP_ROLES)


def may_approve(request: RuleRequest, viewer: Viewer) -> bool:
    """Return whether a viewer can be the second person of a request."""
    return viewer.person not in (None, request.made_by_id) and viewer.has(*APPROVER_ROLES)


def may_refuse(request: RuleRequest, viewer: Viewer) -> bool:
    """Return whether a viewer may refuse a request, or withdraw the own one."""
    return viewer.person is not None and (viewer.has(*APPROVER_ROLES) or viewer.person == request.made_by_id)


def _shadow_words(since: int | None) -> str:
    if since is None:
        return _("not in shadow yet")
    days = (timezone.now() - from_ms(since)) // timedelta(days=1)
    return ngettext("%(count)s day in shadow", "%(count)s days in shadow", days) % {"count": days}


def _backtest_words(backtests: Sequence[StoredBacktest]) -> str:
    if not backtests:
        return _("no stored backtest")
    longest = max(backtests, key=lambda backtest: backtest.last - backtest.first)
    return _("longest backtest: %(days)s days, %(hits)s would-be hits, %(full)s with full windows") % {
        "days": f"{(longest.last - longest.first) / DAY_MS:.1f}",
        "hits": f"{longest.hits:,}",
        "full": f"{longest.full_hits:,}",
    }


def _day(at: datetime) -> str:
    return date_format(timezone.localtime(at))
