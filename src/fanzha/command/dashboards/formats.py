"""Formatting of figures."""

from django.utils.translation import gettext as _


def percent(share: float | None) -> str:
    """Format a share of 0–1 in percent, None as a dash; a share below 1 is never rounded to 100 %."""
    if share is None:
        return "–"
    whole = min(round(share * 100), 99) if share < 1 else 100
    return _("%(number)d%%") % {"number": whole}
