"""Draft the text of a white paper from its figures, in both languages; people edit and approve it."""

from __future__ import annotations

from datetime import date

from fanzha.base.fraud_types import FRAUD_TYPES
from fanzha.base.words import Words
from fanzha.command.education.paper_figures import (
    LEAST_CELL,
    LEAST_FOR_SHARE,
    CountedCell,
    PaperFigures,
    StatedShare,
    to_stored,
)
from fanzha.command.education.services import VersionDraft
from fanzha.command.education.topics import ItemKind

_CATEGORIES = {
    "call": Words("电话", "Phone calls"),
    "text": Words("短信", "Text messages"),
    "link": Words("网站和链接", "Websites and links"),
    "app": Words("应用程序", "Apps"),
    "account": Words("网络账号", "Online accounts"),
    "payment": Words("收款账户", "Payment accounts"),
    "iot": Words("物联网卡或设备", "IoT cards and devices"),
}
_NOT_JUDGED = Words("类型未判定", "Type not judged")


def draft_paper(figures: PaperFigures) -> VersionDraft:
    """Return the draft of a white paper: title, summary and text in Chinese and English."""
    title = Words(
        f"反诈白皮书（{_date_zh(figures.begins)}至{_date_zh(figures.ends)}）",
        f"White paper on fraud, {_date_en(figures.begins)} to {_date_en(figures.ends)}",
    )
    summary = Words(
        f"本期共受理公众举报{figures.total:,}件。",
        f"The public sent {figures.total:,} reports in this period.",
    )
    zh, en = zip(*_paragraphs(figures), strict=True)
    return VersionDraft(
        kind=ItemKind.PAPER,
        slug=f"white-paper-{figures.begins:%Y%m%d}-{figures.ends:%Y%m%d}",
        title_zh=title.zh,
        title_en=title.en,
        summary_zh=summary.zh,
        summary_en=summary.en,
        body_zh="\n".join(zh),
        body_en="\n".join(en),
        figures=to_stored(figures),
    )


def _paragraphs(figures: PaperFigures) -> list[Words]:
    """Return the lines of the text in both languages."""
    return [
        Words("## 公众遇到了什么", "## What the public met"),
        *_cell_lines(figures.categories, _CATEGORIES),
        Words("## 骗局类型", "## Kinds of fraud"),
        Words(
            "类型由系统按举报文字初步判定，未经核实。",
            "A program judged the kind by the text of the report. People did not verify it.",
        ),
        *_cell_lines(figures.fraud_types, FRAUD_TYPES | {"": _NOT_JUDGED}),
        Words("## 核查结果", "## What was verified"),
        _share_line(
            figures.confirmed,
            Words("已核查的举报中，属实的占{share}。", "Of the reports that were checked, {share} were confirmed."),
            Words("已核查的举报不足以计算属实比例。", "Too few reports were checked to state the share confirmed."),
        ),
        Words("## 损失", "## Losses"),
        *_loss_lines(figures),
        Words("## 如何理解这些数字", "## How to read these figures"),
        *_notes(figures),
    ]


def _cell_lines(cells: list[CountedCell], titles: dict[str, Words]) -> list[Words]:
    if not cells:
        return [Words("本期无数据。", "There is nothing in this period.")]
    lines = []
    for cell in cells:
        title = titles.get(cell.key, Words(cell.key, cell.key))
        if cell.count is None:
            lines.append(Words(f"- {title.zh}：未列出（数量过少）", f"- {title.en}: withheld (few reports)"))
        else:
            unit = "report" if cell.count == 1 else "reports"
            lines.append(Words(f"- {title.zh}：{cell.count:,}件", f"- {title.en}: {cell.count:,} {unit}"))
    return lines


def _share_line(share: StatedShare | None, stated: Words, withheld: Words) -> Words:
    if share is None:
        return withheld
    zh = f"{share.percent:g}%（95%置信区间{share.low:g}%至{share.high:g}%，n={share.whole:,}）"
    en = f"{share.percent:g} % (95 % interval {share.low:g} to {share.high:g} %, n = {share.whole:,})"
    return Words(stated.zh.format(share=zh), stated.en.format(share=en))


def _loss_lines(figures: PaperFigures) -> list[Words]:
    paid = _share_line(
        figures.paid,
        Words("举报人称已转账的占{share}。", "{share} of the reporters said that they had paid."),
        Words("已转账的举报数量过少，未列出比例。", "Too few reporters said that they had paid to state a share."),
    )
    if figures.losses is None or figures.lost is None:
        return [
            paid,
            Words("填写损失金额的举报数量过少，未列出。", "Too few reports name a loss. The sum is withheld."),
        ]
    lines = [
        paid,
        Words(
            f"{figures.losses:,}件举报填写了损失金额，合计{figures.lost:,}元，未经公安机关或银行核实。",
            f"{figures.losses:,} reports name a loss, {figures.lost:,} CNY in all. No police or bank verified it.",
        ),
    ]
    if (median := figures.median) is not None:
        lines.append(
            Words(
                f"损失中位数约{median.median:,}元（95%置信区间{median.low:,}至{median.high:,}元，n={median.reports:,}）。",
                f"The median loss is about {median.median:,} CNY (95 % interval {median.low:,} to {median.high:,} CNY, "
                f"n = {median.reports:,}).",
            )
        )
    return lines


def _notes(figures: PaperFigures) -> list[Words]:
    return [
        Words(
            "- 举报由公众自愿提交，不等于案件数，也不能代表全体居民。",
            "- The public reports by choice. Reports are not cases and do not stand for all residents.",
        ),
        Words("- 举报不询问年龄，因此没有年龄数据。", "- Reporters are not asked for their age, so no ages are given."),
        Words(
            f"- 少于{LEAST_CELL}件的单元格不列出；少于{LEAST_FOR_SHARE}件的不计算比例和中位数。",
            f"- Counts below {LEAST_CELL} are withheld. Shares and medians are stated from {LEAST_FOR_SHARE} on.",
        ),
        Words(
            f"- 因集中刷量暂缓受理的举报{figures.held:,}件，未计入。",
            f"- {figures.held:,} reports were held back as floods and are not counted.",
        ),
    ]


def _date_zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _date_en(day: date) -> str:
    return f"{day.day} {day:%b} {day.year}"
