"""A made-up own model, for tests of how it is stored and used."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.models import Fitted, all_models
from fanzha.models.families.own_model import OwnModelCard, Retention


@dataclass
class Constant(Fitted):
    """A model that gives each text the same score."""

    value: float

    def score(self, table: pa.Table) -> NDArray[np.float64]:
        return np.full(table.num_rows, self.value)

    def save(self, path: Path) -> None:
        np.savez(path, value=self.value)


_SHIPPED = all_models()["message"].card().weights_sha256

OWN_CARD = OwnModelCard(
    name="message", shipped_version="1", shipped_sha256=_SHIPPED, trained_on="2026-11-29", trained_by="甲",
    basis="协议",
    frauds=30, innocents=100, cases_digest="", offset=0.5, figures={}, replaced_figures={}, families=[],
    retention=Retention(0, 0, 0), thresholds={"1pct": 0.5, "0.1pct": 0.9, "alarm": 0.7}, weights_sha256="",
)  # fmt: skip
