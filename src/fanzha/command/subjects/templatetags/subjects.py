"""Levels, police cases and types of fraud as words with their signs, in the reader's language."""

from django import template
from django.utils.translation import gettext as _

from fanzha.claims.evidence import OPINION
from fanzha.claims.finding import MATURITY_WORDS, ROLE_WORDS, Maturity, SubjectRole
from fanzha.claims.opinion import SCORES
from fanzha.claims.verdict import CASE_WORDS, Level
from fanzha.command.subjects import presenters
from fanzha.command.subjects.detector_titles import detector_title
from fanzha.command.subjects.models import OpinionRow, PoliceCase
from fanzha.command.subjects.timeline import opinion_reason
from fanzha.command.web.components import Badge
from fanzha.command.web.i18n import localize
from fanzha.store.verdict_settings import load_verdict_settings

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
def trust_words(row: OpinionRow) -> str:
    """Return how an opinion of another organisation is weighed: how sure it is, times the trust in its source."""
    policy = load_verdict_settings().policy
    trust = policy.trust_in(OPINION, row.owner.ref)
    score = SCORES[Level(row.level)] if row.score is None else row.score
    return _("weight %(weight).2f: score %(score).2f × trust in the source %(trust).2f") % {
        "weight": score * trust,
        "score": score,
        "trust": trust,
    }


@register.filter
def reason_words(row: OpinionRow) -> str:
    """Return the reason of an opinion."""
    return opinion_reason(row)
