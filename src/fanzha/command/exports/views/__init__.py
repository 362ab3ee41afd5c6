"""Pages of exports and unmaskings."""

from fanzha.command.exports.views.exports import decision, download, export, exports, new_export
from fanzha.command.exports.views.unmasking import unmask_evidence_file, unmask_field, unmask_subject, unmaskings

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
