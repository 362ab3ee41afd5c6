"""The retention class of each table: floor, ceiling and legal bases, read from `retention.toml`."""

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from django.apps import apps
from django.db import models

from fanzha.base.words import Words

#: Tables of the file that are no models: folders of files.
FILE_TABLES = frozenset({"screen.event_log"})


class Keeps(StrEnum):
    """What ends the rows of a table."""

    PERIOD = "period"
    PARENT = "parent"
    LOG = "log"
    USE = "use"
    JOB = "job"


KEEPS_WORDS = {
    Keeps.PERIOD: Words("到期删除", "deleted after the period"),
    Keeps.PARENT: Words("随所属记录删除", "deleted with what they belong to"),
    Keeps.LOG: Words("只增不删；删除个人密钥后内容不可读", "never deleted; values of persons are erased by their keys"),
    Keeps.USE: Words("使用期间保存", "kept while in use"),
    Keeps.JOB: Words("由专门任务清理", "deleted by a job of their own"),
}


class RetentionClass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A class of tables: days and the codes of the legal bases. Without days its rows do not end by age."""

    title: Words
    floor_basis: tuple[str, ...]
    ceiling_basis: tuple[str, ...]
    floor_days: int = 0
    ceiling_days: int = 0
    default_days: int = 0


class TableRetention(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"class_name": "class"}):
    """How one table keeps its rows; `retention.toml` describes the fields."""

    title: Words
    class_name: str
    keeps: Keeps
    label: str = ""
    age: tuple[str, ...] = ()
    only: dict[str, Any] = {}
    open: dict[str, Any] = {}
    unused: tuple[str, ...] = ()
    unused_of_owner: tuple[str, ...] = ()
    parent: str = ""
    job: str = ""
    tombstone: str = ""
    owner: str = ""
    subject: str = ""
    subject_ref: str = ""
    process: str = ""
    person: str = ""
    value: str = ""
    mail: str = ""
    shows: tuple[str, ...] = ()
    corrects: tuple[str, ...] = ()

    @property
    def retention_class(self) -> RetentionClass:
        """Return the class of the table."""
        return retention_classes()[self.class_name]

    @property
    def model(self) -> type[models.Model]:
        """Return the model. Raise LookupError for a table of files."""
        return apps.get_model(self.label)

    @property
    def is_personal(self) -> bool:
        """Return whether rows are found by a person: by subject, account, value or mail address."""
        return bool(self.subject or self.subject_ref or self.person or self.value or self.mail)


class _RetentionFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    classes: dict[str, RetentionClass]
    tables: dict[str, TableRetention]


@cache
def _load() -> _RetentionFile:
    text = (files("fanzha.command.privacy") / "retention.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _RetentionFile)


def retention_classes() -> dict[str, RetentionClass]:
    """Return the classes by name."""
    return _load().classes


@cache
def table_retentions() -> dict[str, TableRetention]:
    """Return the tables by label, such as `exports.Export`, in the order of the file."""
    return {label: msgspec.structs.replace(table, label=label) for label, table in _load().tables.items()}


def root_of(table: TableRetention) -> TableRetention:
    """Return the table whose rows end those of a table: its parent, or the parent of that one; else itself."""
    while table.keeps is Keeps.PARENT:
        table = table_retentions()[table.parent]
    return table
