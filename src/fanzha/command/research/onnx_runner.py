"""Run an ONNX file of a stranger; runs in a child process with limits. Loaded by its file alone: no site is imported.

Only operators of the ONNX standard pass, none that a library of the partner's would bring, and no tensor in a file
outside: such a file could be any of this machine.
"""

import ctypes
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from fanzha.base.child_worker import ChildRefusal

DOMAINS = ("", "ai.onnx", "ai.onnx.ml")
#: Of the IR versions that the runtime is known to read.
MAX_NODES = 200_000
ROWS = 10_000
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_FLOAT = 1  # onnx.TensorProto.FLOAT
_EXTERNAL = 1  # onnx.TensorProto.EXTERNAL


def run_onnx(
    model_path: str, values_path: str, rows: int, columns: int, needs_isolation: bool = False
) -> Iterator[bytes]:
    """Yield the scores of rows x columns (float32, row by row in a file), as float32. Raise ChildRefusal.

    The model takes one float tensor [rows, columns]. It yields one float tensor [rows] or [rows, 1], or [rows, 2] whose
    second column is the probability of fraud; a second output with a class is passed over.
    """
    if not leave_network() and needs_isolation:
        raise ChildRefusal("network")
    import numpy as np

    with open(model_path, "rb") as file:
        body = file.read()
    body = check_model(body)
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    options.add_session_config_entry("session.load_model_format", "ONNX")  # else bytes of the file decide
    try:
        session = onnxruntime.InferenceSession(body, options, providers=["CPUExecutionProvider"])
    except MemoryError:
        raise
    except Exception as error:
        raise ChildRefusal(_reason(error, "unreadable")) from None
    given, outputs = session.get_inputs(), session.get_outputs()
    if len(given) != 1 or given[0].type != "tensor(float)" or not _fits(given[0].shape, columns):
        raise ChildRefusal("input")
    names = [output.name for output in outputs if output.type == "tensor(float)"]
    if not names:
        raise ChildRefusal("output")
    values = np.fromfile(values_path, "<f4").reshape(rows, columns)
    for start in range(0, rows, ROWS):
        batch = values[start : start + ROWS]
        try:
            answer = session.run([names[-1]], {given[0].name: batch})[0]
        except Exception as error:
            raise ChildRefusal(_reason(error, "failed")) from None
        yield check_scores(answer, len(batch)).tobytes()


def check_model(body: bytes) -> bytes:
    """Return a re-encoded model. Refuse a file that is no ONNX model, or needs foreign operators or external files."""
    import onnx

    try:
        model = onnx.load_model_from_string(body)
    except Exception:
        raise ChildRefusal("unreadable") from None
    if any(item.domain not in DOMAINS for item in model.opset_import):
        raise ChildRefusal("operators")
    waiting: list[Any] = [model.graph, *model.functions]
    if model.functions:
        raise ChildRefusal("operators")
    seen = 0
    while waiting:
        graph = waiting.pop()
        tensors = list(graph.initializer) + [part for item in graph.sparse_initializer for part in _parts(item)]
        for node in graph.node:
            seen += 1
            if node.domain not in DOMAINS or seen > MAX_NODES:
                raise ChildRefusal("operators")
            for attribute in node.attribute:
                tensors += [attribute.t, *attribute.tensors]
                tensors += [
                    part for item in (attribute.sparse_tensor, *attribute.sparse_tensors) for part in _parts(item)
                ]
                waiting += [attribute.g, *attribute.graphs]
        if any(tensor.data_location == _EXTERNAL or tensor.external_data for tensor in tensors):
            raise ChildRefusal("external")
    written: bytes = model.SerializeToString()
    return written


def check_scores(answer: Any, rows: int) -> Any:
    """Return scores as float32 of one dimension. Refuse another shape or type, and what is no number in 0-1."""
    import numpy as np

    if not isinstance(answer, np.ndarray) or answer.dtype.kind != "f" or not answer.ndim or answer.shape[0] != rows:
        raise ChildRefusal("shape")
    if answer.ndim == 2 and answer.shape[1] in (1, 2):
        answer = answer[:, -1]
    if answer.ndim != 1:
        raise ChildRefusal("shape")
    if not np.isfinite(answer).all():
        raise ChildRefusal("nan")
    if len(answer) and (answer.min() < -1e-6 or answer.max() > 1 + 1e-6):
        raise ChildRefusal("range")
    return np.clip(answer, 0.0, 1.0).astype("<f4")


def leave_network() -> bool:
    """Move this process to a network namespace without any interface; return whether the kernel allows it."""
    with suppress(OSError, AttributeError):
        return bool(ctypes.CDLL(None, use_errno=True).unshare(_NEW_USER | _NEW_NETWORK) == 0)
    return False


def _parts(sparse: Any) -> tuple[Any, Any]:
    return sparse.values, sparse.indices


def _fits(shape: list[Any], columns: int) -> bool:
    """Return whether a declared input takes any number of rows of so many columns."""
    return len(shape) == 2 and not isinstance(shape[0], int) and (not isinstance(shape[1], int) or shape[1] == columns)


def _reason(error: Exception, usual: str) -> str:
    """Return the reason of a failure; the runtime reports a failed allocation as any other."""
    text = str(error)
    return "memory" if "bad_alloc" in text or "Failed to allocate" in text else usual
