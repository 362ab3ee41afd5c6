"""Light, dark, or as the machine has it: kept with the person, and in the session for whoever is not signed in."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

AUTO = "auto"
THEMES = {"light": _("Light"), "dark": _("Dark"), AUTO: _("Automatic")}


def request_theme(request: HttpRequest) -> str:
    """Return the look that was chosen; pages of faults may have neither person nor session."""
    user = getattr(request, "user", None)
    session = getattr(request, "session", {})
    chosen = getattr(user, "theme", None) or session.get("theme", AUTO)
    return chosen if chosen in THEMES else AUTO
