"""The draft of a white paper states what was counted, with units and intervals, in both languages."""

from tests.command.education.test_paper_figures import figures

from fanzha.command.education.models import EducationItem, EducationVersion
from fanzha.command.education.paper_text import draft_paper
from fanzha.command.education.text_checks import find_faults


def test_the_draft_states_figures_with_intervals_and_n() -> None:
    draft = draft_paper(figures())
    assert draft.slug == "white-paper-20261001-20261031"
    assert "- Phone calls: 120 reports" in draft.body_en and "- 电话：120件" in draft.body_zh
    assert "80 % (95 % interval 71.1 to 86.7 %, n = 100)" in draft.body_en and "n=100" in draft.body_zh
    assert "withheld (few reports)" in draft.body_en and "未列出（数量过少）" in draft.body_zh
    assert "82,000 CNY in all" in draft.body_en and "no ages are given" in draft.body_en


def test_the_draft_can_be_submitted_as_it_is() -> None:
    draft = draft_paper(figures())
    item = EducationItem(kind=draft.kind, audience="everybody")
    assert find_faults(item, EducationVersion(item=item, number=1, **draft.texts)) == []


def test_a_quiet_period_says_so() -> None:
    draft = draft_paper(figures(total=0, paid=0, categories={}, fraud_types={}, checked=0, confirmed=0, losses=[]))
    assert "There is nothing in this period." in draft.body_en and "Too few reports name a loss" in draft.body_en
