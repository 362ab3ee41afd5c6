"""What schemathesis is told of the site: bodies of lines and files, and parameters of things that are really there."""

import json
import os
import re
from pathlib import Path
from typing import Any

import schemathesis

#: Address up to a parameter -> what the site has there (tests/command/access/owning.py).
REAL: dict[str, str] = json.loads(Path(os.environ["FANZHA_REAL_PARAMETERS"]).read_text("utf-8"))
WHOLE = (
    "application/x-ndjson",
    "message/rfc822",
    "text/csv",
    "application/vnd.apache.parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)


@schemathesis.serializer(*WHOLE)
def as_it_is(context: Any, value: Any) -> bytes:
    """Return a body as bytes."""
    if isinstance(value, bytes):
        return value
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text.encode("utf-8", "surrogatepass")


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Let half of what is drawn be about something real."""
    if not path_parameters or len(repr(path_parameters)) % 2:
        return path_parameters
    address = context.operation.path
    real = {found[1]: REAL.get(address[: found.end()]) for found in re.finditer(r"\{(\w+)\}", address)}
    return {name: real.get(name) or value for name, value in path_parameters.items()}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Let no request revoke the key that asks: numbers of keys are learnt from answers."""
    address = f"{case.operation.path.partition('}')[0]}}}"
    if address.endswith("/keys/{number}") and case.path_parameters:
        case.path_parameters["number"] = REAL[address]
