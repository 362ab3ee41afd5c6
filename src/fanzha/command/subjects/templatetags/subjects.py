"""Levels, police cases and types of fraud as words with their signs, in the reader's language."""

from django import template

from fanzha.claims.finding import MATURITY_WORDS, ROLE_WORDS, Maturity, SubjectRole
from fanzha.claims.verdict import CASE_WORDS
from fanzha.command.subjects import presenters
from fanzha.command.subjects.detector_titles import detector_title
from fanzha.command.subjects.models import OpinionRow, PoliceCase
from fanzha.command.subjects.timeline import opinion_reason
from fanzha.command.web.components import Badge
from fanzha.command.web.i18n import localize

register = template.Library()
register.filter("detector_words", detector_title)
register.filter("level_badge", presenters.level_badge)
register.filter("fraud_words", presenters.fraud_type_title)
register.filter("kind_words", presenters.kind_title)


@register.filter
def case_badge(case: PoliceCase) -> Badge:
    """Return the title of a police case status."""
    return Badge(localize(CASE_WORDS[case.case]), "shield")


@register.filter
def role_words(role: str) -> str:
    """Return what the subject of a finding is in it."""
    return localize(ROLE_WORDS[SubjectRole(role)])


@register.filter
def maturity_words(maturity: str) -> str:
    """Return how far a finding may be relied on."""
    return localize(MATURITY_WORDS[Maturity(maturity)])


@register.filter
def reason_words(row: OpinionRow) -> str:
    """Return the reason of an opinion."""
    return opinion_reason(row)
