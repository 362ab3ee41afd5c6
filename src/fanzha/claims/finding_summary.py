"""What a finding says first to its reader: its sentence; of findings stored without one, title and measures."""

import re
from collections.abc import Sequence

from fanzha.base.words import Words

_TITLE_ZH = re.compile(r"规则 [a-z0-9_]+（第 \d+ 版）：(?P<title>.+)", re.DOTALL)
_TITLE_EN = re.compile(r"Rule [a-z0-9_]+, version \d+: (?P<title>.+)", re.DOTALL)
_LIMITS = re.compile(r"(?:（条件：| \(limits: ).*\Z", re.DOTALL)
_MAX_MEASURES = 2


def summarize_finding(sentence: Words, reasons_zh: Sequence[str], reasons_en: Sequence[str]) -> Words:
    """Return the sentence of a finding; without one what its reasons begin with.

    Of a rule without a sentence that is its title and the first measures, without their limits.
    """
    return Words(
        sentence.zh or _summarize_reasons(reasons_zh, _TITLE_ZH, "：", "；"),
        sentence.en or _summarize_reasons(reasons_en, _TITLE_EN, ": ", "; "),
    )


def _summarize_reasons(reasons: Sequence[str], title: re.Pattern[str], colon: str, semicolon: str) -> str:
    if not reasons:
        return ""
    found = title.fullmatch(reasons[0])
    if found is None:
        return reasons[0]
    measures = [_LIMITS.sub("", reason) for reason in reasons[1:] if _LIMITS.search(reason)]
    return found["title"] + (f"{colon}{semicolon.join(measures[:_MAX_MEASURES])}" if measures else "")


def detail_reasons(summary: str, reasons: Sequence[str]) -> Sequence[str]:
    """Return the reasons that stand behind a summary in the same language: all that it does not repeat."""
    return reasons[1:] if reasons and reasons[0] == summary else reasons
