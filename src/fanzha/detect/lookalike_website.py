"""Websites whose name imitates a protected brand, named with brand and trick (Art. 21, 24, 25; task 3)."""

from collections.abc import Iterable
from functools import cached_property
from typing import cast

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.brands import BrandTable
from fanzha.brands.match import Matcher
from fanzha.claims import Finding
from fanzha.detect._detector import BatchDetector
from fanzha.detect._lookalike.examples import EXAMPLES
from fanzha.detect._lookalike.telling import LAW, NAME, VERSION, finding
from fanzha.detect._lookalike.weighing import Thresholds, weigh
from fanzha.models.domain import MODEL, Domain


class LookalikeWebsite(BatchDetector):
    """Matches each host against all brands; age, filing, title and the name score move the result."""

    name = NAME
    version = VERSION
    title = Words("仿冒网站", "look-alike website")
    tells = Words(
        "名称仿冒受保护品牌的网站，指出被仿品牌和手法（形近字、拼写、换后缀、内嵌域名、拼音、客服号码、伪造gov.cn、中文域名）；"
        "域名年龄、备案、标题和名称评分只作增减。只针对注册人或托管租户，从不针对整个平台。",
        "Sites whose name imitates a protected brand, with the brand and the trick (look-alikes, typos, another "
        "suffix, a whole domain inside, pinyin, service numbers, forged gov.cn, Chinese names); age, filing, title and "
        "name score move the result. Meant is who registered the name or the hosting tenant, never a whole service.",
    )
    reads = ("site_seen",)
    law = LAW
    examples = EXAMPLES

    def __init__(self, brands: BrandTable | None = None) -> None:
        """Protect these brands, by default those that come with the package."""
        self._brands = brands

    def protecting(self, brands: BrandTable) -> "LookalikeWebsite":
        """Return the detector for an operator's table of brands."""
        return LookalikeWebsite(brands)

    def detect(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Find imitations in one batch; a host is told once a batch."""
        return [finding(site, batch) for site in weigh(batch, self._matcher, self._model, self._thresholds)]

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self._brands)

    @cached_property
    def _model(self) -> Domain:
        return cast(Domain, MODEL.load())

    @cached_property
    def _thresholds(self) -> Thresholds:
        told = MODEL.card().thresholds
        return Thresholds(told["1pct"], told["0.1pct"])


DETECTOR = LookalikeWebsite()
