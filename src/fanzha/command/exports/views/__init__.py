"""Pages of exports and unmaskings."""

from fanzha.command.exports.views.looking import unmask_evidence_file, unmask_field, unmask_subject, unmaskings
from fanzha.command.exports.views.taking_out import decision, download, export, exports, new_export

__all__ = [
    "decision",
    "download",
    "export",
    "exports",
    "new_export",
    "unmask_evidence_file",
    "unmask_field",
    "unmask_subject",
    "unmaskings",
]
