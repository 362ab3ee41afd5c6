"""Facts of a page come from columns or from the map of an event, and what is missing is not-a-number."""

import numpy as np
import pyarrow as pa

from fanzha.events.site_seen import EVENT
from fanzha.models.families.page_features import PAGE_FACTS, REPUTATION, read_features


def test_columns_and_map_give_the_same_facts() -> None:
    wanted = PAGE_FACTS[:3]
    columns = pa.table({wanted[0].name: [1, None], wanted[1].name: [2.0, float("inf")], "other": [9, 9]})
    kept = [[(wanted[0].name, 1.0), (wanted[1].name, 2.0)], [(wanted[1].name, float("inf"))]]
    mapped = pa.table({"page_facts": pa.array(kept, EVENT.column("page_facts").type)})
    expected = [[1, 2, np.nan], [np.nan, np.nan, np.nan]]
    assert np.array_equal(read_features(columns, wanted), expected, equal_nan=True)
    assert np.array_equal(read_features(mapped, wanted), expected, equal_nan=True)


def test_a_row_without_facts_has_none() -> None:
    table = pa.table({"page_facts": pa.array([None, []], EVENT.column("page_facts").type)})
    assert np.isnan(read_features(table, PAGE_FACTS)).all()
    assert read_features(table.slice(0, 0), PAGE_FACTS).shape == (0, len(PAGE_FACTS))


def test_facts_have_names_of_their_own_in_both_languages() -> None:
    every = (*PAGE_FACTS, *REPUTATION)
    for names in ([f.name for f in every], [f.title.zh for f in every], [f.title.en for f in every]):
        assert len(names) == len(set(names))
