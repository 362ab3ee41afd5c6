"""The form of an order's draft: the fields of `order.yaml`, with targets that are written or chosen.

The targets are grouped by kind, and an action is asked for each kind that occurs.
"""

from typing import Any, cast

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fanzha.command.orders.drafts import DEFAULT_DURATION, MAX_DURATION, TARGET_FIELDS, draft_choices, draft_fields
from fanzha.command.orders.forms import receiver_choices
from fanzha.command.orders.order_summary import PROCESS
from fanzha.command.orders.targets import ACTION_FIELDS, MIXED, TARGET_KINDS, list_actions, parse_draft, qualify
from fanzha.command.processes.selectors import load_processes
from fanzha.command.processes.services import EvidenceForm, FormChoices, build_evidence_form, may_give
from fanzha.command.subjects.selectors import find_subjects, mask_value
from fanzha.command.web.field_choices import set_queryset
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import MOST_TARGETS, Target
from fanzha.processes.process import Process


def build_draft_form(viewer: Viewer, process: Process | None = None) -> "type[DraftForm]":
    """Return the form of a draft for a viewer, as the process (default: the present one) defines its fields."""
    defined = process or load_processes()[PROCESS]
    fields = {name: field for name, field in draft_fields(defined).items() if may_give(field, viewer)}
    return cast("type[DraftForm]", build_evidence_form(fields, FormChoices(defined, viewer), DraftForm))


class DraftForm(EvidenceForm):
    """Base of the form of a draft. Each field has the name of its evidence field; `chosen` are refs of subjects.

    `action_fields` are the names of the fields with the actions of the kinds that occur among the targets.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("target_kind", MIXED)
        self.initial.setdefault("expires_at", timezone.now() + DEFAULT_DURATION)
        self._prepare_targets()
        self._offer_chosen_subjects()
        self.action_fields = self._offer_actions()
        self.order_fields(["target_kind", "subjects", "chosen", *self.action_fields])

    def _prepare_targets(self) -> None:
        kinds = self.evidence_fields["target_kind"].choices
        titles = {MIXED: _("As recognised, line by line")} | {
            kind: localize(words) for kind, words in kinds.items() if kind != MIXED
        }
        self.fields["target_kind"] = forms.ChoiceField(
            label=_("Kind of target"), choices=list(titles.items()), widget=forms.Select(_asks_actions())
        )
        self.fields["subjects"] = forms.CharField(
            label=_("Targets"),
            required=False,
            help_text=_(
                "Enter numbers, websites, apps and accounts, one per line. If one is not recognised, "
                "put its kind in front, for example line:NAME or sender:10690000."
            ),
            widget=forms.Textarea({"rows": 6, **_asks_actions()}),
        )
        self.fields["campaign"].widget = forms.HiddenInput()
        set_queryset(self, "receivers", receiver_choices(self.viewer))
        self.fields["receivers"].help_text = _("Leave it empty to take the proposed receivers, which the impact lists.")

    def _offer_chosen_subjects(self) -> None:
        """Offer the chosen subjects, masked. The page contains their references, never their values."""
        widget = forms.CheckboxSelectMultiple()
        submitted = widget.value_from_datadict(self.data, self.files, "chosen") if self.is_bound else None
        refs = list(dict.fromkeys(submitted or self.initial.get("chosen", ())))[:MOST_TARGETS]
        subjects = {subject.ref: subject for subject in find_subjects().filter(ref__in=refs)} if refs else {}
        self._subjects = [subjects[ref] for ref in refs if ref in subjects]
        choices = [(subject.ref, mask_value(subject.kind, subject.value, subject.shown)) for subject in self._subjects]
        if refs:
            self.fields["chosen"] = forms.MultipleChoiceField(
                label=_("Subjects you chose"), required=False, choices=choices, widget=widget
            )

    def _offer_actions(self) -> list[str]:
        """Keep the action fields of the kinds that occur, and return their names; the mildest action comes first.

        A request with one `action` for all, as bookmarks and programs send it, gives it to each kind that has it.
        """
        kinds = self.target_kinds()
        submitted: Any = self.data.copy() if self.is_bound else {}  # type: ignore[attr-defined]
        for kind, name in ACTION_FIELDS.items():
            if kind not in kinds:
                del self.fields[name]
                continue
            titles = self.evidence_fields[name].choices
            choices = [(action, localize(titles[action])) for action in list_actions(kind)]
            label = localize(self.evidence_fields[name].title)
            self.fields[name] = forms.ChoiceField(label=label, choices=choices)
            for values in (submitted, self.initial):
                if values.get("action") in titles:
                    values.setdefault(name, values["action"])
        self.data = submitted
        del self.fields["action"]
        return [ACTION_FIELDS[kind] for kind in kinds]

    @property
    def target_fields(self) -> list[forms.BoundField]:
        """Return the fields of the targets, before those of the actions."""
        return [self[name] for name in ("target_kind", "subjects", "chosen") if name in self.fields]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        """Return the visible fields that stand after those of targets and actions."""
        before = {"target_kind", "subjects", "chosen", *self.action_fields}
        return [field for field in self.visible_fields() if field.name not in before]

    def target_kinds(self) -> list[str]:
        """Return the kinds of target that occur."""
        kind = self._value("target_kind")
        if kind == MIXED:
            return parse_draft({"target_kind": MIXED}, self.target_values()).list_kinds()
        return [kind] if kind in ACTION_FIELDS else []

    def target_values(self) -> tuple[str, ...]:
        """Return the target values: written ones and those of the chosen subjects."""
        is_mixed = self._value("target_kind") == MIXED
        chosen = [
            qualify(Target(subject.kind, subject.value), TARGET_KINDS[subject.kind]) if is_mixed else subject.value
            for subject in self._subjects
            if subject.kind in TARGET_KINDS
        ]
        return tuple(dict.fromkeys((*self.written_values(), *chosen)))

    def written_values(self) -> tuple[str, ...]:
        """Return the target values that were written, not chosen."""
        return split_lines(self._value("subjects"))

    def choices(self) -> dict[str, str]:
        """Return the kind of target and the actions as evidence, as far as they are given."""
        kind = self._value("target_kind")
        actions = {
            target_kind: self._value(name) or list_actions(target_kind)[0]
            for target_kind, name in ACTION_FIELDS.items()
            if name in self.action_fields
        }
        return draft_choices(kind, actions.get(kind, ""), actions)

    def evidence(self) -> dict[str, Any]:
        """Store the files as uploads of the viewer and return the evidence without `subjects`."""
        others = {name: field for name, field in self.evidence_fields.items() if name not in TARGET_FIELDS}
        self.evidence_fields = others
        return {**super().evidence(), **self.choices()}

    def clean(self) -> dict[str, Any]:
        """Add an error if the draft has no targets."""
        data = super().clean() or self.cleaned_data
        if not self.target_values() and "chosen" not in self.errors:
            self.add_error("subjects", _("Enter targets or choose subjects."))
        return data

    def clean_expires_at(self) -> Any:
        """Raise ValidationError for an end more than a year from now."""
        expires_at = self.cleaned_data["expires_at"]
        if expires_at > timezone.now() + MAX_DURATION:
            raise forms.ValidationError(_("An order can last up to a year and can be renewed."))
        return expires_at

    def _value(self, name: str) -> str:
        """Return a value as it was submitted, or of a new form its initial one."""
        return str((self.data if self.is_bound else self.initial).get(name) or "")


def _asks_actions() -> dict[str, str]:
    """Return the attributes of a field that changes which kinds occur: the actions are shown again."""
    return {
        "hx-post": f"{reverse('order_preview')}?part=actions",
        "hx-trigger": "change",
        "hx-target": "#actions",
        "hx-swap": "outerHTML",
    }


def split_lines(text: str) -> tuple[str, ...]:
    """Split a pasted list at line breaks, commas and semicolons, and drop repeated values."""
    parts = text.replace(",", "\n").replace("，", "\n").replace("；", "\n").replace(";", "\n").splitlines()
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
