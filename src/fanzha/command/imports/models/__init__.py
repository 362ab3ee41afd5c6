"""Models of imports."""

from fanzha.command.imports.models.import_job import ImportJob, ImportState
from fanzha.command.imports.models.mirrored_process import MirroredProcess, MirroredRow
from fanzha.command.imports.models.spared_row import SparedRow

__all__ = ["ImportJob", "ImportState", "MirroredProcess", "MirroredRow", "SparedRow"]
