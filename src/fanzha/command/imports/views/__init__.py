"""Pages of imports."""

from fanzha.command.imports.views.decision import approving, withdrawing
from fanzha.command.imports.views.detail import detail, listing, rejects_table
from fanzha.command.imports.views.upload import handing_in

__all__ = ["approving", "detail", "handing_in", "listing", "rejects_table", "withdrawing"]
