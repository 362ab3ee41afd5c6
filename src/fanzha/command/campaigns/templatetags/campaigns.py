"""What can be done with a campaign, in the reader's language."""

from django import template

from fanzha.command.campaigns.deeds import DOING_WORDS, Doing
from fanzha.command.processes.evidence_form import said

register = template.Library()


@register.filter
def doing_words(doing: Doing) -> str:
    """Return what stands on the button."""
    return said(DOING_WORDS[doing][0])
