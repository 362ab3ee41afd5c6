"""The first screen of a report: counts of suspects and victims, the most urgent subjects, and the next steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fanzha.analyze.report.suspects import Suspect
from fanzha.analyze.summary import Summary
from fanzha.base.words import Words
from fanzha.claims.finding import Maturity

MAX_FIRST = 2  # subjects named on the first screen, of those to warn and of the suspects each

TO_WARN = Words("先联系", "contact first")
TO_CHECK = Words("先核查", "check first")


@dataclass(frozen=True)
class FirstSubject:
    """A subject to turn to first: why it is named, its masked value, and what was seen."""

    label: Words
    display: str
    sentence: Words
    simulated: bool


@dataclass(frozen=True)
class Story:
    """The result of a run in sentences; the steps are in the order to carry them out."""

    found: Words
    first: tuple[FirstSubject, ...]
    steps: tuple[Words, ...]


def build_story(summary: Summary, to_warn: Sequence[Suspect], suspects: Sequence[Suspect]) -> Story:
    """Return the first screen of a run; both lists begin with the most mature and strongest."""
    first = [
        FirstSubject(label, subject.display, subject.findings[0].sentence, subject.findings[0].simulated)
        for label, subjects in ((TO_WARN, to_warn), (TO_CHECK, suspects))
        for subject in subjects[:MAX_FIRST]
    ]
    return Story(_describe_counts(summary), tuple(first), tuple(_next_steps(summary)))


def _describe_counts(summary: Summary) -> Words:
    rows = Words(f"在 {summary.used:,} 行记录中", f" in {_count(summary.used, 'row', 'rows')} of records")
    if not summary.suspects and not summary.to_warn:
        return Words(
            f"{rows.zh}没有发现可疑对象。这不等于安全：检测器只看到所给的数据。",
            f"Nothing was found{rows.en}. That does not mean safe: the detectors saw only the data given.",
        )
    zh, en = [], []
    if summary.suspects:
        zh.append(f"{summary.suspects:,} 个可疑对象")
        en.append(_count(summary.suspects, "suspect", "suspects"))
    if summary.to_warn:
        zh.append(f"{summary.to_warn:,} 人可能正在受骗")
        en.append(_count(summary.to_warn, "possible victim of fraud", "possible victims of fraud"))
    return Words(f"{rows.zh}发现 {'、'.join(zh)}。", f"Found {' and '.join(en)}{rows.en}.")


def _next_steps(summary: Summary) -> list[Words]:
    steps = []
    if summary.to_warn:
        steps.append(
            Words(
                "给需提醒的人打电话，请其先停止转账；钱将转出的，同时联系开户行或警方。",
                "Call the people to warn and ask them to pay nothing more; where money is about to move, bring in the "
                "bank or the police.",
            )
        )
    if live := summary.suspects_by_maturity.get(Maturity.LIVE, 0):
        steps.append(
            Words(
                f"由人核查规则已启用的 {live:,} 个对象：展开“判断过程、证据与依据”，排除快递、客服等正常业务后再处置。",
                f"Have a person check the {_count(live, 'suspect', 'suspects')} of rules in force: unfold “How it was "
                "decided”, rule out couriers and call centres, and only then act.",
            )
        )
    if others := _others(summary.suspects_by_maturity):
        steps.append(
            Words(
                f"其余 {others:,} 个对象只作参考，各列表说明缺少什么。",
                f"Take the other {_count(others, 'suspect', 'suspects')} for information only; each list says what is "
                "missing.",
            )
        )
    if summary.rejects:
        steps.append(
            Words(
                f"有 {summary.rejects:,} 行输入被拒收：按文末的原因补正后重新分析。",
                f"Mend the {_count(summary.rejects, 'row', 'rows')} of input that were rejected, for the reasons at "
                "the end, and analyse again.",
            )
        )
    if summary.suspects or summary.to_warn:
        steps.append(
            Words(
                "在指挥平台上办理：fanzha import findings 结果文件夹。",
                "Work on them in the site: fanzha import findings FOLDER.",
            )
        )
    return steps


def _others(suspects_by_maturity: Mapping[str, int]) -> int:
    return sum(count for maturity, count in suspects_by_maturity.items() if maturity != Maturity.LIVE)


def _count(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
