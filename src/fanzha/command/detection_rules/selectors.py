"""Read the rule texts of the state folder with their steps, stored backtests and open requests."""

from collections import defaultdict
from functools import lru_cache
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.claims.rule_lifecycle import RuleStep
from fanzha.claims.rule_promotion import StoredBacktest, find_missing_terms, find_shadow_start
from fanzha.command.detection_rules.library import shipped_detectors
from fanzha.command.detection_rules.models import BacktestRun, RuleRequest, RuleRequestState
from fanzha.command.detection_rules.presenters import may_approve, present_request
from fanzha.command.detection_rules.services import operates_rules
from fanzha.command.web.viewer import Viewer
from fanzha.store.rule_promotion import list_backtests, load_promotion_terms
from fanzha.store.rule_texts import RuleHistoryEntry, RuleText, RuleTexts

__all__ = [
    "RuleHeading",
    "RuleTextState",
    "find_rule_text",
    "list_backtest_runs",
    "list_history",
    "list_rule_texts",
    "may_approve",
    "open_requests",
    "operates_rules",
    "parse_heading",
    "present_request",
    "read_text",
    "shipped_detectors",
]


class RuleHeading(NamedTuple):
    """Title and version of a rule text; the title is the name of the rule if the text has none or is unreadable."""

    title: Words
    version: int | None


class RuleTextState(NamedTuple):
    """One rule text with all that a promotion depends on; times are UTC ms.

    `missing` is what the text lacks, apart from a second person, before its findings may act.
    """

    item: RuleText
    wording: str
    heading: RuleHeading
    steps: list[RuleStep]
    shadow_since: int | None
    backtests: list[StoredBacktest]
    missing: list[Words]
    is_edited: bool
    request: RuleRequest | None


def list_rule_texts(viewer: Viewer) -> list[RuleTextState]:
    """Return every text of the rules that the viewer's organisation operates, by rule and age.

    Raise UsageError with the line of a damaged file of the state folder.
    """
    if not operates_rules(viewer):
        return []
    texts = RuleTexts()
    items = texts.list_texts()
    steps, backtests = defaultdict(list), defaultdict(list)
    for entry in texts.history():
        steps[entry.text].append(entry.step)
    for backtest in list_backtests():
        backtests[backtest.text].append(backtest)
    requests = {request.text: request for request in open_requests()}
    now, terms = to_ms(timezone.now()), load_promotion_terms()
    edited = {item.rule for item in items if item.newest and texts.is_edited(item)}
    wordings = {item.text: texts.text(item.text) for item in items}
    return [
        RuleTextState(
            item,
            wordings[item.text],
            parse_heading(item.rule, wordings[item.text]),
            steps[item.text],
            find_shadow_start(steps[item.text]),
            backtests[item.text],
            find_missing_terms(steps[item.text], now, backtests[item.text], terms),
            item.newest and item.rule in edited,
            requests.get(item.text),
        )
        for item in items
    ]


def find_rule_text(viewer: Viewer, text: str) -> RuleTextState | None:
    """Return the text with a digest, or None if there is none that the viewer may see. Raise UsageError."""
    return next((state for state in list_rule_texts(viewer) if state.item.text == text), None)


def list_history(rule: str) -> list[RuleHistoryEntry]:
    """Return the steps of all texts of a rule, the oldest first. Raise UsageError."""
    return RuleTexts().history(rule)


def read_text(text: str) -> str:
    """Return the wording of a text, by its digest. Raise UsageError if its copy is damaged."""
    return RuleTexts().text(text)


def list_backtest_runs(rule: str) -> QuerySet[BacktestRun]:
    """Return the backtests of the texts of a rule that the viewer may read, the latest first."""
    return BacktestRun.objects.filter(rule=rule).select_related("made_by").order_by("-pk")


def open_requests() -> QuerySet[RuleRequest]:
    """Return the requests that wait for a second person and that the viewer may read, the oldest first."""
    return RuleRequest.objects.filter(state=RuleRequestState.WAITING).select_related("made_by").order_by("pk")


@lru_cache(maxsize=1_000)
def parse_heading(rule: str, text: str) -> RuleHeading:
    """Return title and version from a rule text."""
    from fanzha.rules import RuleError, parse

    try:
        parsed = parse(text).rules[0]
    except (RuleError, IndexError):  # written for another grammar
        return RuleHeading(Words(rule, rule), None)
    return RuleHeading(Words(parsed.title.zh or rule, parsed.title.en or rule), parsed.version)
