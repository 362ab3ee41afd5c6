"""Print snapshots as JSON, or as bilingual tables."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fanzha.analyze.terminal import printable
from fanzha.base.clock import iso
from fanzha.base.words import Words
from fanzha.claims.contents_builder import Subject
from fanzha.claims.difference import Difference, Limits
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.snapshot_state import SnapshotState
from fanzha.claims.treatment import TREATMENT_WORDS, Treatment
from fanzha.claims.verdict import FOREVER, LEVEL_WORDS, SOURCE_WORDS, Level, Verdict, VerdictScope
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.store.snapshot_build import SnapshotBuild

_COUNTS: dict[str, Words] = {
    "numbers_before": Words("原有号码", "numbers before"),
    "numbers_after": Words("现有号码", "numbers after"),
    "added": Words("新列入", "newly listed"),
    "removed": Words("移出", "no longer listed"),
    "changed": Words("结论变化", "changed"),
    "newly_refused": Words("新拒绝", "newly refused"),
    "no_longer_refused": Words("不再拒绝", "no longer refused"),
    "inbound_only_added": Words("新列入仅呼入名单", "new on the do-not-originate list"),
    "spared_lost": Words("移出免扰名单", "no longer spared"),
    "unallocated": Words("号段移出后的号码", "numbers of ranges that are no longer allocated"),
}
_FACTS: dict[str, Words] = {
    "numbers": Words("号码", "numbers"),
    "others": Words("其他对象", "other subjects"),
    "urls": Words("网址", "links"),
    "profiles": Words("不同结论", "different entries"),
    "refused": Words("拒绝", "refused"),
}


def outcome_as_json(outcome: SnapshotBuild, seconds: float) -> dict[str, Any]:
    """Return a published snapshot as JSON-compatible values."""
    published = outcome.published
    return {
        "sequence": outcome.current.sequence,
        "file": published.file.name if published else None,
        "bytes": published.file.stat().st_size if published else 0,
        "evidence_used": outcome.built.used,
        "evidence_left_out": outcome.built.dropped,
        "difference": msgspec.to_builtins(published.difference) if published else {},
        "damage": published.damage if published else "",
        "seconds": round(seconds, 3),
    }


def print_outcome(console: Console, outcome: SnapshotBuild, seconds: float) -> None:
    """Print the published snapshot and its differences from the one before."""
    built, published = outcome.built, outcome.published
    console.print(f"采用证据 evidence used: {built.used:,}；未采用 left out: {built.dropped:,}", highlight=False)
    if published is None:
        console.print(f"无变化，已确认快照 nothing differs, confirmed: {outcome.current.sequence}", highlight=False)
        return
    if published.damage:
        console.print(Text(f"原快照已损坏并被替换 the snapshot before was damaged and is replaced: {published.damage}"))
    console.print(
        f"已发布快照 published: {outcome.current.sequence} · {published.file.name} · "
        f"{published.file.stat().st_size:,} bytes · {seconds:.1f} s",
        highlight=False,
    )
    console.print(_count_table(msgspec.to_builtins(published.difference), _COUNTS))


def difference_as_json(difference: Difference, limits: Limits) -> dict[str, Any]:
    """Return a difference as JSON-compatible values, with the changes that need an approval."""
    needs = [{"zh": words.zh, "en": words.en} for words in limits.exceeded(difference)]
    return {**msgspec.to_builtins(difference), "needs_approval": needs}


def print_difference(console: Console, difference: dict[str, Any]) -> None:
    """Print a difference as a table."""
    console.print(_count_table(difference, _COUNTS))
    if difference["lists"]:
        console.print(f"有变化的名单 lists that differ: {', '.join(difference['lists'])}", highlight=False)
    for words in difference["needs_approval"]:
        console.print(f"须经批准 needs an approval: {words['zh']} {words['en']}", highlight=False)


def state_as_json(state: SnapshotState) -> dict[str, Any]:
    """Return the served snapshot as JSON-compatible values: facts of the base and of each delta."""
    return {
        "sequence": state.head.sequence,
        "created_at": state.head.created_at,
        "organisation": state.head.organization,
        "simulated": any(item.head.simulated for item in state.files),
        "bytes": sum(len(item.data) for item in state.files),
        "facts": state.base.head.facts,
        "lists": {item.name: item.size for file in state.files for item in file.head.sections if item.size},
        "deltas": [{"sequence": item.head.sequence, **item.head.facts} for item in state.deltas],
        "approval": msgspec.to_builtins(state.head.approval),
    }


def print_state(console: Console, state: dict[str, Any]) -> None:
    """Print the served snapshot."""
    console.print(
        f"快照 snapshot {state['sequence']} · {iso(state['created_at'])} · {state['bytes']:,} bytes · "
        f"增量 deltas: {len(state['deltas'])}",
        highlight=False,
    )
    if state["organisation"]:
        console.print(Text(f"机构 organisation: {printable(state['organisation'], 60)}"))
    if state["simulated"]:
        console.print("含模拟数据，不得用于真实通话 holds made-up subjects: not for real calls", style="bold")
    if approval := state["approval"]:
        console.print(Text(f"批准 approved by {printable(approval['by'], 60)}: {printable(approval['why'], 300)}"))
    console.print(_count_table(state["facts"], _FACTS))
    for delta in state["deltas"]:
        changed = ", ".join(f"{name} {count:,}" for name, count in delta.items() if name != "sequence" and count)
        console.print(f"增量 delta {delta['sequence']}: {changed or '–'}", highlight=False)
    sections = Table("区段 section", "字节 bytes")
    for name, size in sorted(state["lists"].items()):
        sections.add_row(name, f"{size:,}")
    console.print(sections)


def entry_as_json(state: SnapshotState, subject: Subject, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Return the entries of a subject as JSON-compatible values, with newly fused verdicts."""
    entry = MappedSnapshot(state.base, state.deltas).look_up(*subject)
    return {
        "kind": subject[0],
        "value": subject[1],
        "entries": [_scope_as_json(scope_entry) for scope_entry in entry.scopes()] if entry else [],
        "verdicts": msgspec.to_builtins(verdicts),
    }


def _scope_as_json(entry: SnapshotEntry) -> dict[str, Any]:
    keys = {"organization": "organisation"}
    fields = {keys.get(name, name): value for name, value in entry._asdict().items() if name != "next_scope"}
    return {**fields, "until": None if entry.until == FOREVER else entry.until, **entry.words._asdict()}


def print_entry(console: Console, entry: dict[str, Any]) -> None:
    """Print the entries of a subject."""
    if not entry["entries"]:
        console.print(f"未列入 not listed: {entry['value']}", highlight=False)
    else:
        table = Table("结论 verdict", "处置 treatment", "范围 scope", "至 until", "机构 whose")
        for scope_entry in entry["entries"]:
            table.add_row(*_cells(scope_entry))
        console.print(table)
    for verdict in entry["verdicts"]:
        console.print(_verdict_table(verdict))


def _cells(scope_entry: dict[str, Any]) -> Iterator[Text | str]:
    yield f"{scope_entry['zh']} {scope_entry['en']}" + (" · 模拟 simulated" if scope_entry["simulated"] else "")
    yield _bilingual(TREATMENT_WORDS[Treatment(scope_entry["treatment"])])
    yield _bilingual(VerdictScope(scope_entry["direction"], scope_entry["service"], scope_entry["ingress"]).words)
    yield "不限 no end" if scope_entry["until"] is None else iso(scope_entry["until"])[:16] + "Z"
    yield Text(printable(scope_entry["organisation"], 60))


def _verdict_table(verdict: dict[str, Any]) -> Table:
    words = (LEVEL_WORDS[Level(verdict["level"])], VerdictScope(*verdict["scope"]).words)
    title = " · ".join([*map(_bilingual, words), f"{verdict['score']:g}"])
    table = Table("来源 source", "何人 by", "权重 weight", "理由 why", title=title)
    for part in verdict["why"]:
        reason = Text(printable(f"{part['zh']} {part['en']}".strip(), 300))
        source = _bilingual(SOURCE_WORDS[part["source"]])
        table.add_row(source, Text(printable(part["by"], 60)), f"{part['weight']:g}", reason)
    return table


def _bilingual(words: Words) -> str:
    return f"{words.zh} {words.en}"


def _count_table(counts: dict[str, Any], words: dict[str, Words]) -> Table:
    table = Table("项目 what", "数量 count")
    for name, title in words.items():
        if counts.get(name):
            table.add_row(f"{title.zh} {title.en}", f"{counts[name]:,}")
    return table
