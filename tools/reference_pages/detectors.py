"""Every detector with its worked examples."""

from collections.abc import Mapping

from fanzha.base.words import Words
from fanzha.detect import Detector, Example, RuleDetector, all_detectors
from reference_pages.markdown import cell, page, table

ROWS_SHOWN = 6  # of the events of an example


def detectors() -> str:
    """Every detector with its worked examples."""
    return page(
        Words("检测器", "Detectors"),
        Words(
            "检测器及其样例；样例由测试逐一执行。号码、机构均为虚构。",
            "The detectors with worked examples, which the tests run. Numbers and names are made up.",
        ),
        map(detector_part, all_detectors().values()),
    )


def detector_part(detector: Detector) -> str:
    """One detector: what it tells, reads and serves, then its examples."""
    facts = table(
        ["version", "reads", "law 依据"],
        [(detector.version, ", ".join(detector.reads), "; ".join(detector.law))],
    )
    head = f"## {detector.name} {detector.title.zh}\n\n{detector.tells.en}\n\n{detector.tells.zh}\n\n{facts}"
    text = [f"```rule\n{detector.text.strip()}\n```"] if isinstance(detector, RuleDetector) else []
    return "\n\n".join([head, *text, *map(example_part, detector.examples)])


def example_part(example: Example) -> str:
    """One example: the first of its events as a table, and what is found."""
    shown, more = example.rows[:ROWS_SHOWN], len(example.rows) - ROWS_SHOWN
    names = list(dict.fromkeys(name for row in shown for name in row))
    rows = table(names, [[row.get(name) for name in names] for row in shown])
    if more > 0:
        rows += f"\n\n另有 {more} 个事件 and {more} more events"
    found = "\n".join(f"- found 发现: {finding(claim)}" for claim in example.finds) or "- nothing found 无发现"
    return f"**{example.title.en}** {example.title.zh} (`{example.table}`)\n\n{rows}\n\n{found}"


def finding(claim: Mapping[str, object]) -> str:
    """Return what an example expects of a finding."""
    return ", ".join(f"`{name}` {'≥ ' if name == 'score' else ''}{cell(value)}" for name, value in claim.items())
