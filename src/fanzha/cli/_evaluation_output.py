"""Print an evaluation of a model as JSON, or as a bilingual table."""

from dataclasses import asdict

import msgspec
from rich.console import Console
from rich.table import Table

from fanzha.analyze.evaluate import Evaluation
from fanzha.base.words import Words
from fanzha.learn.metrics import flat
from fanzha.learn.resample import MeasuredFigure

TITLES = {
    "auc": Words("AUC", "AUC"),
    "f1": Words("F1（诈骗类）", "F1 of fraud"),
    "macro_f1": Words("宏平均 F1", "macro-F1"),
    "precision": Words("查准率", "precision"),
    "recall": Words("查全率", "recall"),
    "accuracy": Words("准确率", "accuracy"),
    "recall_at_1pct": Words("误报率 1% 时查全率", "recall at 1 % false alarms"),
    "recall_at_0.1pct": Words("误报率 0.1% 时查全率", "recall at 0.1 % false alarms"),
    "recall_at_0.01pct": Words("误报率 0.01% 时查全率", "recall at 0.01 % false alarms"),
    "precision_at_top": Words("得分最高者中的查准率", "precision at the top"),
}

WEIGHTS = {
    "shipped": Words("随软件发布的权重", "shipped weights"),
    "trained": Words("刚由训练数据学得", "learned from the training"),
    "folds": Words("交叉验证，每行由未见过它的模型评分", "by folds, each row scored by a fit that has not seen it"),
}


def evaluation_as_json(evaluation: Evaluation) -> dict[str, object]:
    """Return an evaluation as JSON: figures as KEY, KEY_ci95 and KEY_reason at the top level."""
    plain = asdict(evaluation) | {"overlap": msgspec.to_builtins(evaluation.overlap)}
    plain |= {"false_alarms": msgspec.to_builtins(evaluation.false_alarms)}
    plain |= flat(plain.pop("figures"))
    return {key: value for key, value in plain.items() if key != "per_class" or value is not None}


def print_evaluation(console: Console, evaluation: Evaluation) -> None:
    """Print the test set, the figures with their intervals, and notes."""
    positives = "" if evaluation.positives is None else f"，其中诈骗 of them fraud {evaluation.positives:,}"
    weights = WEIGHTS[evaluation.weights]
    console.print(f"[bold]{evaluation.model}[/bold]  {weights.zh} {weights.en}")
    groups = "" if evaluation.groups is None else f"，{evaluation.groups:,} 组 groups"
    console.print(f"测试行数 test rows {evaluation.rows:,}{positives}{groups}")
    if evaluation.train_rows is not None and evaluation.weights == "trained":
        console.print(f"训练行数 training rows {evaluation.train_rows:,}")
    console.print(_figures(evaluation.figures))
    if evaluation.false_alarms is not None:
        rate = evaluation.false_alarms
        console.print(
            f"误报 false alarms {rate.alarms:,}；每天每百万正常线误报 "
            f"false alarms per million innocent lines a day: {rate.text()}",
            highlight=False,
        )
    if evaluation.per_class:
        console.print(_classes(evaluation.per_class))
    for line in (*_overlap(evaluation), *evaluation.notes):
        console.print(f"· {line}", highlight=False)
    console.print(
        f"用时 took {evaluation.seconds:.1f} s（训练 learning {evaluation.seconds_fitting:.1f} s，"
        f"评分 scoring {evaluation.seconds_scoring:.2f} s）"
    )


def _figures(figures: dict[str, MeasuredFigure]) -> Table:
    table = Table("指标 figure", "值 value", "95% 区间 interval")
    for name, figure in figures.items():
        words = TITLES[name]
        title = words.zh if words.zh == words.en else f"{words.zh} {words.en}"
        if figure.value is None:
            table.add_row(title, "–", figure.reason)
        else:
            ends = "" if figure.low is None or figure.high is None else f"{figure.low:.3f} – {figure.high:.3f}"
            table.add_row(title, f"{figure.value:.4f}", ends)
    return table


def _classes(per_class: dict[str, dict[str, float | None]]) -> Table:
    table = Table("类别 class", "F1", "查准率 precision", "查全率 recall", "行数 rows")
    for name, values in sorted(per_class.items(), key=lambda item: -(item[1]["rows"] or 0)):
        cells = ["–" if values[key] is None else f"{values[key]:.3f}" for key in ("f1", "precision", "recall")]
        table.add_row(name, *cells, f"{values['rows']:,.0f}")
    return table


def _overlap(evaluation: Evaluation) -> list[str]:
    overlap = evaluation.overlap
    if overlap is None:
        return []
    lines = [f"测试中与训练完全相同的行 test rows that also stand in the training: {overlap.exact:,}"]
    if overlap.near is not None:
        lines.append(f"含近似重复 near-duplicates included: {overlap.near:,}")
    if overlap.groups is not None:
        lines.append(f"与训练同组的行 test rows whose group is in the training: {overlap.groups:,}")
    return lines
