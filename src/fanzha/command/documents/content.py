"""Build what a document states, in one language: no personal, internal or hidden evidence, and the subject masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.command.documents.models import IssuedDocument
from fanzha.command.organizations.selectors import organizations_by_ref, people_by_ref
from fanzha.command.processes.selectors import (
    as_list,
    display_value,
    find_notice,
    find_steps,
    mask_subject,
    select_named_organizations,
    step_fields,
)
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.scoping import unscoped
from fanzha.processes.documents import DOCUMENT_NAMES, DocumentType, format_number
from fanzha.processes.evidence import EvidenceField, FieldType
from fanzha.processes.legal_basis import legal_basis_words
from fanzha.processes.parties import PartyRole

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.processes.models import OutboxItem, ProcessInstance, SubjectNotice
    from fanzha.processes.process import Event

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

#: Subjects that a document names; the others are counted.
MAX_NAMED = 20
_UNSCOPED = unscoped("a document states evidence of earlier steps, whoever gave it")

_INTRODUCTIONS = {
    DocumentType.INSPECTION_RECORD: Words(
        "依据{basis}开展检查，情况记录如下。", "Inspected under {basis}. What was found:"
    ),
    DocumentType.RECTIFICATION_ORDER: Words(
        "经检查，发现下列问题。依据{basis}，责令限期整改，并在期限内报送整改证明。",
        "The inspection found what is stated below. Under {basis} it is to be put right in time, with proof.",
    ),
}
_REMEDIES = {
    DocumentType.RECTIFICATION_ORDER: Words(
        "对本通知有异议的，可以向出具单位陈述、申辩，也可以向其主管部门反映。",
        "You may answer to the organisation that issued this order, or turn to its supervisor.",
    ),
    DocumentType.PROOF_OF_SERVICE: Words(
        "受送达人拒绝签收的，由送达人在备注中注明情况。",
        "If the recipient does not sign, whoever served the document states so under remarks.",
    ),
}
_SIGNATURES = {
    DocumentType.INSPECTION_RECORD: (
        Words("检查人员：", "Inspector: "),
        Words("检查人员：", "Inspector: "),
        Words("被检查单位：", "For those inspected: "),
        Words("日期：", "Date: "),
    ),
    DocumentType.PROOF_OF_SERVICE: (
        Words("受送达人（签名或盖章）：", "Recipient: "),
        Words("日期：", "Date: "),
        Words("送达人：", "Served by: "),
        Words("备注：", "Remarks: "),
    ),
}
_INSPECTED, _CONCERNED = Words("被检查单位", "Inspected"), Words("当事人", "Concerned")
_MATTER, _RECORDED_AT = Words("检查事项", "Matter"), Words("记录时间", "Recorded at")
_BASIS, _UNTIL, _PERIOD = Words("依据", "Basis"), Words("期限至", "Until"), Words("期限", "Period")
_SERVED, _RECIPIENT = Words("送达文书", "Documents served"), Words("受送达人", "Recipient")
_MEANS, _SERVED_AT = Words("送达方式", "Way of service"), Words("送达时间", "Served at")


@dataclass(frozen=True)
class DocumentFacts:
    """What a document rests on: the process, the evidence that it states, the notice, and the documents it serves."""

    document_type: DocumentType
    instance: ProcessInstance
    event: Event
    recipients: Sequence[Organization]
    masked_subjects: Sequence[str]
    fields: Sequence[tuple[EvidenceField, Any]]
    organizations: Mapping[str, Organization]
    people: Mapping[str, str]
    notice: SubjectNotice | None
    served: Sequence[IssuedDocument]


def load_facts(item: OutboxItem, event: Event, document_type: DocumentType) -> DocumentFacts:
    """Return the facts of a document that a step of the item's process produces."""
    instance = item.instance
    fields = _latest_values(instance, event.documents.get(document_type, ()), item.step)
    references = [value for field, given in fields for value in as_list(given)]
    notice_id = item.payload.get("notice")
    return DocumentFacts(
        document_type=document_type,
        instance=instance,
        event=event,
        recipients=select_named_organizations(instance, PartyRole.SUBJECT),
        masked_subjects=_masked_subjects(instance),
        fields=fields,
        organizations=organizations_by_ref({ref["organization"] for ref in references if isinstance(ref, dict)}),
        people={ref: str(person) for ref, person in people_by_ref(_person_refs(fields)).items()},
        notice=find_notice(notice_id) if notice_id else None,
        served=_served(item) if document_type is DocumentType.PROOF_OF_SERVICE else (),
    )


def build_content(facts: DocumentFacts, year: int, number: int, at: datetime, language: Language) -> dict[str, Any]:
    """Return the values of the template in one language; `at` is when the document is issued."""
    writer = _Writer(facts, language)
    return {
        "title": _pick(DOCUMENT_NAMES[facts.document_type].title, language),
        "number": _pick(format_number(facts.document_type, year, number, simulated=facts.instance.simulated), language),
        "issuer": writer.name_of(facts.instance.owner),
        "language": language,
        "region": "cn" if language == "zh" else "gb",
        "reference": f"{_pick(Words('流程编号', 'Process'), language)} {facts.instance.ref}",
        "simulated": _pick(Words("演练文书，不具效力", "Exercise: this document has no effect"), language)
        if facts.instance.simulated
        else "",
        "addressee": writer.concerned(),
        "addressee_label": _pick(Words("致：", "To: "), language),
        "date": writer.date(at),
        "heading": writer.heading(at),
        "intro": writer.introduction(),
        "facts": [*writer.facts(), *writer.notice_rows()],
        "remedy": writer.remedies(),
        "signatures": [_pick(words, language) for words in _SIGNATURES.get(facts.document_type, ())],
    }


class _Writer:
    """Writes the facts of a document in one language."""

    def __init__(self, facts: DocumentFacts, language: Language) -> None:
        self._facts, self._language = facts, language
        self._zone = ZoneInfo(facts.instance.owner.zone)

    def name_of(self, organization: Organization) -> str:
        return organization.name_zh if self._language == "zh" else organization.name_en

    def concerned(self) -> str:
        names = [self.name_of(organization) for organization in self._facts.recipients]
        subjects = [] if names else self._facts.masked_subjects
        listed = ("、" if self._language == "zh" else ", ").join(names or subjects[:MAX_NAMED])
        more = len(subjects) - MAX_NAMED
        return listed + self._of(Words(f"等 {len(subjects)} 个", f" and {more} more")) if more > 0 else listed

    def date(self, at: datetime) -> str:
        local = at.astimezone(self._zone)
        return (
            f"{local.year}年{local.month}月{local.day}日" if self._language == "zh" else f"{local:%d %B %Y}".lstrip("0")
        )

    def heading(self, at: datetime) -> list[dict[str, Any]]:
        notice = self._facts.notice
        match self._facts.document_type:
            case DocumentType.INSPECTION_RECORD:
                title = self._facts.instance.version.process.title
                rows = [(_INSPECTED, [self.concerned()]), (_MATTER, [_pick(title, self._language)])]
                return self._rows([*rows, (_RECORDED_AT, [self._moment(at)])])
            case DocumentType.PROOF_OF_SERVICE if notice is not None:
                served = [
                    f"{self._of(document.title)} {self._of(document.citation)}" for document in self._facts.served
                ]
                rows = [(_SERVED, served), (_RECIPIENT, [self.concerned()]), (_MEANS, [notice.delivered_by])]
                return self._rows([*rows, (_SERVED_AT, [self._moment(notice.delivered_at)])])
        return []

    def introduction(self) -> list[str]:
        if self._facts.document_type is DocumentType.NOTICE and self._facts.notice:
            return [self._notice_text("fact")]
        words = _INTRODUCTIONS.get(self._facts.document_type)
        written = [self._of(words).format(basis=self._basis())] if words else []
        return written or _contributed_paragraphs(self._facts, self._language)

    def facts(self) -> list[dict[str, Any]]:
        rows = [
            (field.title, [self._value(field, value) for value in as_list(given)])
            for field, given in self._facts.fields
        ]
        return self._rows(rows)

    def notice_rows(self) -> list[dict[str, Any]]:
        notice = self._facts.notice
        if notice is None or self._facts.document_type is not DocumentType.NOTICE:
            return []
        until = self._moment(notice.until) if notice.until else ""
        rows = [(_BASIS, [self._notice_text("basis")]), (_PERIOD, [self._notice_text("period")]), (_UNTIL, [until])]
        return self._rows(rows)

    def remedies(self) -> list[str]:
        if self._facts.document_type is DocumentType.NOTICE and self._facts.notice:
            return [text for text in [self._notice_text("remedy")] if text]
        words = _REMEDIES.get(self._facts.document_type)
        return [self._of(words)] if words else []

    def _basis(self) -> str:
        words = [self._of(basis) for code in self._facts.event.basis if (basis := legal_basis_words(code))]
        return ("、" if self._language == "zh" else ", ").join(words)

    def _notice_text(self, part: str) -> str:
        return str(getattr(self._facts.notice, f"{part}_{self._language}"))

    def _rows(self, rows: Iterable[tuple[Words, list[str]]]) -> list[dict[str, Any]]:
        """Return rows of the template, without those that hold nothing."""
        filled = ((label, [value for value in values if value]) for label, values in rows)
        return [{"label": self._of(label), "values": values} for label, values in filled if values]

    def _value(self, field: EvidenceField, value: Any) -> str:
        if field.type is FieldType.PERSON:
            return self._facts.people.get(value, "")
        if field.type is FieldType.FILE:
            return f"SHA-256 {value}"
        if field.type is FieldType.MOMENT and isinstance(value, int):
            return self._moment(from_ms(value))
        if field.type is FieldType.ORGANIZATION:
            organization = display_value(field, value, self._facts.organizations)
            return self.name_of(organization) if organization else ""
        if field.type is FieldType.YES_NO:
            return self._of(Words("是", "yes") if value else Words("否", "no"))
        readable = display_value(field, value, self._facts.organizations)
        return self._of(readable if isinstance(readable, Words) else Words.parse(str(readable)))

    def _moment(self, at: datetime | None) -> str:
        return f"{self.date(at)} {at.astimezone(self._zone):%H:%M}" if at else ""

    def _of(self, words: Words) -> str:
        return _pick(words, self._language)


def _pick(words: Words, language: Language) -> str:
    return words.zh if language == "zh" else words.en


def _masked_subjects(instance: ProcessInstance) -> list[str]:
    """Return the masked values of the subjects of a process.

    Other apps contribute the subjects of their processes by `masked_subjects` of their module `document_subjects`.
    """
    named = [value for module in app_modules("document_subjects") for value in module.masked_subjects(instance)]
    return named or list(filter(None, [mask_subject(instance)]))


def _contributed_paragraphs(facts: DocumentFacts, language: Language) -> list[str]:
    """Return the text that other apps give to a document by `document_paragraphs` of their module `document_texts`."""
    return [
        text
        for module in app_modules("document_texts")
        for text in module.document_paragraphs(facts.instance, facts.document_type, language)
    ]


def _latest_values(instance: ProcessInstance, names: Sequence[str], number: int) -> list[tuple[EvidenceField, Any]]:
    """Return the fields of some names with the last value that a step up to a number gave them."""
    latest: dict[str, tuple[EvidenceField, Any]] = {}
    for step in find_steps(_UNSCOPED).filter(instance=instance, number__lte=number, leg="").order_by("number"):
        fields = step_fields(instance.version.process, step)
        latest |= {name: (fields[name], value) for name, value in step.evidence.items() if name in fields}
    return [latest[name] for name in names if name in latest]


def _person_refs(fields: Iterable[tuple[EvidenceField, Any]]) -> set[str]:
    return {ref for field, given in fields if field.type is FieldType.PERSON for ref in as_list(given)}


def _served(item: OutboxItem) -> list[IssuedDocument]:
    """Return the documents that the step of a notice produced, which are delivered with it."""
    return list(
        IssuedDocument.objects.filter(instance=item.instance, step=item.step)
        .exclude(document_type=DocumentType.PROOF_OF_SERVICE)
        .defer("pdf_zh", "pdf_en")
    )
