"""Exports and unmaskings as tables, one noun a file."""

from fanzha.command.exports.models.export import PACK, Export, ExportState
from fanzha.command.exports.models.unmasking import Unmasking

__all__ = ["PACK", "Export", "ExportState", "Unmasking"]
