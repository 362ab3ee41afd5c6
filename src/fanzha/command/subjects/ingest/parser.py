"""Parse and validate findings; a finding that cannot be used gets a reason in both languages."""

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from fanzha.base.clock import EARLIEST_MS, LATEST_MS
from fanzha.base.errors import Malformed
from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.claims.finding import OPTIONAL_COLUMNS, Finding, Maturity
from fanzha.command.subjects.canonical import CanonicalValue, canonicalize
from fanzha.command.subjects.evidence_facts import EvidenceFacts, parse_evidence
from fanzha.command.subjects.models import FindingRow

#: A `found_at` further in the future means that the sender's clock is wrong.
MAX_CLOCK_SKEW_MS = 86_400_000
_MAX_LENGTHS = {
    field.name: field.max_length or 0
    for field in FindingRow._meta.concrete_fields
    if field.name in ("detector", "version", "fraud_type", "direction", "service", "ingress")
}
_MAX_EVENT_ID_LENGTH = 200


class FindingIn(Finding, frozen=True, kw_only=True):
    """A finding as it is submitted. `finding_id` is optional; if present, it must match the content.

    Of `maturity`, which files hold in place of `windows_full`, only `windows_not_full` says more than the other fields.
    """

    stated_id: str = msgspec.field(default="", name="finding_id")
    stated_maturity: Maturity | None = msgspec.field(default=None, name="maturity")


class ParsedFinding(NamedTuple):
    """One valid finding; `row` counts from 1 in its file."""

    row: int
    finding_id: str
    finding: Finding
    subject: CanonicalValue
    facts: EvidenceFacts


class RejectedFinding(NamedTuple):
    """One row that was rejected. `stood_there` is an excerpt of it with numbers masked."""

    row: int
    reason: Words
    stood_there: str = ""


class StoredFinding(NamedTuple):
    """A newly stored finding with its owner and subject (primary keys)."""

    owner_pk: int
    subject_pk: int
    parsed: ParsedFinding
    found_at: datetime


class InvalidFinding(Exception):
    """The reason why a row is rejected."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(zh, en)


def reject_finding(row: int, why: Words, stood_there: str) -> RejectedFinding:
    """Return a rejected row with an excerpt of its text; numbers in it are masked."""
    return RejectedFinding(
        row, Words(why.zh[:300], why.en[:300]), mask_numbers(stood_there[:400])[:120].replace("\0", "�")
    )


_decode = msgspec.json.Decoder(FindingIn).decode


def parse_json(row: int, data: bytes, now: int) -> ParsedFinding | RejectedFinding:
    """Parse a finding from a JSON object."""
    try:
        finding = _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        words = Words(f"不是线索：{error}", f"not a finding: {error}")
        return reject_finding(row, words, data[:400].decode("utf-8", "replace"))
    return _validate(row, _with_maturity(finding), finding.stated_id, now)


def _with_maturity(finding: FindingIn) -> FindingIn:
    if finding.stated_maturity is not Maturity.WINDOWS_NOT_FULL:
        return finding
    return msgspec.structs.replace(finding, windows_full=False)


def parse_row(row: int, values: dict[str, Any], now: int) -> ParsedFinding | RejectedFinding:
    """Parse a row of findings.parquet, whose columns have the types of `FINDING_SCHEMA`; null is not written."""
    stated = {name: value for name, value in values.items() if not (value is None and name in OPTIONAL_COLUMNS)}
    try:
        finding = msgspec.convert(stated, FindingIn)
    except msgspec.ValidationError as error:
        return reject_finding(row, Words(f"不是线索：{error}", f"not a finding: {error}"), str(values.get("subject")))
    return _validate(row, _with_maturity(finding), finding.stated_id, now)


def _validate(row: int, finding: Finding, given_id: str, now: int) -> ParsedFinding | RejectedFinding:
    try:
        return ParsedFinding(row, _check_id(finding, given_id), *_check_fields(finding, now))
    except InvalidFinding as unusable:
        return reject_finding(row, unusable.words, finding.subject)
    except Malformed as error:
        return reject_finding(row, Words(f"对象或证据不合规：{error.reason}", error.reason), finding.subject)


def _check_id(finding: Finding, stated: str) -> str:
    computed = finding.finding_id
    if stated not in ("", computed):
        raise InvalidFinding("finding_id 与内容不符", "finding_id does not fit what the finding says")
    return computed


def _check_fields(finding: Finding, now: int) -> tuple[Finding, CanonicalValue, EvidenceFacts]:
    if not 0 <= finding.score <= 1:
        raise InvalidFinding("评分不在 0 与 1 之间", "the score does not lie between 0 and 1")
    if not EARLIEST_MS <= finding.found_at <= now + MAX_CLOCK_SKEW_MS:
        raise InvalidFinding("发现时间不可信", "found_at is before 1990 or in the future")
    if not finding.found_at < finding.valid_until <= LATEST_MS:
        raise InvalidFinding("有效期不可信", "valid_until is not after found_at, or after 2100")
    if finding.holder_from is not None and not EARLIEST_MS <= finding.holder_from <= finding.found_at:
        raise InvalidFinding("持有人起始时间不可信", "holder_from is not before found_at")
    for name, longest in _MAX_LENGTHS.items():
        text = getattr(finding, name)
        if len(text) > longest or "\0" in text:
            raise InvalidFinding(f"字段 {name} 超过 {longest} 个字符", f"{name} has more than {longest} characters")
    if finding.event_ids and (len(finding.event_ids[-1]) > _MAX_EVENT_ID_LENGTH or "\0" in finding.event_ids[-1]):
        raise InvalidFinding("事件编号过长", f"an event id has more than {_MAX_EVENT_ID_LENGTH} characters")
    return finding, canonicalize(finding.subject_kind, finding.subject), parse_evidence(finding.evidence)
