"""Titles of detectors in the reader's language; an unknown detector is shown by its name."""

import re
from functools import cache, lru_cache
from pathlib import Path

from fanzha.base.words import Words
from fanzha.command.web.i18n import localize
from fanzha.store.state_folder import state_folder

#: Findings that a part of the site makes, and no plug-in.
_OF_THE_SITE = {"public-reports": Words("公众举报", "Public reports")}
_RULE = re.compile(r"[a-z_][a-z0-9_]{0,99}")


def detector_title(name: str) -> str:
    """Return the title of a detector or of a rule of this site's operator, else the name in words."""
    words = _titles().get(name.replace("_", "-")) or _operator_rule_title(name.replace("-", "_"))
    return localize(words) if words else name.replace("_", " ").replace("-", " ")


@cache
def _titles() -> dict[str, Words]:
    from fanzha.detect import all_detectors  # slow import: only when a title is displayed

    return _OF_THE_SITE | {name.replace("_", "-"): detector.title for name, detector in all_detectors().items()}


def _operator_rule_title(name: str) -> Words | None:
    path = state_folder() / "rules" / f"{name}.rule"
    if not _RULE.fullmatch(name) or not path.is_file():
        return None
    return _read_title(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1_000)
def _read_title(path: Path, changed_at: int) -> Words | None:
    """Return the title in a rule's text, None if it is unreadable; `changed_at` is part of the cache key."""
    from fanzha.rules import RuleError, parse

    try:
        title = parse(path.read_text()).rules[0].title
    except (OSError, UnicodeDecodeError, RuleError):
        return None
    return title if title.zh and title.en else None
