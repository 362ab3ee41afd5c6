"""Describe a rule in words, as bilingual lines or as JSON."""

from collections.abc import Iterator

from fanzha.base.words import Words
from fanzha.rules.describe import Description
from fanzha.rules.tree import Rule


def description_lines(rule: Rule, description: Description) -> Iterator[str]:
    """Yield the description of a rule as lines, Chinese and English separately."""
    yield f"{rule.name}  版本 version {rule.version}"
    if rule.title.zh != rule.name:
        yield f"  {rule.title.zh}  {rule.title.en}"
    if rule.law:
        yield f"  依据 law: {rule.law}"
    yield from _part("判断时刻 decides", [description.decides])
    yield from _part("读取字段 reads", description.fields)
    yield "  窗口 windows"
    for written, words in description.windows:
        yield f"    {written}"
        yield from (f"      {text}" for text in words)
    yield "  界限 limits"
    for limit, weight in description.limits:
        yield f"    {limit}" + (f"    分 points {weight}" if weight else "")
    if description.unless:
        yield f"  除非 except\n    {description.unless}"
    yield from _part("对象 finds", [description.finds])
    yield from _part("保存的状态 keeps", description.keeps)


def description_as_json(rule: Rule, description: Description) -> dict[str, object]:
    """Return the description as JSON-compatible values."""
    return {
        "rule": rule.name,
        "version": rule.version,
        "title": rule.title._asdict(),
        "law": rule.law,
        "decides": description.decides._asdict(),
        "reads": [text._asdict() for text in description.fields],
        "windows": [{"text": written, **words._asdict()} for written, words in description.windows],
        "limits": [{"text": limit, "points": weight} for limit, weight in description.limits],
        "except": description.unless,
        "finds": description.finds._asdict(),
        "keeps": [text._asdict() for text in description.keeps],
    }


def _part(title: str, description: "list[Words] | tuple[Words, ...]") -> Iterator[str]:
    yield f"  {title}"
    for words in description:
        yield f"    {words.zh}\n    {words.en}"
