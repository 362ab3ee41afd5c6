"""Score a site by its imitation of a brand, the age of its domain, its ICP filing, page title and name score."""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.base.errors import Malformed
from fanzha.brands.match import Matcher, Matches
from fanzha.brands.table import Brand
from fanzha.kinds.website import locate
from fanzha.models.domain import FittedDomain

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

DAY_MS = 86_400_000
NEW_DAYS, YOUNG_DAYS, OLD_DAYS = 30, 90, 1_095
MIN_MATCH, MIN_SCORE = 0.4, 0.5  # lowest strength of a brand match; lowest score of a finding
BAIT_STRENGTH = 0.9


@dataclass(frozen=True)
class Thresholds:
    """Name scores that at most 1 % (`notable`) and 0.1 % (`sufficient`) of innocent names reach (the model's card)."""

    notable: float
    sufficient: float


@dataclass(frozen=True)
class ScoredSite:
    """One site with its score and the facts it is based on."""

    row: int
    matches: Matches
    score: float
    brand: Brand | None  # None: suspected for the name score alone
    strength: float
    name_score: float
    age_days: int | None = None
    icp: str = ""
    title: str = ""
    bait: str = ""  # the brand's host before an @ in the URL
    factors: tuple[str, ...] = field(default=())

    @property
    def host(self) -> str:
        """The canonical host."""
        return str(self.matches.hosts[self.row].as_py())

    @property
    def subject(self) -> str:
        """The registrable domain; under a hosting suffix the tenant's name."""
        return self.host[int(self.matches.answers.registrable[self.row]) :]


class ScoredNames(NamedTuple):
    """The sites of a batch that reach MIN_SCORE, one for each host; matches and name scores of all its rows."""

    sites: list[ScoredSite]
    matches: Matches
    name_scores: NDArray[np.float64]


def score_sites(batch: pa.RecordBatch, matcher: Matcher, model: FittedDomain, thresholds: Thresholds) -> ScoredNames:
    """Return the sites of a `site_seen` batch that reach MIN_SCORE, in order."""
    matches = matcher.match(pc.cast(batch.column("host"), pa.string()))
    name_scores = model.score_matches(matches)
    baits = _baits(batch, matcher)
    sites: dict[str, ScoredSite] = {}
    for row in _candidates(matches, name_scores, thresholds, baits):
        site = _score_site(batch, matches, int(row), float(name_scores[row]), thresholds, baits.get(int(row)))
        if site.score >= MIN_SCORE:
            sites.setdefault(site.host, site)
    return ScoredNames(list(sites.values()), matches, name_scores)


def _candidates(
    matches: Matches, name_scores: NDArray[np.float64], thresholds: Thresholds, baits: dict[int, tuple[Brand, str]]
) -> NDArray[np.intp]:
    answers = matches.answers
    imitates = (answers.brand >= 0) & (answers.score >= MIN_MATCH)
    # The name score alone does not suffice for tenants of hosting services: lists of innocent sites have too few.
    by_name_score = (name_scores >= thresholds.sufficient) & (answers.owner < 0) & ~answers.hosting
    has_bait = np.zeros(len(name_scores), np.bool_)
    has_bait[list(baits)] = True
    return np.flatnonzero((imitates | by_name_score | has_bait) & (answers.registrable >= 0))


def _score_site(
    batch: pa.RecordBatch,
    matches: Matches,
    row: int,
    name_score: float,
    thresholds: Thresholds,
    bait: tuple[Brand, str] | None,
) -> ScoredSite:
    answers = matches.answers
    brand = matches.brand(row) if answers.score[row] >= MIN_MATCH else None
    strength = float(answers.score[row]) if brand else 0.0
    if bait and strength < BAIT_STRENGTH:
        brand, strength = bait[0], BAIT_STRENGTH
    site = ScoredSite(
        row=row,
        matches=matches,
        score=MIN_SCORE + 0.2 * (name_score - thresholds.sufficient) / max(1 - thresholds.sufficient, 1e-9),
        brand=brand,
        strength=strength,
        name_score=name_score,
        age_days=_age_days(batch, row),
        icp=_text(batch, "icp", row),
        title=_text(batch, "title", row),
        bait=bait[1] if bait else "",
    )
    if brand is None:
        return site
    factors = _factors(site, brand, name_score >= thresholds.notable)
    score = strength
    for factor in factors:
        score = 1 - (1 - score) * RAISES[factor] if factor in RAISES else score * LOWERS[factor]
    return replace(site, score=min(0.99, score), factors=factors)


#: Factors on 1 - score, and on the score.
RAISES = {"new": 0.5, "young": 0.75, "name": 0.8, "title": 0.6}
LOWERS = {"old": 0.8, "filed": 0.8}


def _factors(site: ScoredSite, brand: Brand, is_notable: bool) -> tuple[str, ...]:
    age = site.age_days if site.age_days is not None else YOUNG_DAYS
    names = [name for name in (brand.zh, *brand.aliases) if not name.isascii()]
    present = {
        "new": age < NEW_DAYS,
        "young": NEW_DAYS <= age < YOUNG_DAYS,
        "name": is_notable,
        "title": any(name in site.title for name in names),
        "old": age >= OLD_DAYS,
        "filed": bool(site.icp),
    }
    return tuple(name for name, is_present in present.items() if is_present)


def _age_days(batch: pa.RecordBatch, row: int) -> int | None:
    registered = batch.column("registered_at")[row].as_py()
    if registered is None:
        return None
    return max(0, int(batch.column("occurred_at")[row].as_py() - registered) // DAY_MS)


def _text(batch: pa.RecordBatch, column: str, row: int) -> str:
    return str(batch.column(column)[row].as_py() or "").strip()


def _baits(batch: pa.RecordBatch, matcher: Matcher) -> dict[int, tuple[Brand, str]]:
    """Return brand and user part of the rows whose URL has a brand's host before an @, which browsers ignore."""
    urls = pc.fill_null(batch.column("url"), "")
    rows = np.flatnonzero(pc.match_substring_regex(urls, r"://[^/?#]*\.[^/?#]*@").to_numpy(zero_copy_only=False))
    users = {int(row): user for row in rows if (user := _user(urls[int(row)].as_py()))}
    matches = matcher.match(pa.array(list(users.values()), pa.string()))
    owners = [(row, matches.owner(index), user) for index, (row, user) in enumerate(users.items())]
    return {row: (owner, user) for row, owner, user in owners if owner is not None}


def _user(url: str) -> str:
    try:
        return locate(url).user.partition(":")[0].lower()
    except Malformed:
        return ""
