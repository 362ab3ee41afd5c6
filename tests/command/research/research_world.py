"""A carrier with an agreement with a partner, ONNX models made on the spot, and findings that people decided on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import onnx
from django.utils import timezone
from onnx import TensorProto, helper
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.research.models import ModelState, PartnerModel, ResearchAgreement
from fanzha.command.research.services import (
    AgreementDraft,
    ModelDraft,
    approve_agreement,
    decide_model,
    record_agreement,
    submit_model,
)
from fanzha.command.subjects.models import Subject
from fanzha.command.subjects.services import OpinionDraft, give_opinions
from fanzha.command.web.roles import Role

FEATURES = ("findings", "top_score", "calls")


def agreement_draft(**changes: Any) -> AgreementDraft:
    """Return an agreement for models and tables, with changes."""
    values: dict[str, Any] = {
        "number": "R-2026-1",
        "document": "signed.pdf",
        "document_sha256": "a" * 64,
        "purpose": "research on call fraud",
        "valid_until": timezone.now() + timedelta(days=300),
        "allows_models": True,
        "allows_tables": True,
    }
    return AgreementDraft(**values | changes)


def agreement_of(world: World, **changes: Any) -> ResearchAgreement:
    """Let the carrier record an agreement with the partner, and another person approve it."""
    row = record_agreement(world["partner"], agreement_draft(**changes), world.viewer("carrier", Role.LIAISON))
    approve_agreement(row, world.viewer("carrier", Role.REVIEWER))
    row.refresh_from_db()
    return row


def onnx_file(nodes: list[Any], *initializers: Any, columns: int = len(FEATURES), output: str = "y") -> bytes:
    """Return an ONNX file with an input `x` [n, columns] and a float output."""
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", columns])
    result = helper.make_tensor_value_info(output, TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "made up", [given], [result], list(initializers))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    body: bytes = model.SerializeToString()
    return body


def good_model(column: int = 1) -> bytes:
    """Return a model whose score is one column between 0 and 1."""
    weights = [1.0 if place == column else 0.0 for place in range(len(FEATURES))]
    tensor = helper.make_tensor("w", TensorProto.FLOAT, [len(FEATURES), 1], weights)
    zero = helper.make_tensor("zero", TensorProto.FLOAT, [], [0.0])
    one = helper.make_tensor("one", TensorProto.FLOAT, [], [1.0])
    nodes = [helper.make_node("MatMul", ["x", "w"], ["z"]), helper.make_node("Clip", ["z", "zero", "one"], ["y"])]
    return onnx_file(nodes, tensor, zero, one)


def endless_model() -> bytes:
    """Return a model that loops practically for ever."""
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), helper.make_node("Cos", ["before"], ["after"])],
        "body",
        [
            helper.make_tensor_value_info("step", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("before", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("after", TensorProto.FLOAT, None),
        ],
    )
    steps = helper.make_tensor("steps", TensorProto.INT64, [], [2**62])
    true = helper.make_tensor("true", TensorProto.BOOL, [], [True])
    return onnx_file([helper.make_node("Loop", ["steps", "true", "x"], ["y"], body=body)], steps, true)


def huge_model() -> bytes:
    """Return a model that asks for a tensor of 400 GB."""
    shape = helper.make_tensor("shape", TensorProto.INT64, [1], [100_000_000_000])
    axes = helper.make_tensor("axes", TensorProto.INT64, [1], [0])
    nodes = [
        helper.make_node("ConstantOfShape", ["shape"], ["all"]),
        helper.make_node("ReduceSum", ["all", "axes"], ["sum"]),
        helper.make_node("Add", ["x", "sum"], ["y"]),
    ]
    return onnx_file(nodes, shape, axes)


def external_model(path: str) -> bytes:
    """Return a model whose weights are said to be a file of this machine."""
    tensor = helper.make_tensor("w", TensorProto.FLOAT, [len(FEATURES), 1], [0.0] * len(FEATURES))
    tensor.ClearField("float_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=path)
    return onnx_file([helper.make_node("MatMul", ["x", "w"], ["y"])], tensor)


def foreign_operator_model() -> bytes:
    """Return a model with an operator that a library of the partner's would bring."""
    model = onnx.load_model_from_string(onnx_file([helper.make_node("Own", ["x"], ["y"], domain="partner.example")]))
    model.opset_import.append(helper.make_opsetid("partner.example", 1))
    body: bytes = model.SerializeToString()
    return body


def nan_model() -> bytes:
    """Return a model whose scores are no numbers."""
    zero = helper.make_tensor("zero", TensorProto.FLOAT, [], [0.0])
    nodes = [helper.make_node("Mul", ["x", "zero"], ["z"]), helper.make_node("Div", ["z", "z"], ["all"])]
    return onnx_file([*nodes, first_column("all")], zero, *FIRST)


def first_column(name: str) -> Any:
    """Return the node that takes the first column as the output."""
    return helper.make_node("Slice", [name, "from", "to", "axis"], ["y"])


FIRST = (
    helper.make_tensor("from", TensorProto.INT64, [1], [0]),
    helper.make_tensor("to", TensorProto.INT64, [1], [1]),
    helper.make_tensor("axis", TensorProto.INT64, [1], [1]),
)


def model_draft(body: bytes = b"", **changes: Any) -> ModelDraft:
    """Return an ONNX model, with changes."""
    values: dict[str, Any] = {
        "name": "call model",
        "version": "1",
        "licence": "Apache-2.0",
        "transport": "onnx",
        "kind": "phone_number",
        "valid_until": timezone.now() + timedelta(days=100),
        "features": FEATURES,
        "body": body,
    }
    return ModelDraft(**values | changes)


def model_of(world: World, agreement: ResearchAgreement, body: bytes = b"ONNX", **changes: Any) -> PartnerModel:
    """Let the partner submit a model."""
    return submit_model(agreement, model_draft(body, **changes), world.viewer("partner", Role.ANALYST))


def approved_model(world: World, body: bytes, **changes: Any) -> PartnerModel:
    """Return a model in shadow: it is taken as tried, and the carrier's reviewer approves it."""
    row = model_of(world, agreement_of(world), body, **changes)
    PartnerModel._base_manager.filter(pk=row.pk).update(state=ModelState.CHECKED)
    row.refresh_from_db()
    decide_model(row, world.viewer("carrier", Role.REVIEWER), approve=True)
    row.refresh_from_db()
    return row


def number_of(place: int) -> str:
    """Return a made-up number."""
    return f"+861700{place:07d}"


def found(world: World, place: int, owner: str = "carrier", **changes: Any) -> Subject:
    """Return a number that an organisation has a finding on, of this minute."""
    row = subject(number_of(place))
    values: dict[str, Any] = {"found_at": timezone.now() - timedelta(hours=1), "simulated": True}
    finding_row(world[owner], row, **values | changes)
    return row


def decide(world: World, rows: list[Subject], level: Level, owner: str = "carrier") -> None:
    """Let an analyst decide on subjects."""
    draft = OpinionDraft(level, score=1.0, fraud_type="", reason=Words("核实", "checked"))
    give_opinions(rows, draft, world.viewer(owner, Role.ANALYST), timezone.now())
