"""Forms of public reports: the last page of the public questions, the receipt code, and the call-taker's desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fanzha.base.ids import digest
from fanzha.command.reports.picture_basis import Assessment
from fanzha.command.reports.receipts import read_receipt
from fanzha.command.reports.rewards import LONGEST_DANGER
from fanzha.command.reports.services import LONGEST_CONTACT, LONGEST_TEXT, MAX_LOSS, Submission, may_have_happened
from fanzha.command.reports.targets import CATEGORIES

MAX_REWARD = 1_000_000


_MOMENT = "%Y-%m-%dT%H:%M"


def _check_moment(at: datetime | None) -> datetime | None:
    """Return when it happened. Raise ValidationError for a moment in the future or years ago."""
    if at is not None and not may_have_happened(at, timezone.now()):
        raise forms.ValidationError(_("This time is in the future, or too long ago. Check it, or leave it out."))
    return at


class PublicReportForm(forms.Form):
    """All that the public pages ask, one question a page; earlier answers are hidden fields of later pages."""

    paid = forms.ChoiceField(choices=(("no", ""), ("yes", "")), required=False)
    category = forms.ChoiceField(choices=[(name, "") for name in CATEGORIES])
    thing = forms.CharField(max_length=2000, required=False)
    text = forms.CharField(max_length=LONGEST_TEXT, required=False)
    contact = forms.CharField(max_length=LONGEST_CONTACT, required=False)
    loss = forms.IntegerField(min_value=0, max_value=MAX_LOSS, required=False)
    happened = forms.DateTimeField(
        required=False,
        input_formats=[_MOMENT, f"{_MOMENT}:%S"],
        error_messages={"invalid": _("The time cannot be read. Check it, or leave it out.")},
    )
    screenshot = forms.FileField(required=False)
    challenge = forms.CharField(max_length=200, required=False)
    solution = forms.CharField(max_length=12, required=False)

    def clean_happened(self) -> datetime | None:
        """Return when it happened, if that may be."""
        return _check_moment(self.cleaned_data["happened"])

    def clean(self) -> dict[str, Any]:
        """Ask for something that can be checked: what is reported, or what was said."""
        answers: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(answers.get(name) for name in ("thing", "text", "screenshot")):
            self.add_error(None, _("Tell us the number, link or account, or what was said."))
        return answers


class ReceiptForm(forms.Form):
    """The receipt code, and what the reporter adds or objects."""

    code = forms.CharField(max_length=40)
    facts = forms.CharField(max_length=LONGEST_TEXT, required=False)
    objection = forms.CharField(max_length=LONGEST_TEXT, required=False)
    danger = forms.CharField(max_length=LONGEST_DANGER, required=False)
    reply = forms.CharField(max_length=LONGEST_TEXT, required=False)

    def clean_code(self) -> str:
        """Return the code in its printed form."""
        code = read_receipt(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(_("This is not a receipt code. Check each character."))
        return code


class PurposeForm(forms.Form):
    """Why somebody needs to reach a reporter."""

    purpose = forms.CharField(
        label=_("Purpose"), min_length=4, max_length=200, help_text=_("This is recorded in the log.")
    )


class AssessmentForm(forms.Form):
    """An impact assessment of reading the text of pictures."""

    document = forms.CharField(
        label=_("Impact assessment"), max_length=120, help_text=_("Title and number of the document.")
    )
    need = forms.CharField(label=_("Why it is needed"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    risks = forms.CharField(
        label=_("Risks to the people in the pictures"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    measures = forms.CharField(
        label=_("What is done about them"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    until = forms.DateTimeField(
        label=_("Valid until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )

    def to_assessment(self) -> Assessment:
        """Return what a valid form says."""
        return Assessment(**self.cleaned_data)


class RewardForm(forms.Form):
    """A reward that somebody of the desk proposes."""

    merit = forms.ChoiceField(
        label=_("What the report led to"),
        choices=[
            ("confirmed", _("The report was confirmed")),
            ("stopped", _("Fraud was stopped")),
            ("found", _("A gang or its place was found")),
            ("other", _("Something else")),
        ],
    )
    amount = forms.IntegerField(label=_("Amount in CNY"), min_value=1, max_value=MAX_REWARD)
    reason = forms.CharField(label=_("Reason"), max_length=1000)


class ProtectionForm(forms.Form):
    """What a reporter fears, as somebody of the desk heard it."""

    danger = forms.CharField(
        label=_("What does the reporter fear?"),
        max_length=LONGEST_DANGER,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only your organisation sees it."),
    )


class DeskForm(forms.Form):
    """The questions of the public pages on one screen, for somebody who takes a call."""

    paid = forms.BooleanField(label=_("Money was paid or a code was given"), required=False)
    category = forms.ChoiceField(
        label=_("What is reported"), choices=[(name, category.title) for name, category in CATEGORIES.items()]
    )
    thing = forms.CharField(label=_("Number, link, app or account"), max_length=2000, required=False)
    text = forms.CharField(
        label=_("What was said or written"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    happened = forms.DateTimeField(
        label=_("When it happened"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT),
        input_formats=[_MOMENT, f"{_MOMENT}:%S"],
    )
    nuisance = forms.BooleanField(label=_("Nuisance or advertising only"), required=False)
    loss = forms.IntegerField(label=_("Loss in CNY"), min_value=0, max_value=MAX_LOSS, required=False)
    contact = forms.CharField(
        label=_("Number to call the reporter back"),
        help_text=_("Only your organisation sees it."),
        max_length=LONGEST_CONTACT,
        required=False,
    )
    nonce = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def clean_happened(self) -> datetime | None:
        """Return when it happened, if that may be."""
        return _check_moment(self.cleaned_data["happened"])

    def clean(self) -> dict[str, Any]:
        """Ask for something that can be checked."""
        answers: dict[str, Any] = super().clean() or {}
        if not self.errors and not (answers.get("thing") or answers.get("text")):
            self.add_error("thing", _("Enter what is reported, or what was said."))
        return answers

    def to_submission(self) -> Submission:
        """Return the report that a call-taker entered."""
        answers = self.cleaned_data
        return Submission(
            category=answers["category"],
            nonce=f"desk:{digest(answers['nonce'], answers['thing'], answers['text'], answers['contact'])}",
            thing=answers["thing"],
            text=answers["text"],
            contact=answers["contact"],
            is_paid=answers["paid"],
            is_nuisance=answers["nuisance"],
            loss=answers["loss"],
            happened_at=answers["happened"],
            channel="phone",
            is_worked=True,
        )
