"""Is this page phishing, from its URL and what a crawler found on it, without look-ups of its domain (task 3)?"""

from typing import ClassVar

from fanzha.base.words import Words
from fanzha.models._boosted import Feature
from fanzha.models._page_features import FOUND
from fanzha.models._page_model import PageModel


class PageFacts(PageModel):
    """Boosted trees on URL and page facts."""

    name: ClassVar[str] = "page-facts"
    title: ClassVar[Words] = Words("钓鱼网页（不看外部信誉）", "phishing page, without outside reputation")
    found: ClassVar[tuple[Feature, ...]] = FOUND


MODEL = PageFacts()
