"""Forms of the desk: the editor of a version, the period of a white paper, and the check of the shipped set."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fanzha.base.fraud_types import FRAUD_TYPES
from fanzha.command.education.models import EducationItem, EducationVersion
from fanzha.command.education.services import VersionDraft
from fanzha.command.education.topics import AUDIENCES, SITUATIONS, URGENCIES, ItemKind, is_period
from fanzha.command.web.field_choices import set_choices
from fanzha.command.web.i18n import localize

LONGEST_BODY = 30_000
#: Kinds that people write; a white paper is drafted from the figures.
WRITTEN = [kind for kind in ItemKind if kind is not ItemKind.PAPER]


def _body(language: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": 16, "lang": language})


class VersionForm(forms.Form):
    """What an editor writes. Kind and address are fixed once the item exists."""

    kind = forms.ChoiceField(label=_("Kind of item"), choices=[(kind.value, kind.label) for kind in WRITTEN])
    slug = forms.SlugField(
        label=_("Name in the address"),
        max_length=60,
        required=False,
        help_text=_("The last part of its address below /learn/."),
    )
    situation = forms.ChoiceField(label=_("Situation"), choices=SITUATIONS.items(), required=False)
    fraud_type = forms.ChoiceField(label=_("Kind of fraud"), required=False)
    audience = forms.ChoiceField(
        label=_("For"), choices=[(name, audience.title) for name, audience in AUDIENCES.items()], initial="everybody"
    )
    teaches = forms.ChoiceField(label=_("Item that the quiz measures"), required=False)
    urgency = forms.ChoiceField(label=_("Urgency"), choices=URGENCIES.items(), initial="usual")
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=80)
    summary_zh = forms.CharField(label=_("One sentence in Chinese"), max_length=200, required=False)
    body_zh = forms.CharField(
        label=_("Text in Chinese"),
        max_length=LONGEST_BODY,
        widget=_body("zh-Hans"),
        help_text=_(
            "Begin a heading with ##, a list with -, a step with 1. A quiz has its own format (see the guide)."
        ),
    )
    title_en = forms.CharField(label=_("Title in English"), max_length=120)
    summary_en = forms.CharField(label=_("One sentence in English"), max_length=300, required=False)
    body_en = forms.CharField(label=_("Text in English"), max_length=LONGEST_BODY, widget=_body("en"))

    def __init__(self, *args: Any, item: EducationItem | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(name, localize(words)) for name, words in FRAUD_TYPES.items()]
        set_choices(self, "fraud_type", [("", _("none in particular")), *kinds])
        columns = EducationItem.objects.filter(kind=ItemKind.COLUMN).order_by("slug").values_list("slug", flat=True)
        slugs = [(slug, slug) for slug in columns]
        set_choices(self, "teaches", [("", _("no quiz")), *slugs])
        self._kind = item.kind if item is not None else ""
        if item is not None:
            del self.fields["kind"], self.fields["slug"]
        if item is not None and item.kind != ItemKind.QUIZ:
            del self.fields["teaches"]

    def to_draft(self) -> VersionDraft:
        """Return what was written."""
        return VersionDraft(**({"kind": self._kind} | self.cleaned_data))


def initial_values(version: EducationVersion) -> dict[str, Any]:
    """Return the initial values of the form for a version."""
    names = [f"{part}_{language}" for part in ("title", "summary", "body") for language in ("zh", "en")]
    of_item = {name: getattr(version.item, name) for name in ("situation", "fraud_type", "audience", "teaches")}
    return of_item | {name: getattr(version, name) for name in (*names, "urgency")}


class CheckForm(forms.Form):
    """What the second person checked in the shipped set."""

    checked = forms.CharField(
        label=_("What was checked in content and law"),
        min_length=4,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PeriodForm(forms.Form):
    """The period of a white paper."""

    begins = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    ends = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins, and one of more than two years."""
        values: dict[str, Any] = super().clean() or {}
        begins, ends = values.get("begins"), values.get("ends")
        if begins and ends and not is_period(begins, ends):
            self.add_error("ends", _("The period ends after it begins, and lasts two years at most."))
        return values
