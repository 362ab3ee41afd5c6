"""The Python interface: read files or frames, find suspects, follow folders, backtest rules, look values up.

Every function is thin over what the command line runs, with the same settings of the state folder (`FANZHA_HOME`), and
raises `FanzhaError` with what to do. A frame is any object with the Arrow PyCapsule interface (`__arrow_c_stream__`:
pyarrow, polars, pandas 2.2 and later, DuckDB) or the older interchange protocol (`__dataframe__`). Tables that are
returned are pyarrow tables, which those libraries take without a copy. Moments are UTC milliseconds in columns; as
arguments they are ISO 8601 texts or aware datetimes.
"""

from fanzha.api._frames import Frame
from fanzha.api.analysis import Analysis, analyze, list_detectors, load_findings, to_findings
from fanzha.api.backtests import Backtest, backtest, parse_rules, replay
from fanzha.api.reading import event_tables, inspect, lookup, read
from fanzha.api.watching import watch
from fanzha.base.errors import FanzhaError, NothingUsable, UsageError
from fanzha.claims import Finding
from fanzha.rules import Rule, RuleError

__all__ = [
    "Analysis",
    "Backtest",
    "FanzhaError",
    "Finding",
    "Frame",
    "NothingUsable",
    "Rule",
    "RuleError",
    "UsageError",
    "analyze",
    "backtest",
    "event_tables",
    "inspect",
    "list_detectors",
    "load_findings",
    "lookup",
    "parse_rules",
    "read",
    "replay",
    "to_findings",
    "watch",
]
