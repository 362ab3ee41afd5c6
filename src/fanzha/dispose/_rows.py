"""The rows of signed files: JSON Lines, or CSV for systems that read nothing else; a row a target."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from fanzha.base.words import Words
from fanzha.dispose._answer import Answer
from fanzha.dispose._instruction import Instruction
from fanzha.dispose._wire import AnswerRead, Unreadable, order_keys, read_one

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
)


def order_lines(one: Instruction, undo: Words | None) -> bytes:
    """Return an instruction as one line of JSON."""
    return msgspec.json.encode(order_keys(one, undo)) + b"\n"


def order_csv(one: Instruction, undo: Words | None) -> bytes:
    """Return an instruction as CSV with a header line, a row a target."""
    keys = order_keys(one, undo)
    shared = {
        **{name: keys[name] for name in ORDER_COLUMNS if name in keys},
        **keys["scope"],
        "undo": _yes(keys["undo"]),
        "simulated": _yes(keys["simulated"]),
        "emergency": _yes(keys["emergency"]),
        "basis": " ".join(one.basis),
        "reason_zh": keys["reason"]["zh"],
        "reason_en": keys["reason"]["en"],
    }
    out = io.StringIO()
    writer = csv.DictWriter(out, ORDER_COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({**shared, **target} for target in keys["targets"])
    return out.getvalue().encode()


def read_lines(rows: bytes) -> tuple[Answer, ...]:
    """Return the answers of JSON Lines; raises Unreadable naming the line."""
    decode, found = msgspec.json.Decoder(AnswerRead).decode, []
    for number, line in enumerate(rows.splitlines(), start=1):
        if line.strip():
            try:
                found.append(read_one(decode(line), f"line {number}"))
            except (msgspec.DecodeError, RecursionError) as error:
                raise Unreadable(f"line {number}: {error}") from None
    return tuple(found)


def read_csv(rows: bytes) -> tuple[Answer, ...]:
    """Return the answers of a CSV with a header line; raises Unreadable naming the row."""
    try:
        return tuple(_csv_answers(rows.decode("utf-8-sig")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable(f"not CSV in UTF-8: {error}") from None


def _csv_answers(text: str) -> Iterator[Answer]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    if missing := [name for name in ("leg", "state", "at") if name not in (reader.fieldnames or ())]:
        raise Unreadable(f"column {missing[0]} is missing")
    for row in reader:
        where = f"row {reader.line_num}"
        cells = {name: row.get(name) or "" for name in ANSWER_COLUMNS}
        try:
            yield read_one(msgspec.convert(_answer_keys(cells), AnswerRead), where)
        except msgspec.ValidationError as error:
            raise Unreadable(f"{where}: {error}") from None


def _answer_keys(cells: dict[str, str]) -> dict[str, Any]:
    target = [{"kind": cells["kind"], "value": cells["value"]}] if cells["value"] else []
    proof = {name: cells[f"proof_{name}"] for name in ("kind", "at", "reference", "result")}
    plain: Sequence[str] = ("leg", "state", "at", "reason", "forwarded_to")
    return {
        **{name: cells[name] for name in plain},
        "undo": cells["undo"] in ("yes", "true", "1", "是"),
        "targets": target,
        "proof": proof if proof["kind"] else None,
    }


def _yes(value: bool) -> str:
    return "yes" if value else "no"
