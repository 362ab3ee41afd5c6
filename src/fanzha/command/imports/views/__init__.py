"""Pages of imports."""

from fanzha.command.imports.views.handing import handing_in
from fanzha.command.imports.views.settling import approving, withdrawing
from fanzha.command.imports.views.showing import detail, listing, rejects_table

__all__ = ["approving", "detail", "handing_in", "listing", "rejects_table", "withdrawing"]
