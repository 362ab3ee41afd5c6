"""The desks' pages."""

from fanzha.command.desks.views.home import home
from fanzha.command.desks.views.oversight import province, urge, wall

__all__ = ["home", "province", "urge", "wall"]
