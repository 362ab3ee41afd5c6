"""The model without reputation needs none of its facts."""

import numpy as np
import pyarrow as pa

from fanzha.models.families.page_features import PAGE_FACTS, REPUTATION
from fanzha.models.page_facts import MODEL


def test_reputation_is_not_looked_at() -> None:
    chance = np.random.default_rng(0)
    columns: dict[str, object] = {f.name: chance.random(20) for f in (*PAGE_FACTS, *REPUTATION)}
    table = pa.table(columns | {"url": [f"https://s{n}.example/a" for n in range(20)]})
    alone = table.drop_columns([f.name for f in REPUTATION])
    assert (MODEL.load().score(table) == MODEL.load().score(alone)).all()
