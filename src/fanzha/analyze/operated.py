"""Detectors as an operator runs them: with the brands and the numbering tables of the state folder."""

from collections.abc import Mapping

from fanzha.base.ids import digest
from fanzha.brands.table import shipped
from fanzha.detect import Detector
from fanzha.store.brands import own_brands
from fanzha.store.numbering_tables import numbering_tables, tables_digest


def operated(detectors: Mapping[str, Detector]) -> Mapping[str, Detector]:
    """Return the detectors for what the operator keeps; the same ones where nothing is kept."""
    if own := own_brands():
        brands = shipped().joined(own)
        detectors = {name: one.protecting(brands) for name, one in detectors.items()}
    if any(tables := numbering_tables()):
        detectors = {name: one.numbered_by(tables) for name, one in detectors.items()}
    return detectors


def operated_key() -> str:
    """Return a digest of what the operator keeps: a run with other brands or tables is another run."""
    return digest(repr(own_brands()), tables_digest())
