"""Rows of signed files: JSON Lines, or CSV with one row per target for systems that cannot read JSON."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from fanzha.base.csv_cells import plain_cell
from fanzha.base.words import Words
from fanzha.dispose._answer import Answer
from fanzha.dispose._instruction import Instruction
from fanzha.dispose._wire import AnswerMessage, UnreadableAnswer, order_payload, parse_answer

ORDER_COLUMNS = (
    "undo",
    "order",
    "leg",
    "action",
    "kind",
    "value",
    "holder_from",
    "direction",
    "service",
    "ingress",
    "fraud_type",
    "issuer",
    "receiver",
    "given_at",
    "until",
    "answer_by",
    "basis",
    "reason_zh",
    "reason_en",
    "simulated",
    "emergency",
    "renewal",
)
ANSWER_COLUMNS = (
    "leg",
    "state",
    "at",
    "undo",
    "kind",
    "value",
    "reason",
    "forwarded_to",
    "proof_kind",
    "proof_at",
    "proof_reference",
    "proof_result",
    "fields",
    "number",
)


def encode_jsonl(instruction: Instruction, undo: Words | None) -> bytes:
    """Return an instruction as one line of JSON."""
    return msgspec.json.encode(order_payload(instruction, undo)) + b"\n"


def encode_csv(instruction: Instruction, undo: Words | None) -> bytes:
    """Return an instruction as CSV with a header line and one row per target.

    Reasons are escaped for spreadsheets. Values are not, since systems act on them as they are.
    """
    payload = order_payload(instruction, undo)
    shared = {
        **{name: payload[name] for name in ORDER_COLUMNS if name in payload},
        **payload["scope"],
        "undo": _yes_no(payload["undo"]),
        "simulated": _yes_no(payload["simulated"]),
        "emergency": _yes_no(payload["emergency"]),
        "basis": " ".join(instruction.basis),
        "reason_zh": plain_cell(payload["reason"]["zh"]),
        "reason_en": plain_cell(payload["reason"]["en"]),
    }
    out = io.StringIO()
    writer = csv.DictWriter(out, ORDER_COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({**shared, **target} for target in payload["targets"])
    return out.getvalue().encode()


def parse_jsonl(rows: bytes) -> tuple[Answer, ...]:
    """Parse answers from JSON Lines; raise UnreadableAnswer with the line number."""
    decode, answers = msgspec.json.Decoder(AnswerMessage).decode, []
    for number, line in enumerate(rows.splitlines(), start=1):
        if line.strip():
            try:
                answers.append(parse_answer(decode(line), f"line {number}"))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                raise UnreadableAnswer(f"line {number}: {error}") from None
    return tuple(answers)


def parse_csv(rows: bytes) -> tuple[Answer, ...]:
    """Parse answers from CSV with a header line; raise UnreadableAnswer with the row number."""
    try:
        return tuple(_csv_answers(rows.decode("utf-8-sig")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableAnswer(f"not CSV in UTF-8: {error}") from None


def _csv_answers(text: str) -> Iterator[Answer]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    if missing := [name for name in ("leg", "state", "at") if name not in (reader.fieldnames or ())]:
        raise UnreadableAnswer(f"column {missing[0]} is missing")
    for row in reader:
        position = f"row {reader.line_num}"
        cells = {name: row.get(name) or "" for name in ANSWER_COLUMNS}
        try:
            yield parse_answer(msgspec.convert(_answer_fields(cells), AnswerMessage), position)
        except msgspec.ValidationError as error:
            raise UnreadableAnswer(f"{position}: {error}") from None


def _answer_fields(cells: dict[str, str]) -> dict[str, Any]:
    target = [{"kind": cells["kind"], "value": cells["value"]}] if cells["value"] else []
    proof = {name: cells[f"proof_{name}"] for name in ("kind", "at", "reference", "result")}
    text_fields: Sequence[str] = ("leg", "state", "at", "reason", "forwarded_to")
    return {
        **{name: cells[name] for name in text_fields},
        "undo": cells["undo"] in ("yes", "true", "1", "是"),
        "targets": target,
        "proof": proof if proof["kind"] else None,
        "fields": _json_object(cells["fields"]),
        "number": _whole_number(cells["number"]),
    }


def _json_object(cell: str) -> Any:
    """Return the fields of an answer from a cell with a JSON object."""
    try:
        return msgspec.json.decode(cell) if cell else {}
    except msgspec.DecodeError as error:
        raise msgspec.ValidationError(f"fields: {error}") from None


def _whole_number(cell: str) -> int | None:
    try:
        return int(cell) if cell else None
    except ValueError:
        raise msgspec.ValidationError(f"number: {cell[:40]!r} is no whole number") from None


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"
