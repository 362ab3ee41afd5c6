"""`fanzha rules`: check, format and explain rule texts, and manage the operator's rules."""

import json
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fanzha.base.errors import ExamplesFailed, UsageError
from fanzha.base.words import Words
from fanzha.cli._rule_lifecycle import COMMANDS

if TYPE_CHECKING:
    from fanzha.detect.testing.rule_examples import ExampleResult
    from fanzha.rules import CheckedFile, RuleFile
    from fanzha.rules.describe import Description
    from fanzha.rules.tree import Rule

_FILES = click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
_LISTS = click.option(
    "--list", "lists", multiple=True, metavar="NAME", help="Take it that there is such a list; may be repeated."
)


@click.group("rules")
def COMMAND() -> None:
    """Check, format and explain rule texts; keep the operator's own rules. 检查、整理、说明规则，管理运营方规则。

    docs/reference/rules.md describes the language. Rules may use the lists of the state folder.
    """


@click.command("check")
@_FILES
@_LISTS
def check_files(files: tuple[Path, ...], lists: tuple[str, ...]) -> None:
    """Check rule FILES; print every mistake with its line and fix. 检查规则文件，逐一指出错误与改法。"""
    from fanzha.rules import RuleError

    errors = []
    for path in files:
        try:
            checked = _check_file(path, lists)
        except RuleError as error:
            errors.append(error)
        else:
            for warning in checked.warnings:
                click.echo(f"提醒 warning: {warning.show(str(path))}", err=True)
            click.echo(f"{path}: {len(checked.rules)} 条规则无误 rules are right")
    if errors:
        raise UsageError("\n\n".join(map(str, errors)))


@click.command("test")
@_FILES
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def test_files(files: tuple[Path, ...], as_json: bool) -> None:
    """Run the examples of rule FILES; ends with 7 if a rule finds or says otherwise. 运行规则自带的示例。

    Each example runs alone; only the findings of its own rule count.
    """
    from fanzha.detect.testing.rule_examples import run_rule_examples
    from fanzha.store.lists import load_lists

    lists = {name: operator_list.values for name, operator_list in load_lists().items()}
    results: list[tuple[Path, ExampleResult]] = []
    for path in files:
        checked = _check_file(path, ())
        results += [(path, result) for result in run_rule_examples(checked.file.text, lists)]
        if not as_json:
            for rule in (rule for rule in checked.rules if not rule.examples):
                click.echo(f"{path}: {rule.name}: 没有示例 has no example", err=True)
    if as_json:
        click.echo(json.dumps([_result_as_json(*result) for result in results], ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(_result_line(*result) for result in results) or "没有示例 no examples")
    failed = sum(not result.passed for _, result in results)
    if failed:
        raise ExamplesFailed(
            f"{failed} 个示例不符 of {len(results)} examples fail",
            fix="mend the rule, or what its example finds or says 修改规则，或示例的 finds 或 says",
        )


def _result_as_json(path: Path, result: "ExampleResult") -> dict[str, object]:
    return {
        "file": str(path),
        "rule": result.rule,
        "title": result.title._asdict(),
        "expected": result.expected,
        "found": result.found,
        "sentences": [words._asdict() for words in result.sentences],
        "says": None if result.says is None else result.says._asdict(),
        "passed": result.passed,
    }


def _result_line(path: Path, result: "ExampleResult") -> str:
    line = f"{path}: {result.rule}: {result.title.zh}  {result.title.en}"
    if result.passed:
        return "\n".join([f"✓ {line}", *(f"    {words.zh}  {words.en}" for words in result.sentences)])
    expected, found = (", ".join(subjects) or "nothing 无" for subjects in (result.expected, result.found))
    lines = [f"✗ {line}", f"    应为 expected: {expected}", f"    实得 found: {found}"]
    if result.says is not None and result.other_sentences:
        lines.append(f"    应说 must say: {result.says.zh}  {result.says.en}")
        lines += [f"    实说 says: {words.zh}  {words.en}" for words in result.other_sentences]
    return "\n".join(lines)


@click.command("format")
@_FILES
@click.option("--write", is_flag=True, help="Write the files; without it the text is printed.")
@click.option(
    "--check", "only_check", is_flag=True, help="Only say which files would change; ends with 2 if any would."
)
def format_files(files: tuple[Path, ...], write: bool, only_check: bool) -> None:
    """Format rule FILES; comments are kept. 按统一格式整理规则文件，注释保留。"""
    from fanzha.rules.format import format_rule_file

    changed = []
    for path in files:
        file = _parse_file(path)
        text = format_rule_file(file)
        if text != file.text:
            changed.append(path)
        if write and text != file.text:
            path.write_text(text, "utf-8", newline="\n")
            click.echo(f"{path}: 已整理 formatted")
        elif not write and not only_check:
            click.echo(text, nl=False)
    if only_check and changed:
        listed = ", ".join(map(str, changed))
        raise UsageError(f"格式不一 not in the canonical form: {listed}", fix="run fanzha rules format --write")


@click.command("explain")
@_FILES
@_LISTS
@click.option("--sql", is_flag=True, help="Print each rule as plain SQL over the event tables instead.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain_files(files: tuple[Path, ...], lists: tuple[str, ...], sql: bool, as_json: bool) -> None:
    """Describe in words what the rules of FILES read, check, find and store. 用文字说明规则读取、判断、保存什么。"""
    from fanzha.rules.describe import describe

    rules = [(rule, checked) for path in files for checked in (_check_file(path, lists),) for rule in checked.rules]
    if sql:
        from fanzha.events import all_events
        from fanzha.rules.duckdb_sql import to_duckdb_sql

        for rule, file in rules:
            click.echo(f"-- {rule.name}\n{to_duckdb_sql(rule, all_events(), [*file.lists, *_list_names(lists)])};")
    elif as_json:
        click.echo(
            json.dumps([description_as_json(rule, describe(rule)) for rule, _ in rules], ensure_ascii=False, indent=1)
        )
    else:
        for rule, _ in rules:
            click.echo("\n".join(description_lines(rule, describe(rule))))


def _parse_file(path: Path) -> "RuleFile":
    from fanzha.rules import decoded, parse

    return parse(decoded(path.read_bytes(), name=str(path)), name=str(path))


def _check_file(path: Path, lists: Collection[str]) -> "CheckedFile":
    from fanzha.claims.fraud_type import FRAUD_TYPES
    from fanzha.rules import check

    return check(_parse_file(path), lists=_list_names(lists), fraud_types=FRAUD_TYPES)


def _list_names(lists: Collection[str]) -> list[str]:
    from fanzha.store.lists import load_lists

    return [*load_lists(), *lists]


def description_lines(rule: "Rule", description: "Description") -> Iterator[str]:
    """Yield the description of a rule as lines, Chinese and English separately."""
    yield f"{rule.name}  版本 version {rule.version}"
    if rule.title.zh != rule.name:
        yield f"  {rule.title.zh}  {rule.title.en}"
    if rule.sentence is not None:
        yield from _part("所见 says", [rule.sentence.words])
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


def description_as_json(rule: "Rule", description: "Description") -> dict[str, object]:
    """Return the description as JSON-compatible values."""
    return {
        "rule": rule.name,
        "version": rule.version,
        "title": rule.title._asdict(),
        "sentence": None if rule.sentence is None else rule.sentence.words._asdict(),
        "law": rule.law,
        "decides": description.decides._asdict(),
        "reads": [text._asdict() for text in description.fields],
        "windows": [{"text": written, **words._asdict()} for written, words in description.windows],
        "limits": [{"text": limit, "points": weight} for limit, weight in description.limits],
        "except": description.unless,
        "finds": description.finds._asdict(),
        "keeps": [text._asdict() for text in description.keeps],
    }


def _part(title: str, description: Iterable[Words]) -> Iterator[str]:
    yield f"  {title}"
    for words in description:
        yield f"    {words.zh}\n    {words.en}"


for command in (check_files, test_files, format_files, explain_files, *COMMANDS):
    COMMAND.add_command(command)
