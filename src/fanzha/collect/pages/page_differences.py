"""What personas got differently. A page that hides itself from some visitors is cloaked.

Only three things count as hiding: a form for secrets that others do not get, another site, and an error or an empty
page for some. Pages made for telephones differ too; that alone hides nothing.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations
from urllib.parse import urlsplit

from fanzha.collect.pages.page_facts import SECRETS, registered_domain
from fanzha.store.look_record import PageDifference, PersonaVisit

KINDS = ("asks", "site", "status", "text", "download")
#: Texts that share less than this part of their word pairs are different.
LIKE_TEXT = 0.3
_ENOUGH_CHARACTERS = 60


def compare_visits(visits: Iterable[PersonaVisit]) -> tuple[PageDifference, ...]:
    """Return the differences of all pairs of complete visits; what a limit ended early is not compared."""
    complete = [
        visit for visit in visits if visit.dom and visit.ended_by in ("", "time") and urlsplit(visit.final_url).hostname
    ]
    return tuple(found for pair in combinations(complete, 2) for found in _compare(*pair))


def _compare(first: PersonaVisit, second: PersonaVisit) -> list[PageDifference]:
    found = []

    def add(kind: str, detail: str, cloaks: bool) -> None:
        found.append(PageDifference(kind, first.persona, second.persona, detail[:300], cloaks))

    if (one := SECRETS & set(first.asks)) != (other := SECRETS & set(second.asks)):
        add("asks", f"{', '.join(sorted(one)) or '–'} / {', '.join(sorted(other)) or '–'}", not one or not other)
    sites = [registered_domain(urlsplit(visit.final_url).hostname or "") for visit in (first, second)]
    if sites[0] != sites[1]:
        add("site", " / ".join(sites), True)
    elif (first.status < 400) != (second.status < 400):
        add("status", f"{first.status} / {second.status}", True)
    elif bool(first.text) != bool(second.text) and max(len(first.text), len(second.text)) > _ENOUGH_CHARACTERS:
        add("text", "an empty page", True)
    elif (likeness := compare_texts(first.text, second.text)) < LIKE_TEXT:
        add("text", f"{likeness:.2f}", False)
    if bool(first.downloads) != bool(second.downloads):
        add("download", f"{len(first.downloads)} / {len(second.downloads)}", True)
    return found


def compare_texts(first: str, second: str) -> float:
    """Return the share of common pairs of characters of two texts (Jaccard), 1 for two short ones."""
    if len(first) < _ENOUGH_CHARACTERS and len(second) < _ENOUGH_CHARACTERS:
        return 1.0
    one, other = _pairs(first), _pairs(second)
    return len(one & other) / len(one | other) if one | other else 1.0


def _pairs(text: str) -> set[Sequence[str]]:
    folded = "".join(text.lower().split())[:20_000]
    return {folded[index : index + 3] for index in range(len(folded) - 2)}
