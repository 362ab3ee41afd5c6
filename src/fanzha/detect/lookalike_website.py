"""Websites whose name imitates a protected brand, named with brand and trick (ATF Art. 21, 24, 25)."""

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple, cast

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.brands import BrandTable
from fanzha.brands.match import Matcher
from fanzha.claims import Finding
from fanzha.detect import BatchDetector
from fanzha.detect._lookalike.examples import EXAMPLES
from fanzha.detect._lookalike.explain import LAW, NAME, VERSION, build_finding
from fanzha.detect._lookalike.mentions import SiteMention, find_site_mentions
from fanzha.detect._lookalike.scoring import ScoredNames, Thresholds, score_sites
from fanzha.models.domain import MODEL, FittedDomain

__all__ = ["Comparison", "LookalikeWebsiteDetector", "SiteMention"]


class Comparison(NamedTuple):
    """What names of new sites are: imitations of brands, and names that only mention one."""

    findings: list[Finding]
    mentions: list[SiteMention]


class LookalikeWebsiteDetector(BatchDetector):
    """Matches each host against all brands; domain age, ICP filing, title and name score change the result."""

    name = NAME
    version = VERSION
    title = Words("仿冒网站", "Look-alike website")
    tells = Words(
        "识别名称仿冒受保护品牌的网站，并指明被仿冒的品牌和手法（形近字、拼写、更换后缀、内嵌域名、拼音、客服号码、"
        "伪造gov.cn、中文域名）。域名注册时长、备案、网页标题和名称评分仅用于增减评分。认定对象为域名注册人或托管"
        "租户，不针对整个平台。",
        "This detector finds websites whose name imitates a protected brand. It states the brand and the trick "
        "(look-alike characters, typos, another suffix, a whole domain inside the name, pinyin, service numbers, "
        "forged gov.cn or Chinese names), and the age of the domain, its filing, the page title and the name score "
        "move the result. It names the registrant of the name or the hosting tenant, never a whole service.",
    )
    reads = ("site_seen",)
    law = LAW
    examples = EXAMPLES

    def __init__(self, brands: BrandTable | None = None) -> None:
        """Match against `brands`, by default the shipped table."""
        self._brands = brands

    def with_brands(self, brands: BrandTable) -> "LookalikeWebsiteDetector":
        """Return the detector for `brands`."""
        return LookalikeWebsiteDetector(brands)

    def detect(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Return the imitations of one batch, one finding for each host."""
        return [build_finding(site, batch) for site in self._score(batch).sites]

    def compare(self, batch: pa.RecordBatch) -> Comparison:
        """Return the imitations of a `site_seen` batch, and the other sites whose names mention a brand."""
        scored = self._score(batch)
        findings = [build_finding(site, batch) for site in scored.sites]
        return Comparison(findings, find_site_mentions(self._matcher, scored, batch))

    def _score(self, batch: pa.RecordBatch) -> ScoredNames:
        return score_sites(batch, self._matcher, self._model, self._thresholds)

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self._brands)

    @cached_property
    def _model(self) -> FittedDomain:
        return cast(FittedDomain, MODEL.load())

    @cached_property
    def _thresholds(self) -> Thresholds:
        thresholds = MODEL.card().thresholds
        return Thresholds(thresholds["1pct"], thresholds["0.1pct"])


DETECTOR = LookalikeWebsiteDetector()
LookalikeWebsite = LookalikeWebsiteDetector  # the former name, which the documents showed
