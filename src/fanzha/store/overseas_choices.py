"""Which subscribers refuse calls from abroad, or have them announced: `tables/overseas_choices.parquet`.

The site writes it whole, and the snapshot for the screens is made of it. Columns: `key` (the number as snapshots have
it, uint64), `announced` (bool), `exceptions` (list of uint64). The file is private: it lists subscribers.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa

from fanzha.base.errors import UsageError
from fanzha.claims.snapshot_format.lists import OverseasChoices
from fanzha.store.private_files import write_private_file
from fanzha.store.state_folder import state_folder

_COLUMNS: dict[str, pa.DataType] = {
    "key": pa.uint64(),
    "announced": pa.bool_(),
    "exceptions": pa.list_(pa.uint64()),
}
_SCHEMA = pa.schema(_COLUMNS)


def load_overseas_choices(folder: Path | None = None) -> OverseasChoices | None:
    """Return the choices, None if the site has never written any. Raise UsageError for another file."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    path = _path(folder)
    if not path.is_file():
        return None
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        if not file.schema_arrow.equals(_SCHEMA):
            raise UsageError(f"{path} has other columns", fix="remove it; the site writes it again")
        table = file.read()
    keys = table["key"].to_numpy()
    has_exceptions = np.flatnonzero(pc.list_value_length(table["exceptions"]).to_numpy())
    numbers = table["exceptions"].take(has_exceptions).to_pylist()
    return OverseasChoices(
        keys,
        np.asarray(table["announced"].to_numpy(), np.bool_),
        {key: list(excepted or ()) for key, excepted in zip(keys[has_exceptions].tolist(), numbers, strict=True)},
    )


def write_overseas_choices(choices: OverseasChoices, folder: Path | None = None) -> bool:
    """Write the choices; return whether they differ from what was there."""
    import pyarrow.parquet as pq

    exceptions = [list(choices.exceptions.get(key, ())) for key in choices.keys.tolist()]
    columns = [choices.keys, choices.announced, pa.array(exceptions, pa.list_(pa.uint64()))]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns, schema=_SCHEMA), sink, write_page_checksum=True)
    data, path = sink.getvalue().to_pybytes(), _path(folder)
    if path.is_file() and path.read_bytes() == data:
        return False
    write_private_file(path, data)
    return True


def _path(folder: Path | None) -> Path:
    return (folder or state_folder()) / "tables" / "overseas_choices.parquet"
