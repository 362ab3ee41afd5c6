"""API schemas of app samples."""

from datetime import datetime
from typing import Any, Self

from ninja import Field, Schema

from fanzha.base.words import Words
from fanzha.command.app_samples.models import AppSample
from fanzha.command.app_samples.selectors import RelatedSample, find_related, load_report
from fanzha.command.web.i18n import localize


class AppSampleOut(Schema):
    """One sample. `score` is that of the detector, null if it found nothing."""

    ref: str
    sha256: str
    file_bytes: int
    state: str
    package: str
    label: str
    version: str
    problem: str
    score: float | None
    fraud_type: str
    sentence: str
    process: str
    is_erased: bool
    received_at: datetime

    @classmethod
    def of(cls, sample: AppSample) -> Self:
        """Return a sample."""
        return cls(**_fields(sample))


class RelatedOut(Schema):
    """Another sample, and what it shares: signer, icon, host, code, package."""

    ref: str
    label: str
    package: str
    shares: list[str]

    @classmethod
    def of(cls, related: RelatedSample) -> Self:
        """Return a related sample."""
        sample = related.sample
        return cls(ref=sample.ref, label=sample.label, package=sample.package, shares=related.kinds)


class AppSampleDetailOut(AppSampleOut):
    """One sample with what was found in it."""

    certificates: list[str]
    permissions: list[str]
    signs: list[str]
    hosts: list[str]
    links: list[str]
    related: list[RelatedOut]

    @classmethod
    def of(cls, sample: AppSample) -> Self:
        """Return a sample with its facts."""
        report = load_report(sample)
        return cls(
            **_fields(sample),
            certificates=list(report.certificates) if report else [],
            permissions=list(report.permissions) if report else [],
            signs=list(report.signs) if report else [],
            hosts=list(report.hosts) if report else [],
            links=list(report.links) if report else [],
            related=[RelatedOut.of(related) for related in find_related(sample)],
        )


class DownloadIn(Schema):
    """Why a sample is taken out."""

    purpose: str = Field(min_length=4, max_length=200)


class ContainerOut(Schema):
    """A sample in its container, base64."""

    name: str
    data: str


class HandedOnSampleOut(Schema):
    """The process that a sample was handed on to."""

    process: str


def _fields(sample: AppSample) -> dict[str, Any]:
    names = ("ref", "sha256", "file_bytes", "state", "package", "label", "version", "score", "fraud_type", "process")
    return {name: getattr(sample, name) for name in (*names, "received_at")} | {
        "problem": localize(Words(sample.problem_zh, sample.problem_en)),
        "sentence": localize(Words(sample.sentence_zh, sample.sentence_en)),
        "is_erased": sample.erased_at is not None,
    }
