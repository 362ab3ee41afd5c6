"""Phishing pages, classified by URL and page facts, without look-ups of the domain (task 3)."""

from typing import ClassVar

from fanzha.base.words import Words
from fanzha.models.families.boosted_trees import Feature
from fanzha.models.families.page_features import PAGE_FACTS
from fanzha.models.families.page_model import PageModel


class PageFacts(PageModel):
    """Boosted trees on URL and page facts."""

    name: ClassVar[str] = "page-facts"
    title: ClassVar[Words] = Words("钓鱼网页（不看外部信誉）", "phishing page, without outside reputation")
    page_features: ClassVar[tuple[Feature, ...]] = PAGE_FACTS


MODEL = PageFacts()
