"""What can be done with a campaign, in the reader's language."""

from django import template

from fanzha.command.campaigns.transitions import DOING_WORDS, Doing
from fanzha.command.web.i18n import localize

register = template.Library()


@register.filter
def doing_words(doing: Doing) -> str:
    """Return what stands on the button."""
    return localize(DOING_WORDS[doing][0])
