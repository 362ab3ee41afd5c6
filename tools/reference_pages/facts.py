"""Every fact that a rule can decide on or look back at, with the fields it has there."""

from collections.abc import Mapping

from fanzha.base.words import Words
from fanzha.events import CALL_FACTS, all_events
from fanzha.rules.catalog import FACTS, FieldFact, subjects
from reference_pages.markdown import page, table


def facts() -> str:
    """Every fact with its fields, their types and when they are known."""
    return page(
        Words("规则可读的字段", "Fields that rules read"),
        Words(
            "各事件在规则中的字段、类型与封闭取值；[规则语言](../rules.md)说明其含义。每个字段都可能不可知。"
            "“joined from”一列是同一呼叫的较早事件，字段取自该事件；没有该事件时字段不可知："
            "未接通的呼叫没有 `call_answered` 的字段（如 `ring_ms`）。",
            "The facts of [the rule language](../rules.md) with their fields, types and closed values. "
            "Any field may be unknown. The column “joined from” names the earlier fact of the same call that the field "
            "is read from; without that fact the field is unknown: an unanswered call has none of the fields of "
            "`call_answered`, such as `ring_ms`.",
        ),
        [_part(fact, fields) for fact, fields in sorted(FACTS.items(), key=_calls_first)],
    )


def _calls_first(entry: tuple[str, Mapping[str, FieldFact]]) -> tuple[int, str]:
    name = entry[0]
    return (CALL_FACTS.index(name) if name in CALL_FACTS else len(CALL_FACTS)), name


def _part(fact: str, fields: Mapping[str, FieldFact]) -> str:
    title = all_events()[fact].title
    rows = [
        (f"`{one.name}`", one.type, one.title.zh, one.title.en, _from(one, fact), _values(one))
        for one in fields.values()
    ]
    found = ", ".join(f"`{name}`" for name in subjects(fact))
    head = ["field", "type", "中文", "English", "joined from", "values"]
    return f"## {fact} {title.zh}\n\n`find` 可指认 may name: {found or '–'}\n\n{table(head, rows)}"


def _from(one: FieldFact, fact: str) -> str:
    return "" if one.table == fact else f"`{one.table}`"


def _values(one: FieldFact) -> str:
    return ", ".join(f'`"{value}"`' for value in one.values)
