"""Sort and columns of a list: fields of its filter form, the order with its cursor, and rows without hidden columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from django import forms
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from fanzha.base.words import Words
from fanzha.command.web.components import ListRow
from fanzha.command.web.i18n import localize

M = TypeVar("M", bound=Model)

#: The parts of a row that can be hidden; the title always stands.
ROW_COLUMNS: Mapping[str, Words] = {
    "reason": Words("理由", "reason"),
    "score": Words("分值", "score"),
    "due": Words("时限", "due"),
    "badges": Words("标签", "labels"),
    "time": Words("时间", "time"),
    "details": Words("经办与来源", "who and by what"),
}
_EMPTIED: Mapping[str, Mapping[str, Any]] = {
    "reason": {"summary": ""},
    "score": {"aside": ""},
    "due": {"due": None},
    "badges": {"badges": ()},
    "time": {"at": None},
    "details": {"meta": ()},
}


@dataclass(frozen=True)
class SortOrder:
    """One order of a list: its title, the column, and how a value of the column is read from a cursor."""

    title: Words
    column: str
    parse: Callable[[str], Any]
    descending: bool = True

    def sort(self, rows: QuerySet[M], cursor: str = "") -> QuerySet[M]:
        """Return the rows in this order, from a cursor on. Raise ValueError for an invalid cursor."""
        sign = "-" if self.descending else ""
        rows = rows.order_by(f"{sign}{self.column}", f"{sign}pk")
        return rows.filter(self._after(cursor)) if cursor else rows

    def encode_cursor(self, row: Model) -> str:
        """Return the cursor of the page after a row."""
        value = getattr(row, self.column)
        text = value.isoformat() if isinstance(value, datetime) else str(value)
        return f"{text}_{row.pk}"

    def _after(self, cursor: str) -> Q:
        text, _sign, key = cursor.rpartition("_")
        try:
            value, number, side = self.parse(text), int(key), "lt" if self.descending else "gt"
            if isinstance(value, datetime):
                value = value.astimezone(UTC)
        except OverflowError as error:
            raise ValueError("the moment of the cursor is out of range") from error
        same = Q(**{self.column: value, f"pk__{side}": number})
        return Q(**{f"{self.column}__{side}": value}) | same


class ListOptionsForm(forms.Form):
    """Fields that a filter form adds to its own: `sort` and `columns`. Call `add_options` in `__init__`."""

    def add_options(self, sorts: Mapping[str, SortOrder], columns: Mapping[str, Words]) -> None:
        """Add the fields. The first sort is the standard; without chosen columns all are shown."""
        if sorts:
            choices = [(key, localize(sort.title)) for key, sort in sorts.items()]
            self.fields["sort"] = forms.ChoiceField(label=_("sort by"), required=False, choices=choices)
        self.fields["columns"] = forms.MultipleChoiceField(
            label=_("columns"),
            required=False,
            choices=[(key, localize(words)) for key, words in columns.items()],
            widget=forms.CheckboxSelectMultiple,
        )
        if isinstance(self.data, QueryDict) and not self.data.get("columns"):
            self.data = self.data.copy()
            self.data.setlist("columns", list(columns))

    @property
    def columns(self) -> frozenset[str]:
        """Return the columns to show."""
        self.is_valid()
        field = self.fields["columns"]
        return frozenset(self.cleaned_data.get("columns") or [key for key, _title in field.choices])  # type: ignore[attr-defined]

    @property
    def sort(self) -> str:
        """Return the chosen sort, "" for the standard."""
        self.is_valid()
        return str(self.cleaned_data.get("sort") or "")


def keep_columns(rows: Iterable[ListRow], columns: frozenset[str]) -> list[ListRow]:
    """Return rows without the parts whose columns are not chosen."""
    hidden = [key for key in ROW_COLUMNS if key not in columns]
    changes = {name: value for key in hidden for name, value in _EMPTIED[key].items()}
    return [replace(row, **changes) if changes else row for row in rows]


def take_page(rows: QuerySet[M], sort: SortOrder, cursor: str, size: int) -> tuple[Sequence[M], str]:
    """Return one page in an order, and the cursor of the next page, "" on the last one. Raise ValueError."""
    fetched = list(sort.sort(rows, cursor)[: size + 1])
    return fetched[:size], sort.encode_cursor(fetched[size - 1]) if len(fetched) > size else ""
