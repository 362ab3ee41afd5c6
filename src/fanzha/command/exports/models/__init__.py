"""Models of exports and unmaskings."""

from fanzha.command.exports.models.export import PACK, Export, ExportState
from fanzha.command.exports.models.unmasking import Unmasking

__all__ = ["PACK", "Export", "ExportState", "Unmasking"]
