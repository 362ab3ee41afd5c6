"""Phishing pages, classified by URL, page facts, and reputation of the domain (task 3)."""

from typing import ClassVar

from fanzha.base.words import Words
from fanzha.models._model import Model
from fanzha.models.families.boosted_trees import Feature
from fanzha.models.families.page_features import PAGE_FACTS, REPUTATION
from fanzha.models.families.page_model import PageModel
from fanzha.models.page_facts import MODEL as WITHOUT_REPUTATION


class WholePage(PageModel):
    """Boosted trees on URL, page facts and reputation."""

    name: ClassVar[str] = "page"
    title: ClassVar[Words] = Words("钓鱼网页", "phishing page")
    page_features: ClassVar[tuple[Feature, ...]] = (*PAGE_FACTS, *REPUTATION)

    def variants(self) -> tuple[tuple[Words, Model], ...]:
        """Return the variant without the reputation of the domain."""
        return ((Words("不看外部信誉数据", "without outside reputation"), WITHOUT_REPUTATION),)


MODEL = WholePage()
