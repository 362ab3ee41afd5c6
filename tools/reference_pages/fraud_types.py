"""The taxonomy of fraud: codes, their mapping to other bodies' lists, and the classes of data sets."""

from fanzha.base.fraud_types import DATA_SET_CLASSES, FRAUD_TYPES, INNOCENT, MADE_UP_KINDS, OTHER_LISTS, VERSION
from fanzha.base.words import Words
from reference_pages.markdown import page, table


def fraud_types() -> str:
    """The taxonomy of fraud: codes, their mapping to other bodies' lists, and the classes of data sets."""
    rows = [(f"`{code}`", words.zh, words.en) for code, words in FRAUD_TYPES.items()]
    return page(
        Words(f"诈骗类型（第 {VERSION} 版）", f"Fraud types, version {VERSION}"),
        Words(
            "线索中 `fraud_type` 列的取值。代码不改名、不改义，新版本只增加代码。下列各表给出与其他机构分类的对应关系，"
            "以及训练数据中每一类归入的代码。",
            "What the column `fraud_type` of a finding holds. A code is never renamed and never changes its meaning; a "
            "new version only adds codes. The tables below map the codes to the lists of other bodies, and each class "
            "of the training data to a code.",
        ),
        [table(["code", "中文", "English"], rows), *_other_lists(), *_data_sets()],
    )


def _other_lists() -> list[str]:
    parts = [
        "## Lists of other bodies 与其他机构分类的对应",
        "A code without an entry is not in that list. National case codes do not tell the ways of fraud apart. "
        "没有对应项的，表示该分类中没有这一类；国家案件类别代码不区分诈骗手法。",
    ]
    for name, listed in OTHER_LISTS.items():
        entries = [(f"`{code}`", entry) for code, entry in listed.entries.items()]
        parts += [
            f"### {name}: {listed.name.en} {listed.name.zh}",
            f"{listed.source}",
            table(["code", "entry 对应项"], entries),
        ]
    return parts


def _data_sets() -> list[str]:
    classes = [
        (f"`{name}`", label, f"`{code}`" if code != INNOCENT else "no fraud 非诈骗")
        for name, codes in DATA_SET_CLASSES.items()
        for label, code in codes.items()
    ]
    kinds = [(kind, f"`{code}`") for kind, code in MADE_UP_KINDS.items()]
    return [
        "## Classes of the data sets 训练与评测数据的类别",
        table(["data set", "class", "code"], classes),
        "## Kinds of the made-up texts 虚构文本的类别",
        table(["kind 类别", "code"], kinds),
    ]
