"""Print rules, their states and their history as JSON, or as bilingual tables."""

import difflib
from collections.abc import Callable, Collection, Iterator, Sequence

from rich.table import Column, Table
from rich.text import Text

from fanzha.analyze.terminal import printable
from fanzha.base.clock import iso
from fanzha.base.words import Words
from fanzha.claims.rule_lifecycle import STATE_WORDS, RuleState, RuleStep
from fanzha.store.rule_texts import RuleHistoryEntry, RuleText

ACTION_WORDS = {
    "add": Words("登记", "add"),
    "change": Words("修改", "change"),
    "promote": Words("改状态", "promote"),
    "retire": Words("停用", "retire"),
}


def state_words(step: RuleStep) -> Words:
    """Return the words of a state, with its share of traffic if it has one."""
    words = STATE_WORDS[step.state]
    share = f" {step.share * 100:.4g}%" if step.state is RuleState.SHARE else ""
    return Words(words.zh + share, words.en + share)


def rule_as_json(rule_text: RuleText, edited: Collection[str]) -> dict[str, object]:
    """Return one text of a rule as JSON-compatible values; `at` is UTC milliseconds."""
    step = rule_text.step
    return {
        "rule": rule_text.rule,
        "text": rule_text.text,
        "newest": rule_text.newest,
        "edited": rule_text.newest and rule_text.rule in edited,
        "state": step.state,
        "share": step.share if step.state is RuleState.SHARE else None,
        "at": step.at,
        "by": step.by,
        "why": step.why,
    }


def rules_table(rule_texts: Sequence[RuleText], edited: Collection[str]) -> Table:
    """Return a table of the texts of all rules with state, time and person."""
    table = Table("规则 rule", "文本 text", "状态 state", "自 since", "经手 by", Column("理由 why", overflow="fold"))
    for rule_text in rule_texts:
        state = state_words(rule_text.step)
        mark = " *" if rule_text.newest and rule_text.rule in edited else ""
        when = iso(rule_text.step.at)[:19] + "Z"
        table.add_row(
            rule_text.rule + mark,
            rule_text.text[:8],
            f"{state.zh} {state.en}",
            when,
            *_person_and_reason(rule_text.step),
        )
    return table


def history_table(entries: Sequence[RuleHistoryEntry]) -> Table:
    """Return a table of the history of one rule, oldest entry first."""
    titles = ("时间 when", "操作 what", "状态 state", "文本 text", "经手 by")
    table = Table(*titles, Column("理由 why", overflow="fold"))
    for entry in entries:
        what, state = ACTION_WORDS[entry.what], state_words(entry.step)
        when = iso(entry.step.at)[:19] + "Z"
        steps = (f"{what.zh} {what.en}", f"{state.zh} {state.en}", _texts(entry))
        table.add_row(when, *steps, *_person_and_reason(entry.step))
    return table


def _person_and_reason(step: RuleStep) -> tuple[Text, Text]:
    mark = "紧急 emergency: " if step.emergency else ""
    asked = f"\n申请 asked by {printable(step.asked_by, 60)}" if step.asked_by else ""
    return Text(printable(step.by, 60) + asked), Text(mark + printable(step.why, 300))


def _texts(entry: RuleHistoryEntry) -> str:
    changed = entry.what == "change" and entry.before
    return f"{entry.before[:8]} → {entry.text[:8]}" if changed and entry.before else entry.text[:8]


def diff_lines(entries: Sequence[RuleHistoryEntry], text: Callable[[str], str]) -> Iterator[str]:
    """Yield each change of the text as a unified diff; `text` returns the text of a digest."""
    for entry in entries:
        if entry.what == "change" and entry.before:
            before, after = text(entry.before).splitlines(), text(entry.text).splitlines()
            yield f"{iso(entry.step.at)} {entry.step.by}"
            yield from difflib.unified_diff(before, after, entry.before[:8], entry.text[:8], lineterm="")
