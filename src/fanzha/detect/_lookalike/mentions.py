"""Sites whose names mention a brand without imitating one, in words and in the order in which to look at them."""

from typing import NamedTuple

import msgspec
import numpy as np
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.brands.match import Matcher
from fanzha.brands.mentions import WAYS, Mention, find_mentions
from fanzha.detect._lookalike.scoring import ScoredNames
from fanzha.kinds.website import unicode_host

#: How much a name that resembles those of known scams comes forward.
NAME_SHARE = 0.1


class SiteMention(NamedTuple):
    """A site whose name mentions a brand. It is no finding: `score` only orders mentions among themselves."""

    subject: str
    host: str
    brand: str  # main domain of the brand
    score: float
    sentence_zh: str
    sentence_en: str
    evidence: str
    event_id: str
    seen_at: int


def find_site_mentions(matcher: Matcher, scored: ScoredNames, batch: pa.RecordBatch) -> list[SiteMention]:
    """Return the mentions among the rows of a scored batch that are no imitations."""
    is_other = np.ones(batch.num_rows, np.bool_)
    is_other[[site.row for site in scored.sites]] = False
    mentions = find_mentions(matcher, scored.matches, np.flatnonzero(is_other))
    return [_build(mention, scored, batch) for mention in mentions]


def _build(mention: Mention, scored: ScoredNames, batch: pa.RecordBatch) -> SiteMention:
    row, brand, way = mention.row, mention.brand, WAYS[mention.way]
    host = str(scored.matches.hosts[row].as_py())
    shown, names = unicode_host(host), brand.display_name
    words = Words(
        f"{shown} 的名称提及{names.zh}：{way.zh}。名称本身不说明问题，仅据此查看网页。",
        f"The name {shown} mentions {names.en}: {way.en}. The name alone says nothing; its page is looked at.",
    )
    facts = {
        "host": host,
        "shown": shown,
        "brand": {"domain": brand.domain, "zh": brand.zh, "en": brand.en, "sector": brand.sector},
        "mention": {"name": mention.way, "zh": way.zh, "en": way.en},
        "name_score": round(float(scored.name_scores[row]), 4),
    }
    return SiteMention(
        subject=host[int(scored.matches.answers.registrable[row]) :],
        host=host,
        brand=brand.domain,
        score=round(mention.score + NAME_SHARE * float(scored.name_scores[row]), 4),
        sentence_zh=words.zh,
        sentence_en=words.en,
        evidence=msgspec.json.encode(facts).decode(),
        event_id=str(batch.column("event_id")[row].as_py()),
        seen_at=int(batch.column("occurred_at")[row].as_py()),
    )
