"""Pages of exports and unmaskings."""

from fanzha.command.exports.views.looking import unmask_field, unmask_subject, unmaskings
from fanzha.command.exports.views.taking_out import decision, download, export, exports, new_export

__all__ = ["decision", "download", "export", "exports", "new_export", "unmask_field", "unmask_subject", "unmaskings"]
