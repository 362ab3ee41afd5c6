"""Hear of the outcomes of warnings that `fanzha deliver` sent."""

from fanzha.command.exposures.exposure_warnings import record_outcome

__all__ = ["record_outcome"]
