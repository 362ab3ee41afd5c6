"""Labels of transitions in the reader's language."""

from django import template

from fanzha.command.campaigns.transitions import TRANSITION_WORDS, TransitionKind
from fanzha.command.web.i18n import localize

register = template.Library()


@register.filter
def doing_words(doing: TransitionKind) -> str:
    """Return the label of a transition's button."""
    return localize(TRANSITION_WORDS[doing][0])
