"""Whether the licence of a source allows to pass its statements on. Licences are free texts of both languages.

An empty licence allows it, and so does a known permission without a prohibition. Other texts do not.
"""

import re
import unicodedata

#: Machine-readable terms of a licence.
FORBIDDEN_TERM, ALLOWED_TERM = "no-passing-on", "passing-on-allowed"
_PASS_ON = (
    r"(?:re-?)?(?:distribut\w*|shar(?:e|ed|ing)|disclos\w*|forward\w*|publish\w*|pass(?:ed|ing)?[ -]on|resale"
    r"|transfer\w*|provided|made available|cop(?:y|ied))"
)
_ENGLISH_FREE = re.compile(
    rf"{ALLOWED_TERM}|\bcc0\b|\bcc[ -]by(?:-sa)?\b(?!-n)|\bodbl\b|\bopen database licen[cs]e\b|\bpublic domain\b"
    rf"|\b(?:may|can) be (?:freely |further )?{_PASS_ON}|\bfree to {_PASS_ON}"
    rf"|\b{_PASS_ON} (?:is )?(?:allowed|permitted)\b"
    r"|\btlp:(?:clear|white|green)\b"
)
_ENGLISH_FORBIDDEN = re.compile(
    rf"{FORBIDDEN_TERM}"
    rf"|\b(?:no|not|never|without|cannot|can't|don't|prohibit\w*|forbid\w*|forbidden)\b[\w ,-]{{0,40}}\b{_PASS_ON}\b"
    rf"|\b{_PASS_ON}\b[\w ,-]{{0,40}}\b(?:is|are)? ?(?:not (?:allowed|permitted)|prohibited|forbidden)\b"
    r"|\binternal\b|\bown use\b|\bconfiden\w*|\ball rights reserved\b|\bonly\b|\bthird part"
    r"|\bcc[ -]by(?:-nc)?(?:-sa)?-nd\b|\bno ?deriv|\btlp:(?:red|amber)"
)
_CHINESE_FREE = re.compile(
    r"(?:可以?|允许|准许)(?:自由|免费)?(?:转供|转发|转载|分发|再分发|传播|共享|对外提供)|cc0|公有领域"
)
_CHINESE_FORBIDDEN = re.compile(
    r"不得|禁止|不可|不允许|严禁|不准|请勿|切勿|仅限|仅供|只限|只供|限[^。；]{0,8}(?:成员|会员)|内部|保密|保留所有权利|未经"
)


def allows_passing_on(licence: str) -> bool:
    """Return whether a licence allows to pass on what comes under it: it is empty, or says so and forbids nothing."""
    text = " ".join(unicodedata.normalize("NFKC", licence).casefold().replace("\u2019", "'").split())
    if not text:
        return True
    if _ENGLISH_FORBIDDEN.search(text) or _CHINESE_FORBIDDEN.search(text):
        return False
    return bool(_ENGLISH_FREE.search(text) or _CHINESE_FREE.search(text))
