"""Weigh what is known of a site: how it imitates a brand, how old its name is, its filing, title and name score."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.base.errors import Malformed
from fanzha.brands.match import Matcher, Matches
from fanzha.brands.table import Brand
from fanzha.kinds.website import locate
from fanzha.models.domain import Domain

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

DAY_MS = 86_400_000
NEW_DAYS, YOUNG_DAYS, OLD_DAYS = 30, 90, 1_095
WEAK, ALERT = 0.4, 0.5  # brand match looked at; score of a finding
BAIT_STRENGTH = 0.9


@dataclass(frozen=True)
class Thresholds:
    """Name scores that at most 1 % and 0.1 % of innocent names reach (the model's card)."""

    notable: float
    telling: float


@dataclass(frozen=True)
class Site:
    """One site worth telling, with what was weighed."""

    row: int
    matches: Matches
    score: float
    brand: Brand | None  # None: the name score alone
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
        """The domain somebody registered; under a hosting suffix the tenant's name."""
        return self.host[int(self.matches.answers.registrable[self.row]) :]


def weigh(batch: pa.RecordBatch, matcher: Matcher, model: Domain, thresholds: Thresholds) -> list[Site]:
    """Return the sites of a batch of site_seen that reach a finding, one for each host, in order."""
    matches = matcher.match(pc.cast(batch.column("host"), pa.string()))
    names = model.score_matches(matches)
    baits = _baits(batch, matcher)
    sites: dict[str, Site] = {}
    for row in _worth_a_look(matches, names, thresholds, baits):
        site = _site(batch, matches, int(row), float(names[row]), thresholds, baits.get(int(row)))
        if site.score >= ALERT:
            sites.setdefault(site.host, site)
    return list(sites.values())


def _worth_a_look(
    matches: Matches, names: NDArray[np.float64], thresholds: Thresholds, baits: dict[int, tuple[Brand, str]]
) -> NDArray[np.intp]:
    told = matches.answers
    imitates = (told.brand >= 0) & (told.score >= WEAK)
    # A tenant of a hosting service is not accused for its name alone: lists of innocent sites hold too few of them.
    alone = (names >= thresholds.telling) & (told.owner < 0) & ~told.hosting
    baited = np.zeros(len(names), np.bool_)
    baited[list(baits)] = True
    return np.flatnonzero((imitates | alone | baited) & (told.registrable >= 0))


def _site(
    batch: pa.RecordBatch,
    matches: Matches,
    row: int,
    name_score: float,
    thresholds: Thresholds,
    bait: tuple[Brand, str] | None,
) -> Site:
    told = matches.answers
    brand = matches.brand(row) if told.score[row] >= WEAK else None
    strength = float(told.score[row]) if brand else 0.0
    if bait and strength < BAIT_STRENGTH:
        brand, strength = bait[0], BAIT_STRENGTH
    site = Site(
        row=row,
        matches=matches,
        score=ALERT + 0.2 * (name_score - thresholds.telling) / max(1 - thresholds.telling, 1e-9),
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


#: What is left of the doubt, and of the score, when a fact is known.
RAISES = {"new": 0.5, "young": 0.75, "name": 0.8, "title": 0.6}
LOWERS = {"old": 0.8, "filed": 0.8}


def _factors(site: Site, brand: Brand, notable: bool) -> tuple[str, ...]:
    age = site.age_days if site.age_days is not None else YOUNG_DAYS
    names = [name for name in (brand.zh, *brand.aliases) if not name.isascii()]
    held = {
        "new": age < NEW_DAYS,
        "young": NEW_DAYS <= age < YOUNG_DAYS,
        "name": notable,
        "title": any(name in site.title for name in names),
        "old": age >= OLD_DAYS,
        "filed": bool(site.icp),
    }
    return tuple(name for name, true in held.items() if true)


def _age_days(batch: pa.RecordBatch, row: int) -> int | None:
    registered = batch.column("registered_at")[row].as_py()
    if registered is None:
        return None
    return max(0, int(batch.column("occurred_at")[row].as_py() - registered) // DAY_MS)


def _text(batch: pa.RecordBatch, column: str, row: int) -> str:
    return str(batch.column(column)[row].as_py() or "").strip()


def _baits(batch: pa.RecordBatch, matcher: Matcher) -> dict[int, tuple[Brand, str]]:
    """Return the rows whose URL shows a brand's own host before an @, which browsers do not go to."""
    urls = pc.fill_null(batch.column("url"), "")
    rows = np.flatnonzero(pc.match_substring_regex(urls, r"://[^/?#]*\.[^/?#]*@").to_numpy(zero_copy_only=False))
    shown = {int(row): user for row in rows if (user := _user(urls[int(row)].as_py()))}
    matches = matcher.match(pa.array(list(shown.values()), pa.string()))
    owners = [(row, matches.owner(place), user) for place, (row, user) in enumerate(shown.items())]
    return {row: (owner, user) for row, owner, user in owners if owner is not None}


def _user(url: str) -> str:
    try:
        return locate(url).user.partition(":")[0].lower()
    except Malformed:
        return ""
