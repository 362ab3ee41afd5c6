"""The theme: light, dark or automatic, stored for the person, or in the session of anonymous visitors."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

AUTO = "auto"
THEMES = {"light": _("Light"), "dark": _("Dark"), AUTO: _("Automatic")}


def request_theme(request: HttpRequest) -> str:
    """Return the chosen theme. Requests of error pages may have neither person nor session."""
    user = getattr(request, "user", None)
    session = getattr(request, "session", {})
    chosen = getattr(user, "theme", None) or session.get("theme", AUTO)
    return chosen if chosen in THEMES else AUTO
