"""The filter form of the list of processes, and the rows that it selects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fanzha.base.words import Words
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.processes.selectors import PROCESS_SORTS, is_late
from fanzha.command.web.field_choices import set_choices
from fanzha.command.web.i18n import localize
from fanzha.command.web.list_options import ListOptionsForm

if TYPE_CHECKING:
    from django.db.models import QuerySet

SHOW_WORDS: Mapping[str, Words] = {
    "open": Words("进行中", "open"),
    "late": Words("超时", "late"),
    "ended": Words("已结束", "ended"),
    "all": Words("全部", "all"),
}
#: Columns that can be hidden, beside the process and what it is about.
COLUMNS: Mapping[str, Words] = {
    "state": Words("状态", "state"),
    "owner": Words("承办单位", "owner"),
    "due": Words("时限", "due"),
    "opened": Words("启动时间", "opened"),
    "changed": Words("最近变动", "changed"),
}


class ProcessFilterForm(ListOptionsForm):
    """Form of the filter of processes; invalid fields are ignored."""

    process = forms.ChoiceField(label=_("process"), required=False)
    show = forms.ChoiceField(label=_("show"), required=False)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        titles = [(name, localize(process.title)) for name, process in load_processes().items()]
        set_choices(self, "process", [("", _("all")), *titles])
        set_choices(self, "show", [(key, localize(words)) for key, words in SHOW_WORDS.items()])
        self.add_options(PROCESS_SORTS, COLUMNS)

    def filter(self, rows: QuerySet[ProcessInstance]) -> QuerySet[ProcessInstance]:
        """Return the rows that the form selects."""
        self.is_valid()
        if name := self.cleaned_data.get("process"):
            rows = rows.filter(process=name)
        match self.cleaned_data.get("show"):
            case "late":
                return rows.filter(is_late(timezone.now()))
            case "ended":
                return rows.exclude(ended_at=None)
            case "all":
                return rows
        return rows.filter(ended_at=None)
