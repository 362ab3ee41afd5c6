"""Prepare app samples for list and page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from fanzha.base.words import Words
from fanzha.command.app_samples.models import AppSample, SampleOrigin, SampleOriginKind, SampleState, TraitKind
from fanzha.command.app_samples.permission_words import explain_permission, explain_sign
from fanzha.command.app_samples.selectors import RelatedSample
from fanzha.command.web.components import Badge, FactItem, ListRow, Tone
from fanzha.command.web.i18n import localize

if TYPE_CHECKING:
    from fanzha.read.android_package import PackageReport

_ANDROID = "android.permission."


def state_title(state: str) -> str:
    """Return the title of a state, or of "found"."""
    return {
        SampleState.WAITING.value: pgettext("app sample", "Waiting"),
        SampleState.READ.value: pgettext("app sample", "Read"),
        SampleState.UNREADABLE.value: pgettext("app sample", "Unreadable"),
        "found": pgettext("app sample", "Like fraud apps"),
    }[state]


def trait_title(kind: str) -> str:
    """Return what samples have in common."""
    return {
        TraitKind.SIGNER.value: _("same certificate"),
        TraitKind.ICON.value: _("same or similar icon"),
        TraitKind.HOST.value: _("same host inside"),
        TraitKind.CODE.value: _("same code"),
        TraitKind.PACKAGE.value: _("same package name"),
    }[kind]


def _name(sample: AppSample) -> str:
    return sample.label or sample.package or f"{sample.sha256[:16]}…"


def present_row(sample: AppSample) -> ListRow:
    """Return a sample as a row of the list."""
    badges = [Badge(state_title(sample.state))] if sample.state != SampleState.READ else []
    if sample.score is not None:
        badges.append(Badge(state_title("found"), tone=Tone.HARM))
    if sample.erased_at is not None:
        badges.append(Badge(_("File erased")))
    return ListRow(
        _name(sample),
        reverse("app_sample", args=[sample.ref]),
        summary=localize(Words(sample.sentence_zh, sample.sentence_en)) or sample.package,
        badges=tuple(badges),
        at=sample.received_at,
    )


def present_related(related: RelatedSample) -> ListRow:
    """Return a related sample as a row, with what it shares."""
    shares = tuple(trait_title(kind) for kind in related.kinds)
    sample = related.sample
    badges = (Badge(state_title("found"), tone=Tone.HARM),) if sample.score is not None else ()
    return ListRow(_name(sample), reverse("app_sample", args=[sample.ref]), sample.package, badges=badges, meta=shares)


def present_origin(origin: SampleOrigin) -> ListRow:
    """Return a look or report that brought a sample as a row."""
    if origin.kind == SampleOriginKind.CAPTURE:
        title, href = _("Handed out by a page"), reverse("capture", args=[origin.about])
    else:
        title, href = _("Attached to a public report"), reverse("report", args=[origin.about])
    return ListRow(title, href, origin.name, at=origin.found_at)


def present_facts(sample: AppSample, report: PackageReport | None) -> list[FactItem]:
    """Return the facts of a sample."""
    facts = [
        FactItem(_("Package name"), sample.package),
        FactItem(_("Version"), sample.version),
        FactItem("SHA-256", sample.sha256),
        FactItem(_("Size"), f"{sample.file_bytes:,} B"),
        FactItem(_("Taken in"), sample.received_at),
        FactItem(_("Where it came from"), sample.note),
    ]
    if report is not None:
        levels = f"{report.min_sdk or '–'} / {report.target_sdk or '–'}"
        facts.append(FactItem(_("Android level, lowest and made for"), levels))
    if sample.problem_en:
        facts.append(FactItem(_("Why it cannot be read"), localize(Words(sample.problem_zh, sample.problem_en))))
    return facts


def present_signers(report: PackageReport | None) -> list[FactItem]:
    """Return the certificates with their schemes."""
    if report is None:
        return []
    schemes: dict[str, list[str]] = {}
    subjects: dict[str, str] = {}
    for signer in report.signers:
        schemes.setdefault(signer.sha256, []).append(signer.scheme)
        subjects[signer.sha256] = signer.subject
    return [FactItem(f"{', '.join(names)}", f"{digest} · {subjects[digest]}") for digest, names in schemes.items()]


def present_permissions(report: PackageReport | None) -> list[tuple[str, str]]:
    """Return the permissions with plain words, those that have some first."""
    names = report.permissions if report else ()
    pairs = [(name.removeprefix(_ANDROID), explain_permission(name)) for name in names]
    told = [(name, localize(words)) for name, words in pairs if words is not None]
    return told + [(name, "") for name, words in pairs if words is None]


def present_signs(report: PackageReport | None) -> list[str]:
    """Return the signs in plain words."""
    found = [explain_sign(sign) for sign in report.signs] if report else []
    return [localize(words) for words in found if words is not None]
