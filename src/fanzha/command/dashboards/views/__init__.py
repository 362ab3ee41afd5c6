"""Pages of dashboards."""

from fanzha.command.dashboards.views.home import home
from fanzha.command.dashboards.views.oversight import province, urge, wall

__all__ = ["home", "province", "urge", "wall"]
