"""Models of numbered documents and of the counters that number them."""

from hashlib import sha256
from typing import ClassVar

from django.db import models
from django.db.models import Q

from fanzha.base.ids import sortable_id
from fanzha.base.words import Words
from fanzha.command.processes.selectors import find_instances, is_readable_by
from fanzha.command.web.scoping import Scoped, unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.documents import DOCUMENT_NAMES, DocumentType, format_number

_UNSCOPED = unscoped("a document is readable with its process")


class DocumentCounter(models.Model):
    """The last number that an organisation gave to a type of document in a year; exercises have their own."""

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    document_type = models.CharField(max_length=32)
    year = models.PositiveSmallIntegerField()
    simulated = models.BooleanField(default=False)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "document_type", "year", "simulated"], name="one_counter_a_type_and_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_type} {self.year}: {self.last}"


class IssuedDocument(Scoped):
    """A document that a step produced: its number, and its PDF in Chinese and English with their SHA-256.

    `key` prevents duplicates, `step` is the number of the step. `simulated` is the series of numbers of exercises. The
    row is never changed.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    key = models.CharField(max_length=200, unique=True)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", db_index=False)
    instance = models.ForeignKey("flows.ProcessInstance", models.CASCADE, related_name="documents")
    step = models.PositiveIntegerField()
    document_type = models.CharField(max_length=32)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    simulated = models.BooleanField(default=False)
    pdf_zh = models.BinaryField()
    pdf_en = models.BinaryField()
    sha256_zh = models.CharField(max_length=64)
    sha256_en = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "document_type", "year", "simulated", "number"], name="one_document_a_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_type} {self.year}-{self.number}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the documents of the processes that the viewer may read."""
        return Q(instance__in=find_instances(_UNSCOPED).filter(is_readable_by(viewer)).values("pk"))

    @property
    def title(self) -> Words:
        """Return the title of its type."""
        return DOCUMENT_NAMES[DocumentType(self.document_type)].title

    @property
    def citation(self) -> Words:
        """Return its number as it is cited."""
        return format_number(DocumentType(self.document_type), self.year, self.number, simulated=self.simulated)

    def intact_pdf(self, language: str) -> bytes | None:
        """Return the PDF in Chinese (zh) or English (en), or None if it is not the one whose SHA-256 is on record."""
        content = bytes(self.pdf_zh if language == "zh" else self.pdf_en)
        expected = self.sha256_zh if language == "zh" else self.sha256_en
        return content if sha256(content).hexdigest() == expected else None
