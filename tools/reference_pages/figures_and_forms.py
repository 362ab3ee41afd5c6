"""The key figures, the numbers from outside and the statutory forms, from their definitions."""

import os
from collections.abc import Iterable

from fanzha.base.words import Words
from fanzha.run.component import SETTINGS
from reference_pages.markdown import page, table


def figures_and_forms() -> str:
    """Every figure with formula, unit, interval and pair; every number from outside; every form with its fields."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()
    return page(
        Words("指标与报表", "Figures and forms"),
        Words(
            "每项指标的公式、单位、区间、对照指标与版本，外部统计数，各报表的项目与来源。[用法](../../how-to/report-figures.md)。",
            "Formula, unit, interval, pair and version of each figure, the numbers from outside, and the fields of "
            "each form with their sources. [Report figures](../../how-to/report-figures.md) says how they are used.",
        ),
        [
            "## Key figures 指标",
            _figures(is_kpi=True),
            "## Counts of forms 报表计数",
            _figures(is_kpi=False),
            "## Numbers from outside 外部统计数",
            _outside_numbers(),
            *_forms(),
        ],
    )


def _figures(*, is_kpi: bool) -> str:
    from fanzha.command.statistics.definitions import UNIT_WORDS, load_figures

    rows = [
        [
            f"`{figure.name}`", figure.version, f"{figure.title.zh} {figure.title.en}",
            f"{figure.formula.zh}<br>{figure.formula.en}", UNIT_WORDS[figure.unit].joined() or "count",
            figure.interval or "–", f"`{figure.pair}`" if figure.pair else "–", figure.minimum,
        ]
        for figure in load_figures().values()
        if figure.is_kpi is is_kpi
    ]  # fmt: skip
    head = ["figure", "version", "title 名称", "formula 公式", "unit 单位", "interval 区间", "pair 对照", "least n"]
    return table(head, rows).replace("&lt;br>", "<br>")


def _outside_numbers() -> str:
    from fanzha.command.statistics.definitions import load_outside_numbers

    rows = [
        [f"`{number.name}`", number.title.zh, number.title.en, number.about.en, "level" if number.is_stock else "sum"]
        for number in load_outside_numbers().values()
    ]
    return table(["number", "名称", "English", "what it is", "months"], rows)


def _forms() -> list[str]:
    from fanzha.command.statistics.form_definitions import FormField, load_forms

    def source(field: FormField) -> str:
        if field.percent_of:
            return f"{field.percent_of[0]} / {field.percent_of[1]}"
        return (
            f"`{field.figure}` {field.part}" if field.figure else f"`{field.outside}`" if field.outside else "entered"
        )

    parts = []
    for form in load_forms().values():
        rows = [
            [
                f"`{field.name}`",
                *map(_name, zip(field.heading, field.title, strict=True)),
                _name(field.unit),
                source(field),
            ]
            for field in form.fields.values()
        ]
        parts.append(f"## {form.title.en} {form.title.zh}")
        parts.append(f"`{form.name}`, version {form.version}")
        parts.append(table(["field", "项目", "English", "unit 单位", "source 来源"], rows))
    return parts


def _name(words: Iterable[str]) -> str:
    return " ".join(filter(None, words))
