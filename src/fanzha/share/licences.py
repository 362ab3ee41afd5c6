"""Whether the licence of a source forbids to pass on what it states. Licences are free texts of both languages."""

import re
import unicodedata

#: What a licence may say by itself, so that nobody has to interpret it.
FORBIDDEN_TERM = "no-passing-on"
_PASS_ON = r"(?:re-?)?(?:distribut\w*|shar(?:e|ed|ing)|disclos\w*|forward\w*|publish\w*|pass(?:ed|ing)?[ -]on|resale)"
_ENGLISH = re.compile(
    rf"{FORBIDDEN_TERM}"
    rf"|\b(?:no|not|never|without|prohibit\w*|forbid\w*|forbidden)\b[\w ,-]{{0,40}}\b{_PASS_ON}\b"
    rf"|\b{_PASS_ON}\b[\w ,-]{{0,40}}\b(?:is|are)? ?(?:not (?:allowed|permitted)|prohibited|forbidden)\b"
    r"|\binternal(?: use| purposes)?(?: only)?\b|\bown use only\b|\bconfidential\b|\ball rights reserved\b"
    r"|\bcc[ -]by(?:-nc)?-nd\b|\bno ?deriv"
)
_CHINESE = re.compile(
    r"(?:不得|禁止|不可|不允许|严禁|不准|请勿)[^。；]{0,20}(?:转供|转发|转让|转售|再分发|分发|传播|共享|外传|对外|公开|提供给第三方|向第三方)"
    r"|仅(?:限|供)[^。；]{0,12}(?:内部|本单位|自用|本机构|自身)|内部使用|保留所有权利"
)


def forbids_passing_on(licence: str) -> bool:
    """Return whether a licence forbids to pass on what comes under it; one that says nothing of it does not."""
    text = " ".join(unicodedata.normalize("NFKC", licence).casefold().split())
    return bool(_ENGLISH.search(text) or _CHINESE.search(text))
