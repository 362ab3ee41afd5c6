"""STIX patterns that name values: `[domain-name:value = 'shop.example']`, several joined by AND within and OR between.

Patterns that look at time, repetition or parts of values say more than a verdict on a subject can; they are not used.
The parser looks at each character once, so that no pattern takes long.
"""

import re
from collections.abc import Iterable, Mapping

#: The longest pattern that is read, and the most subjects of one.
MAX_LENGTH = 65_536
MAX_ALTERNATIVES = 1_000
_PATH = r"[a-z0-9-]{1,250}:[A-Za-z0-9_.\[\]*'-]{1,250}"
_TOKEN = re.compile(
    rf"\s*(?:(?P<term>(?P<path>{_PATH})\s*=\s*(?:'(?P<text>(?:[^'\\]|\\['\\])*)'|(?P<number>\d{{1,18}})))"
    r"|(?P<open>\[)|(?P<close>\])|(?P<word>AND|OR)\b)\s*"
)


def write_pattern(terms: Mapping[str, str]) -> str:
    """Return the pattern that all terms hold."""
    return f"[{' AND '.join(f'{path} = {_literal(path, value)}' for path, value in terms.items())}]"


def parse_pattern(pattern: str) -> list[dict[str, str]]:
    """Return the terms of each alternative of a pattern; [] if the pattern says anything else than values.

    Within brackets, either all terms are joined by AND or all by OR.
    """
    alternatives: list[dict[str, str]] = []
    group: list[tuple[str, str]] = []
    joint, expects, is_open, position = "", "open", False, 0
    if len(pattern) > MAX_LENGTH:
        return []
    while position < len(pattern):
        token = _TOKEN.match(pattern, position)
        if token is None or not _fits(token, expects, is_open):
            return []
        position = token.end()
        if token["open"]:
            is_open, expects, group, joint = True, "term", [], ""
        elif token["term"]:
            group.append((token["path"], token["number"] or _unescape(token["text"] or "")))
            expects = "joint"
        elif token["close"]:
            is_open, expects = False, "joint"
            alternatives += [dict([term]) for term in group] if joint == "OR" else [dict(group)]
            if (joint != "OR" and len(dict(group)) < len(group)) or len(alternatives) > MAX_ALTERNATIVES:
                return []
        else:
            if is_open and joint not in ("", token["word"]):
                return []
            joint = token["word"] if is_open else joint
            expects = "term" if is_open else "open"
    return [] if is_open or expects != "joint" else alternatives


def _fits(token: "re.Match[str]", expects: str, is_open: bool) -> bool:
    if token["open"]:
        return expects == "open"
    if token["term"]:
        return expects == "term"
    if token["close"]:
        return is_open and expects == "joint"
    return expects == "joint" and (is_open or token["word"] == "OR")


def _literal(path: str, value: str) -> str:
    if path == "autonomous-system:number":
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def split_path(path: str) -> tuple[str, list[str]]:
    """Return the object type of a path, and the names of its properties, without quotes."""
    type_, _, rest = path.partition(":")
    return type_, [part.strip("'") for part in _split_properties(rest)]


def _split_properties(rest: str) -> Iterable[str]:
    """Split at the dots that are in no quotes, as `hashes.'SHA-256'`."""
    return re.findall(r"'[^']*'|[^.]+", rest)
