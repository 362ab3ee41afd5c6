"""Prepare items, versions and their results for pages and API."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from fanzha.base.fraud_types import FRAUD_TYPES
from fanzha.command.education.markup import render_text
from fanzha.command.education.measurements import (
    LEAST_RUNS,
    LessonResult,
    QuizRate,
    TrialComparison,
    compare_trial,
    count_reads,
    count_trial,
    lesson_runs,
    measure_lesson,
)
from fanzha.command.education.models import SHOWN, EducationItem, EducationVersion, VersionState
from fanzha.command.education.text_checks import find_warnings, measure_version
from fanzha.command.education.topics import AUDIENCES, SITUATIONS, ItemKind
from fanzha.command.web.components import Badge, DataTable, FactItem, KeyFigure, ListRow, Tone
from fanzha.command.web.i18n import language_index, localize

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

STATES = {
    VersionState.WRITING: gettext_lazy("being written"),
    VersionState.DRAFT: gettext_lazy("to be checked"),
    VersionState.TO_REVISE: gettext_lazy("to be revised"),
    VersionState.APPROVED: gettext_lazy("approved"),
    VersionState.TRIAL: gettext_lazy("being tried"),
    VersionState.LIVE: gettext_lazy("published"),
    VersionState.STALE: gettext_lazy("to be checked again"),
    VersionState.RETIRED: gettext_lazy("taken down"),
    VersionState.REFUSED: gettext_lazy("turned down"),
}
_TONES = {
    VersionState.DRAFT: Tone.ACCENT,
    VersionState.TO_REVISE: Tone.WARN,
    VersionState.LIVE: Tone.CALM,
    VersionState.STALE: Tone.WARN,
}


class VersionTexts(NamedTuple):
    """The texts of a version in one language; `body` is HTML."""

    language: str
    title: str
    summary: str
    body: SafeString | str
    source: str


class VersionDiffLine(NamedTuple):
    """A line of a comparison: `sign` is "+", "-" or "" for an unchanged one."""

    sign: str
    text: str


class VersionDiff(NamedTuple):
    """What changed in one language since an earlier version, without unchanged lines far from a change."""

    language: str
    lines: list[VersionDiffLine]


def language_name() -> str:
    """Return `zh` or `en`: the language of the reader."""
    return ("zh", "en")[language_index()]


def title_of(version: EducationVersion) -> str:
    """Return the title of a version in the reader's language."""
    return str(getattr(version, f"title_{language_name()}"))


def present_row(item: EducationItem, version: EducationVersion, reads: int) -> ListRow:
    """Return an item as a row of the desk's list; `version` is its latest one."""
    meta = [str(ItemKind(item.kind).label), str(SITUATIONS.get(item.situation, ""))]
    meta.append(ngettext("%(count)s read in 30 days", "%(count)s reads in 30 days", reads) % {"count": f"{reads:,}"})
    if item.live is not None and item.live.pk != version.pk:
        meta.append(_("version %(number)s is published") % {"number": item.live.number})
    return ListRow(
        title=title_of(version) or item.slug,
        href=reverse("education_item", args=[item.ref]),
        summary=str(getattr(version, f"summary_{language_name()}")),
        at=version.created_at,
        badges=(state_badge(version),),
        meta=tuple(part for part in meta if part),
    )


def state_badge(version: EducationVersion) -> Badge:
    """Return the state of a version as a badge."""
    state = VersionState(version.state)
    return Badge(str(STATES[state]), tone=_TONES.get(state, Tone.QUIET))


def present_version_row(version: EducationVersion) -> ListRow:
    """Return a version as a row of the page of its item."""
    reads = count_reads(version)
    return ListRow(
        title=_("Version %(number)s") % {"number": version.number},
        href=reverse("education_process", args=[version.process]) if version.process else "",
        summary=title_of(version),
        at=version.shown_at or version.created_at,
        badges=(state_badge(version),),
        meta=(ngettext("%(count)s read", "%(count)s reads", reads) % {"count": f"{reads:,}"},),
    )


def describe_version(item: EducationItem, version: EducationVersion) -> list[FactItem]:
    """Return what a form of a step shows of a version: what it is, how hard it is to read, and where to read it."""
    facts = [
        FactItem(_("Item"), f"{version.title_zh} · {version.title_en}"),
        FactItem(_("Kind of item"), ItemKind(item.kind).label),
        FactItem(_("Version"), str(version.number)),
        FactItem(_("For"), AUDIENCES[item.audience].title),
        *level_facts(item, version),
    ]
    if version.process:
        link = format_html('<a href="{}">{}</a>', reverse("education_process", args=[version.process]), _("Read it"))
        facts.append(FactItem(_("Text and changes"), link))
    return facts


def level_facts(item: EducationItem, version: EducationVersion) -> list[FactItem]:
    """Return the reading level of a version beside what suits its audience, and the warnings."""
    level, audience = measure_version(item, version), AUDIENCES[item.audience]
    at_most = _("%(value)s (at most %(most)s suits)")
    facts = [
        FactItem(
            _("Chinese: characters a sentence"),
            at_most % {"value": f"{level.sentence:g}", "most": f"{audience.sentence:g}"},
        ),
        FactItem(_("Chinese: rare words"), at_most % {"value": f"{level.rare:g} %", "most": f"{audience.rare:g} %"}),
        FactItem(_("English: reading grade"), at_most % {"value": f"{level.grade:g}", "most": f"{audience.grade:g}"}),
    ]
    if warnings := find_warnings(item, level):
        facts.append(FactItem(_("Hard to read"), [localize(words) for words in warnings]))
    return facts


def present_texts(item: EducationItem, version: EducationVersion) -> list[VersionTexts]:
    """Return the texts of a version in both languages."""
    return [
        VersionTexts(
            tag,
            getattr(version, f"title_{name}"),
            getattr(version, f"summary_{name}"),
            "" if item.kind == ItemKind.QUIZ else render_text(getattr(version, f"body_{name}")),
            getattr(version, f"body_{name}") if item.kind == ItemKind.QUIZ else "",
        )
        for name, tag in (("zh", "zh-Hans"), ("en", "en"))
    ]


def compare_versions(earlier: EducationVersion, later: EducationVersion) -> list[VersionDiff]:
    """Return what changed between two versions, by language; languages without a change are left out."""
    found = []
    for name, tag in (("zh", "zh-Hans"), ("en", "en")):
        before, after = (
            "\n".join(getattr(version, f"{part}_{name}") for part in ("title", "summary", "body")).splitlines()
            for version in (earlier, later)
        )
        lines = [
            VersionDiffLine(line[0].strip(), line[1:])
            for line in difflib.unified_diff(before, after, lineterm="", n=1)
            if not line.startswith(("---", "+++", "@@"))
        ]
        if lines:
            found.append(VersionDiff(tag, lines))
    return found


def present_figures(version: EducationVersion) -> list[KeyFigure]:
    """Return the reads and quizzes of a version."""
    reads, runs = count_reads(version), lesson_runs(version).count()
    return [
        KeyFigure(f"{reads:,}", ngettext("read", "reads", reads)),
        KeyFigure(f"{runs:,}", ngettext("quiz before and after", "quizzes before and after", runs)),
    ]


def present_result(version: EducationVersion) -> DataTable | None:
    """Return what readers of a version learned, None while too few were asked."""
    result = measure_lesson(version)
    return None if result is None else result_table(result)


def result_table(result: LessonResult) -> DataTable:
    """Return a result as a table: rates with their intervals and n, before and after."""
    gain = _("%(gain)s points (%(low)s to %(high)s)")
    rows = [
        (_("Frauds found"), rate_words(result.before.hits), rate_words(result.after.hits)),
        (_("Genuine messages taken for a fraud"), rate_words(result.before.alarms), rate_words(result.after.alarms)),
        (_("Discrimination d′"), f"{result.before.sensitivity:.2f}", f"{result.after.sensitivity:.2f}"),
        (
            _("Gain of the score"),
            "",
            gain % {"gain": f"{result.gain:+g}", "low": f"{result.low:+g}", "high": f"{result.high:+g}"},
        ),
    ]
    caption = ngettext("Result of %(count)s quiz", "Result of %(count)s quizzes", result.runs)
    return DataTable(
        caption % {"count": f"{result.runs:,}"}, ("", _("Before reading"), _("After reading")), tuple(rows)
    )


def rate_words(rate: QuizRate) -> str:
    """Return a share with its interval and n: "72 % (65–78 %, n = 180)"."""
    low, high = (round(100 * bound) for bound in rate.interval)
    return _("%(share)s %% (%(low)s–%(high)s %%, n = %(n)s)") % {
        "share": round(100 * rate.share),
        "low": low,
        "high": high,
        "n": f"{rate.answers:,}",
    }


def too_few_words(runs: int) -> str:
    """Return why no result is stated yet."""
    return _("Not enough quizzes: %(runs)s of %(least)s. Nothing is concluded before.") % {
        "runs": runs,
        "least": LEAST_RUNS,
    }


def trial_words(version: EducationVersion) -> str:
    """Return how a trial stands, in one sentence."""
    tested, compared = count_trial(version)
    found = compare_trial(version)
    if found is None:
        words = _("%(tested)s quizzes with the new version, %(compared)s with the present one; each needs %(least)s.")
        return words % {"tested": tested, "compared": compared, "least": LEAST_RUNS}
    return comparison_words(found)


def comparison_words(found: TrialComparison) -> str:
    """Return the difference of two versions in one sentence."""
    words = _(
        "The gains of the new and the present version differ by %(difference)s points (95 %% interval %(low)s to "
        "%(high)s; n = %(tested)s and %(compared)s)."
    )
    return words % {
        "difference": f"{found.difference:+g}",
        "low": f"{found.low:+g}",
        "high": f"{found.high:+g}",
        "tested": found.tested,
        "compared": found.compared,
    }


def item_facts(item: EducationItem) -> list[FactItem]:
    """Return what an item is."""
    kind_of_fraud = localize(FRAUD_TYPES[item.fraud_type]) if item.fraud_type in FRAUD_TYPES else ""
    shown = item.live if item.live is not None and item.live.state in SHOWN else None
    return [
        FactItem(_("Kind of item"), ItemKind(item.kind).label),
        FactItem(_("Situation"), SITUATIONS.get(item.situation, "")),
        FactItem(_("Kind of fraud"), kind_of_fraud),
        FactItem(_("For"), AUDIENCES[item.audience].title),
        FactItem(_("Published version"), str(shown.number) if shown else _("none")),
        FactItem(_("Last checked"), shown.checked_at if shown else ""),
    ]
