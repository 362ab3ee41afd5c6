"""The account of a backtest in words and cells, the same in the report and in the terminal."""

from fanzha.analyze.backtest.judged import Share
from fanzha.analyze.backtest.result import Comparison, VersionAccount
from fanzha.base.clock import iso
from fanzha.base.words import Words

ROLE_WORDS = {
    "fraud": Words("诈骗", "fraud"),
    "victim": Words("受害人", "victim"),
    "look_alike": Words("易误判的正常对象", "innocent look-alike"),
    "innocent": Words("正常", "innocent"),
    "unlabelled": Words("无标注", "unlabelled"),
    "": Words("对象", "subjects"),
}

COLUMNS = (
    Words("规则", "rule"),
    Words("命中", "hits"),
    Words("对象", "subjects"),
    Words("最忙一小时", "busiest hour"),
    Words("每小时预算", "budget an hour"),
    Words("可执行", "would act"),
    Words("仅报告", "report only"),
)
JUDGED = (
    Words("查准率", "precision"),
    Words("查全率", "recall"),
    Words("误伤易误判对象", "look-alikes hit"),
)


def columns(*, judged: bool) -> tuple[Words, ...]:
    """Return the titles of the table of rules."""
    return (*COLUMNS, *JUDGED) if judged else COLUMNS


def cells(account: VersionAccount, between: str = " ") -> list[str]:
    """Return a rule's row behind its name; `between` stands between a share and its interval."""
    busiest, budget = account.busiest, account.budget
    shown = [
        f"{account.hits:,}",
        f"{account.subjects:,}",
        f"{busiest.subjects:,}" if busiest else "–",
        "–" if budget.subjects_an_hour is None else f"{budget.subjects_an_hour:,}",
        f"{account.acted:,}",
        f"{account.report_only:,}",
    ]
    if account.judged is not None:
        shown += [share(one, between) for one in (account.judged.precision, account.judged.recall)]
        shown.append(f"{account.judged.roles['look_alike']:,}")
    return shown


def share(one: Share, between: str = " ") -> str:
    """Return a share in per cent with its interval."""
    if one.value is None or one.low is None or one.high is None:
        return "–"
    return f"{one.value:.1%}{between}({one.low * 100:.1f}–{one.high * 100:.1f})"


def lines(account: VersionAccount) -> list[Words]:
    """Return what a reader of the figures must know: when hits stand, quiet firings, filling windows, the verdict."""
    said = []
    if account.first is not None and account.last is not None:
        first, last = iso(account.first)[:19], iso(account.last)[:19]
        said.append(
            Words(
                f"首次命中 {first} UTC，末次 {last} UTC；条件共成立 {account.firings:,} 次，静默期内不重复提示。",
                f"First hit {first} UTC, last {last} UTC; the condition held {account.firings:,} times, those"
                " in a quiet time are not told.",
            )
        )
    if account.fills_until is not None:
        moment = iso(account.fills_until)[:19]
        said.append(
            Words(
                f"{moment} UTC 之前窗口尚未填满，此前的命中可能偏少。",
                f"Before {moment} UTC the windows were not full yet: until then there may be too few hits.",
            )
        )
    return [*said, verdict(account)]


def scenarios(account: VersionAccount) -> list[Words]:
    """Return which scenarios of the labels were hit, by role: so many of so many."""
    hit = [one for one in (account.judged.scenarios if account.judged else ()) if one.hit.part]
    said = []
    for role in dict.fromkeys(one.role for one in hit):
        told = ", ".join(f"{one.scenario or '–'} {one.hit.part:,}/{one.hit.whole:,}" for one in hit if one.role == role)
        said.append(Words(ROLE_WORDS[role].zh, f"{ROLE_WORDS[role].en}: {told}"))
    return said


def verdict(account: VersionAccount) -> Words:
    """Say whether the version keeps to its budget."""
    if not account.hits:
        return Words("没有命中。", "No hits.")
    if not account.overruns:
        return Words("各小时均在处置预算之内。", "Within its budget in every hour.")
    hours = len({over.hour for over in account.overruns})
    return Words(
        f"有 {hours:,} 个小时超出处置预算：若正式运行，其间的命中将仅报告。",
        f"Over its budget in {hours:,} hours: live, its hits would only have reported for the rest of each.",
    )


def parts(comparison: Comparison) -> list[tuple[Words, dict[str, int]]]:
    """Return the three parts of a comparison with their titles."""
    return [
        (Words(f"仅 {comparison.a}", f"only {comparison.a}"), comparison.only_a),
        (Words("两者都命中", "both"), comparison.both),
        (Words(f"仅 {comparison.b}", f"only {comparison.b}"), comparison.only_b),
    ]
