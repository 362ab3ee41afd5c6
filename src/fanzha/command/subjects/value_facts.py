"""What a value alone tells, without any finding and without telling the value: range, region, operator, suffix."""

from fanzha.base.errors import Malformed
from fanzha.command.processes.evidence_form import said
from fanzha.command.web.components import Fact
from fanzha.kinds import all_kinds

#: A fact in which so many of the last characters stand tells the value.
_TELLING = 6


def facts_of(kind: str, value: str) -> list[Fact]:
    """Return what a canonical value tells by itself; facts that repeat it are left out, for it is shown masked."""
    known = all_kinds().get(kind)
    if known is None:
        return []
    try:
        told = known.describe(value)
    except Malformed:
        return []
    end = _plain(value)[-_TELLING:]
    return [Fact(said(one.title), said(one.words)) for one in told if end not in _plain(one.words.en + one.words.zh)]


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text))
