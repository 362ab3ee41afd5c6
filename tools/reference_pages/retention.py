"""How long each table of the site keeps its rows, by which law."""

import os

from fanzha.base.words import Words
from fanzha.run.component import SETTINGS
from reference_pages.markdown import page, table


def retention() -> str:
    """Every class of retention with its laws, and every table with its class."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()
    return page(
        Words("留存期限", "Retention"),
        Words(
            "每张数据表的类别、法律依据、上下限与默认天数。《个人信息保护法》第十九条要求保存期限为实现处理目的所必要的最短时间，未规定天数；上限为本平台在此原则下的规则。",
            "The class of each table, the laws, floor, ceiling and default in days. PIPL Art. 19 asks for the shortest "
            "time that the purpose needs and gives no number; the ceilings are this platform's rule within it.",
        ),
        [
            "## Classes 类别",
            table(
                ["class", "类别", "English", "floor 下限", "law 依据", "ceiling 上限", "law 依据", "default 默认"],
                _classes(),
            ),
            "## Tables 数据表",
            table(["table", "数据表", "English", "class", "what ends its rows 何时删除"], _tables()),
        ],
    )


def _classes() -> list[list[str]]:
    from fanzha.command.privacy.retention_classes import retention_classes
    from fanzha.command.privacy.retention_settings import bases_text

    rows = []
    for name, limits in retention_classes().items():
        floor, ceiling = bases_text(limits.floor_basis), bases_text(limits.ceiling_basis)
        laws = [f"{law.zh} {law.en}" for law in (floor, ceiling)]
        days = [str(value or "–") for value in (limits.floor_days, limits.ceiling_days, limits.default_days)]
        rows.append([f"`{name}`", *limits.title, days[0], laws[0], days[1], laws[1], days[2]])
    return rows


def _tables() -> list[list[str]]:
    from fanzha.command.privacy.retention_classes import KEEPS_WORDS, table_retentions

    rows = []
    for label, found in table_retentions().items():
        ends = KEEPS_WORDS[found.keeps]
        of = f" (`{found.parent or found.job}`)" if found.parent or found.job else ""
        rows.append([f"`{label}`", *found.title, f"`{found.class_name}`", f"{ends.zh} {ends.en}{of}"])
    return rows
