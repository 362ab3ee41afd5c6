"""Figures as people read them."""

from django.utils.translation import gettext as _


def percent(share: float | None) -> str:
    """Return a share of 0–1 in percent; a dash where there is none. Nothing is called 100 % that is not all."""
    if share is None:
        return "–"
    whole = min(round(share * 100), 99) if share < 1 else 100
    return _("%(number)d%%") % {"number": whole}
