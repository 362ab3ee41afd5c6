"""Ask the HTTP endpoint of a partner's container for scores; runs in a child process with limits.

Loaded by its file alone. No redirect is followed and no proxy is used: requests go only to the address that the
operator listed. The network of the container is the responsibility of its operator.
"""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from fanzha.base.child_worker import ChildRefusal

ARROW_TYPE, JSON_TYPE = "application/vnd.apache.arrow.stream", "application/json"
ROWS = 10_000
MAX_ANSWER_BYTES = 4 * 1024 * 1024
#: Seconds that one batch may take.
BATCH_SECONDS = 60.0
_BLOCK = 65_536


def ask_endpoint(url: str, encoding: str, names: list[str], values_path: str, rows: int) -> Iterator[bytes]:
    """Yield the scores of rows x names (float32, row by row in a file) as float32. Raise ChildRefusal.

    `encoding` is json or arrow. A request has the columns by name; the answer has `scores`, one for each row.
    """
    import numpy as np

    values = np.fromfile(values_path, "<f4").reshape(rows, len(names))
    for start in range(0, rows, ROWS):
        batch = values[start : start + ROWS]
        scores = _ask(url, encoding, names, batch)
        if scores.ndim != 1 or len(scores) != len(batch):
            raise ChildRefusal("shape")
        if not np.isfinite(scores).all():
            raise ChildRefusal("nan")
        if len(scores) and (scores.min() < -1e-6 or scores.max() > 1 + 1e-6):
            raise ChildRefusal("range")
        yield np.clip(scores, 0.0, 1.0).astype("<f4").tobytes()


def _ask(url: str, encoding: str, names: list[str], batch: Any) -> Any:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=BATCH_SECONDS)
    ends = time.monotonic() + BATCH_SECONDS
    media = ARROW_TYPE if encoding == "arrow" else JSON_TYPE
    try:
        body = _encode(encoding, names, batch)
        connection.request("POST", parts.path or "/", body, {"Content-Type": media, "Accept": media})
        plug = connection.sock
        with closing(connection.getresponse()) as answer:
            if answer.status != 200:
                raise ChildRefusal("status")
            return _decode(encoding, _read(answer, plug, ends))
    except TimeoutError:
        raise ChildRefusal("time") from None
    except (OSError, HTTPException):
        raise ChildRefusal("unreachable") from None
    finally:
        connection.close()


def _read(answer: HTTPResponse, plug: socket.socket, ends: float) -> bytes:
    """Return the body; one that is too long, or that comes too slowly, is refused."""
    data = bytearray()
    while not answer.isclosed():  # the last byte closes it, and since Python 3.12 the socket with it
        left = ends - time.monotonic()
        if left <= 0:
            raise ChildRefusal("time")
        plug.settimeout(left)
        block = answer.read1(_BLOCK)
        if not block:
            break
        data += block
        if len(data) > MAX_ANSWER_BYTES:
            raise ChildRefusal("size")
    return bytes(data)


def _encode(encoding: str, names: list[str], batch: Any) -> bytes:
    if encoding == "json":
        return json.dumps({"columns": names, "rows": batch.astype("f8").round(6).tolist()}).encode()
    import pyarrow as pa

    table = pa.table({name: batch[:, place] for place, name in enumerate(names)})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _decode(encoding: str, body: bytes) -> Any:
    import numpy as np

    try:
        if encoding == "json":
            return np.array([_number(value) for value in json.loads(body)["scores"]], np.float64)
        import pyarrow as pa

        with pa.ipc.open_stream(body) as reader:
            column = reader.read_all()["scores"].combine_chunks()
        return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)
    except Exception:
        raise ChildRefusal("answer") from None


def _number(value: object) -> float:
    """Return a number of JSON. Raise ValueError for anything else; true is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("no number")
    return float(value)
