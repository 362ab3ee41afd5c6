"""Is this page phishing, from its URL, what a crawler found on it, and what others say of its domain (task 3)?"""

from typing import ClassVar

from fanzha.base.words import Words
from fanzha.models._boosted import Feature
from fanzha.models._model import Model
from fanzha.models._page_features import FOUND, REPUTATION
from fanzha.models._page_model import PageModel
from fanzha.models.page_facts import MODEL as WITHOUT_REPUTATION


class WholePage(PageModel):
    """Boosted trees on URL, page facts and reputation."""

    name: ClassVar[str] = "page"
    title: ClassVar[Words] = Words("钓鱼网页", "phishing page")
    found: ClassVar[tuple[Feature, ...]] = (*FOUND, *REPUTATION)

    def variants(self) -> tuple[tuple[Words, Model], ...]:
        """Return the fit that knows nothing of the domain's reputation."""
        return ((Words("不看外部信誉数据", "without outside reputation"), WITHOUT_REPUTATION),)


MODEL = WholePage()
