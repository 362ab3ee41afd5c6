"""Every kind of thing watched."""

from fanzha.base.words import Words
from fanzha.kinds import all_kinds
from reference_pages.markdown import page, table, why


def kinds() -> str:
    """Every kind of thing watched."""
    head = ["kind", "中文", "English", "STIX 2.1", "MISP", "why"]
    rows = [(f"`{k.name}`", k.title.zh, k.title.en, k.stix, k.misp, why("kinds", k)) for k in all_kinds().values()]
    return page(
        Words("对象类型", "Kinds"),
        Words("被观察的对象类型，一种一个文件。", "The kinds of thing that are watched, one file each."),
        [table(head, rows)],
    )
