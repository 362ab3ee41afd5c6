"""Every fraud type that a finding can carry."""

from fanzha.base.words import Words
from fanzha.claims.fraud_type import FRAUD_TYPES, VERSION
from reference_pages.markdown import page, table


def fraud_types() -> str:
    """Every fraud type that a finding can carry."""
    rows = [(f"`{code}`", words.zh, words.en) for code, words in FRAUD_TYPES.items()]
    return page(
        Words(f"诈骗类型（第 {VERSION} 版）", f"Fraud types, version {VERSION}"),
        Words("线索中 `fraud_type` 列的取值。", "What the column `fraud_type` of a finding holds."),
        [table(["code", "中文", "English"], rows)],
    )
