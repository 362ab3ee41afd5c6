"""Every source format that is understood."""

from fanzha.base.words import Words
from fanzha.read import all_readers
from reference_pages.markdown import page, table, why


def readers() -> str:
    """Every source format that is understood."""
    rows = [(f"`{r.name}`", r.title.zh, r.title.en, why("read", r)) for r in all_readers().values()]
    return page(
        Words("读取器", "Readers"),
        Words("能读取的来源格式，一种一个文件。", "The source formats that are understood, one file each."),
        [table(["reader", "中文", "English", "why"], rows)],
    )
