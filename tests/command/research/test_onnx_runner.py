"""What a strange ONNX file may do: it is refused before it is loaded, or stopped in its child."""

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper
from tests.command.research.research_world import (
    FEATURES,
    FIRST,
    endless_model,
    external_model,
    first_column,
    foreign_operator_model,
    good_model,
    huge_model,
    nan_model,
    onnx_file,
)

from fanzha.base.child_process import (
    ChildError,
    ChildLimits,
    ChildOutOfMemory,
    ChildRefusal,
    ChildTimeout,
    stream_from_child,
)
from fanzha.base.child_worker import ChildRefusal as Refused
from fanzha.command.research.onnx_runner import check_model, check_scores, run_onnx

LIMITS = ChildLimits(2 << 30, 2, 20)
ROWS = 40


def scores(folder: Path, body: bytes, limits: ChildLimits = LIMITS) -> np.ndarray:
    """Run a model on rows from 0 to 1 in a child."""
    (folder / "model").write_bytes(body)
    values = np.linspace(0, 1, ROWS * len(FEATURES), dtype="<f4").reshape(ROWS, -1)
    values.tofile(folder / "values")
    paths = (str(folder / "model"), str(folder / "values"))
    output = b"".join(stream_from_child(limits, run_onnx, *paths, ROWS, len(FEATURES)))
    return np.frombuffer(output, "<f4")


def test_a_good_model_scores_every_row_in_order(tmp_path: Path) -> None:
    found = scores(tmp_path, good_model())
    assert len(found) == ROWS and (np.diff(found) > 0).all()


def test_a_model_without_end_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(ChildTimeout):
        scores(tmp_path, endless_model(), ChildLimits(2 << 30, 1, 20))


def test_a_model_that_wants_all_memory_gets_none(tmp_path: Path) -> None:
    with pytest.raises((ChildRefusal, ChildOutOfMemory)) as stopped:
        scores(tmp_path, huge_model())
    assert getattr(stopped.value, "reason", "memory") == "memory"


WRONG = {
    "rows": (onnx_file([helper.make_node("ReduceMax", ["x"], ["y"], keepdims=0)]), "shape"),
    "columns": (onnx_file([helper.make_node("Identity", ["x"], ["y"])]), "shape"),
    "nan": (nan_model(), "nan"),
    "range": (
        onnx_file(
            [helper.make_node("Sub", ["x", "two"], ["all"]), first_column("all")],
            helper.make_tensor("two", TensorProto.FLOAT, [], [2.0]),
            *FIRST,
        ),
        "range",
    ),
    "input": (onnx_file([helper.make_node("Identity", ["x"], ["y"])], columns=9), "input"),
    "no model": (b"no model at all", "unreadable"),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_answer_or_input_of_another_form_is_refused(name: str, tmp_path: Path) -> None:
    body, reason = WRONG[name]
    with pytest.raises(ChildRefusal) as refused:
        scores(tmp_path, body)
    assert refused.value.reason == reason


def test_weights_outside_the_file_are_refused_before_anything_is_read() -> None:
    with pytest.raises(Refused) as refused:
        check_model(external_model("etc/passwd"))
    assert refused.value.reason == "external"


def test_weights_outside_are_found_within_a_loop_too() -> None:
    import onnx

    model = onnx.load_model_from_string(endless_model())
    inner = onnx.load_model_from_string(external_model("etc/passwd")).graph.initializer[0]
    body = next(attribute for attribute in model.graph.node[0].attribute if attribute.name == "body")
    body.g.initializer.append(inner)
    with pytest.raises(Refused) as refused:
        check_model(model.SerializeToString())
    assert refused.value.reason == "external"


def test_a_file_that_is_of_two_formats_at_once_runs_as_the_one_that_was_checked(tmp_path: Path) -> None:
    disguised = b"\x12\x10\x00\x00ORTM" + b"\0" * 10 + good_model()  # a name of the producer, to the parser
    found = scores(tmp_path, disguised)
    assert len(found) == ROWS and (np.diff(found) > 0).all()


def test_operators_of_others_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        check_model(foreign_operator_model())
    assert refused.value.reason == "operators"


def test_a_child_that_dies_is_an_error(tmp_path: Path) -> None:
    with pytest.raises((ChildError, ChildRefusal)):
        scores(tmp_path, good_model(), ChildLimits(48 << 20, 5, 20))


def test_two_columns_are_probabilities_of_two_classes() -> None:
    assert check_scores(np.array([[0.9, 0.1], [0.2, 0.8]], np.float32), 2) == pytest.approx([0.1, 0.8])
