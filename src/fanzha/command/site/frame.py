"""What every page shows around itself: the desk's places, who is signed in, for which organisation."""

from typing import Any

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame's template reads."""
    return {
        "viewer": getattr(request, "viewer", None),
        "organization": getattr(request, "organization", None),
    }
