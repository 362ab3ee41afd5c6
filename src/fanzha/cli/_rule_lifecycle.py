"""`fanzha rules list|add|promote|retire|history`: the lifecycle of the operator's rules."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fanzha.base.errors import UsageError

if TYPE_CHECKING:
    from fanzha.rules import Rule
    from fanzha.store.rule_texts import RuleHistoryEntry

#: `fanzha.claims.rule_lifecycle.RuleState` without `retired`, written out so that `--help` does not import pyarrow.
PROMOTABLE_STATES = ("draft", "backtest", "warming", "shadow", "share", "live")

_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%|([01](?:\.\d+)?)")


def _accountability_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the required options --by and --why."""
    command = click.option("--why", required=True, metavar="TEXT", help="Why: kept in the history.")(command)
    return click.option("--by", required=True, metavar="WHO", help="Who takes the step: kept in the history.")(command)


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_rules(as_json: bool) -> None:
    """Show the operator's rules and where each text stands. 列出运营方的规则及其状态。"""
    from fanzha.analyze.terminal import output_console
    from fanzha.cli._rule_output import rule_as_json, rules_table
    from fanzha.store.rule_texts import RuleTexts

    texts = RuleTexts()
    rule_text = texts.list_texts()
    edited = {entry.rule for entry in rule_text if entry.newest and texts.is_edited(entry)}
    if as_json:
        click.echo(json.dumps([rule_as_json(entry, edited) for entry in rule_text], ensure_ascii=False, indent=1))
        return
    output_console().print(rules_table(rule_text, edited))
    for rule in sorted(edited):
        click.echo(
            f"· {texts.folder / rule}.rule 已改动但未登记，不生效 was edited and has no effect until it is added"
        )


@click.command("add")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_accountability_options
def add_rule(file: Path, by: str, why: str) -> None:
    """Keep the rule of FILE, or a new text of it, as a draft. 登记规则（或其新文本）为草稿。

    The file holds one rule, with lists of its own if it has any. A text that runs, runs on until the new one is live.
    """
    from fanzha.store.rule_texts import RuleTexts

    rule, text = _read_rule(file)
    texts = RuleTexts()
    texts.check_version(rule.name, rule.version, text)
    _print_entry(texts.add(rule.name, text, at=_now(), by=by, why=why))


def _read_rule(file: Path) -> tuple["Rule", str]:
    """Return the only rule of a file, and the text. Raise UsageError or RuleError."""
    from fanzha.claims.fraud_type import FRAUD_TYPES
    from fanzha.detect import RuleDetector, all_detectors
    from fanzha.rules import check, decoded, parse
    from fanzha.store.lists import load_lists

    text = decoded(file.read_bytes(), name=str(file))
    checked = check(parse(text, name=str(file)), lists=load_lists(), fraud_types=FRAUD_TYPES)
    if len(checked.rules) != 1:
        raise UsageError(f"{file} holds {len(checked.rules)} rules", fix="put each rule into a file of its own")
    rule = checked.rules[0]
    shipped = all_detectors().get(rule.name.replace("_", "-"))
    if shipped is not None and not isinstance(shipped, RuleDetector):
        raise UsageError(f"a detector of the package is called {rule.name}", fix="give the rule another name")
    return rule, text


@click.command("promote")
@click.argument("name")
@click.argument("state", type=click.Choice(PROMOTABLE_STATES))
@click.option("--share", metavar="PERCENT", help="With state share: the share of subjects acted on, e.g. 10%.")
@click.option("--text", default="", metavar="DIGEST", help="Of this text (see `fanzha rules list`), not the newest.")
@click.option("--emergency", is_flag=True, help="Without backtest, time in shadow or second person; on record.")
@_accountability_options
def promote_rule(name: str, state: str, share: str | None, text: str, emergency: bool, by: str, why: str) -> None:
    """Take a rule one step on, or any number back. 推进规则的状态（可逐步前进，也可退回）。

    draft, backtest, warming, shadow, share (of traffic), live. Only share and live rules act, and only when their
    windows have seen their whole span; a text that goes live retires the older one. A rule may act only after a stored
    backtest, some days in shadow ([promotion] in fanzha.toml), and by another person than who added its text.
    """
    from fanzha.claims.rule_lifecycle import RuleState, RuleStep
    from fanzha.store.rule_promotion import promote

    step = RuleStep(state=RuleState(state), at=_now(), by=by, why=why, share=_share(share), emergency=emergency)
    for entry in promote(name, step, text=text):
        _print_entry(entry)


@click.command("retire")
@click.argument("name")
@click.option("--text", default="", metavar="DIGEST", help="Only this text, not the newest.")
@_accountability_options
def retire_rule(name: str, text: str, by: str, why: str) -> None:
    """Stop a rule; its texts and history stay. 停用规则，文本与历史保留。"""
    from fanzha.claims.rule_lifecycle import RuleState, RuleStep
    from fanzha.store.rule_promotion import promote

    for entry in promote(name, RuleStep(state=RuleState.RETIRED, at=_now(), by=by, why=why), text=text):
        _print_entry(entry)


@click.command("history")
@click.argument("name")
@click.option("--diff", is_flag=True, help="Show what each change of the text changed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def rule_history(name: str, diff: bool, as_json: bool) -> None:
    """Show who changed what of a rule, when and why. 查看规则的变更历史：何人、何时、为何。"""
    import msgspec

    from fanzha.analyze.terminal import output_console
    from fanzha.cli._rule_output import diff_lines, history_table
    from fanzha.store.rule_texts import RuleTexts

    texts = RuleTexts()
    entries = texts.history(name)
    if not entries:
        raise UsageError(f"no rule is called {name}", fix="see `fanzha rules list`")
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(entries), ensure_ascii=False, indent=1))
        return
    output_console().print(history_table(entries))
    for line in diff_lines(entries, texts.text) if diff else ():
        click.echo(line)


def _share(text: str | None) -> float:
    if text is None:
        return 0.0
    match = _SHARE.fullmatch(text.strip())
    if not match:
        raise UsageError(f"not a share of traffic: {text!r}", fix="write 10% (or 0.1)")
    return float(match[1]) / 100 if match[1] else float(match[2])


def _now() -> int:
    return time.time_ns() // 1_000_000


def _print_entry(entry: "RuleHistoryEntry") -> None:
    from fanzha.cli._rule_output import state_words

    state = state_words(entry.step)
    click.echo(f"{entry.rule} {entry.text[:8]}: {state.zh} {state.en}")


COMMANDS: tuple[click.Command, ...] = (list_rules, add_rule, promote_rule, retire_rule, rule_history)
