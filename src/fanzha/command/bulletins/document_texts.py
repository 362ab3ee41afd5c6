"""The text of the numbered document of a bulletin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import override

from fanzha.command.bulletins.models import Bulletin
from fanzha.command.bulletins.presenters import PublicCompany, present_publication
from fanzha.command.web.scoping import unscoped
from fanzha.processes.documents import DocumentType

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

_UNSCOPED = unscoped("the document of a bulletin states what was published")


def document_paragraphs(instance: ProcessInstance, document_type: str, language: str) -> list[str]:
    """Return the paragraphs of a published bulletin in a language (zh or en); none for other documents."""
    if document_type != DocumentType.BULLETIN:
        return []
    bulletin = _UNSCOPED.rows(Bulletin).get(ref=instance.ref)
    with override("zh-hans" if language == "zh" else "en"):
        shown = present_publication(bulletin.content, [])
        texts = [shown.title]
        for section in shown.sections:
            texts += [section.heading, section.body]
            texts += [text for company in section.companies for text in _company_paragraphs(company)]
    return [text for text in texts if text]


def _company_paragraphs(company: PublicCompany) -> Iterator[str]:
    yield company.text
    opinion = f" · {company.reply.opinion}" if company.reply.opinion else ""
    yield f"{company.name} · {company.reply.state}{opinion}"
    yield company.reply.text
    yield from company.reply.counter_figures
