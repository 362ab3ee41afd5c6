"""Carry out a request of a person that was granted: correct a value, or erase what the law does not keep.

Rows are refused erasure, table by table and with the law, before the floor of their table is over, and while a process,
a measure or a campaign needs them. Each row is deleted as by the retention job, with an entry of the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import Recorder, enable_secure_delete
from fanzha.command.organizations.selectors import all_people
from fanzha.command.organizations.services import erase_account
from fanzha.command.privacy.person_data import PersonIdentity, identify, person_rows, personal_tables
from fanzha.command.privacy.retention import Deletion, delete_rows
from fanzha.command.privacy.retention_classes import Keeps, TableRetention, table_retentions
from fanzha.command.privacy.retention_rows import build_hold_condition, ended_rows, rows_ended_before
from fanzha.command.privacy.retention_settings import bases_text
from fanzha.command.processes.selectors import find_steps
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

_UNSCOPED = unscoped("a request is carried out on the rows of its owner")

#: What a request may correct: table and column.
CORRECTIONS = {
    "name": ("organizations.Person", "name"),
    "invitation": ("organizations.Invitation", "name"),
    "holder": ("imports.SparedRow", "holder"),
}
_BASIS = ("PIPL47",)
_ACCOUNT = "organizations.Person"
_ERASED = Words("{title.zh}：删除 {count:,} 条", "{title.en}: {count:,} deleted")
_KEPT = Words("{title.zh}：依法保留 {count:,} 条（{law.zh}）", "{title.en}: {count:,} kept by law ({law.en})")
_HELD = Words(
    "{title.zh}：保留 {count:,} 条，因有未结流程、生效措施、处理中的团伙或其他在用记录",
    "{title.en}: {count:,} kept for an open process, a measure in force, a campaign or other rows in use",
)
_ACCOUNT_ERASED = Words(
    "账户已注销，姓名、邮件地址与登录方式已删除", "the account: name, mail address and ways to sign in erased"
)
_ACCOUNT_KEPT = Words("账户保留：任职尚未结束", "the account is kept: a role of the person is in force")
_NOTHING = Words("没有可办理的数据", "there was no such data")
_COPY = Words("副本已备妥，可提供给请求人", "the copy is ready to be given to the person")
_CORRECTED = Words("{title.zh}：更正 {count:,} 条", "{title.en}: {count:,} corrected")
_LOG = Words(
    "证据日志：条目不含明文，个人信息的密钥随对象到期销毁（{law.zh}）",
    "the evidence log: entries hold no plain values; the key of the values goes with the subject ({law.en})",
)


class _Request(NamedTuple):
    """A granted request: its process, the person, and the time at which it is carried out."""

    instance: ProcessInstance
    identity: PersonIdentity
    at: datetime


def carry_out(instance: ProcessInstance, kind: str, at: datetime, log: Recorder) -> list[Words]:
    """Carry out a granted request of a kind (access, copy, correction, erasure); return what was done in each table.

    Call it within a recorded transaction. A second call finds nothing more to do.
    """
    request = _Request(instance, identify(instance, at), at)
    if kind == "correction":
        return [_correct(request, log)]
    if kind == "erasure":
        enable_secure_delete()
        return [*_erase(request, log), _LOG.format(law=_law(table_retentions()["evidence.LogEntry"], is_floor=True))]
    return [_COPY]


def _correct(request: _Request, log: Recorder) -> Words:
    """Replace the old value by the new one. Both are in the evidence of the proposal, which the log seals."""
    step = find_steps(_UNSCOPED).filter(instance=request.instance, event="propose").order_by("-number").first()
    chosen = step.evidence.get("corrected") if step else None
    if step is None or chosen not in CORRECTIONS:
        return _NOTHING
    label, column = CORRECTIONS[chosen]
    table = table_retentions()[label]
    rows = person_rows(table, request.identity).filter(**{column: step.personal["old_value"]})
    longest = table.model._meta.get_field(column).max_length  # type: ignore[union-attr]
    count = rows.update(**{column: step.personal["new_value"][:longest]})
    facts = {"table": label, "column": column, "rows": count}
    log.add(_draft(request, "personal_data_corrected", facts))
    return _CORRECTED.format(title=table.title, count=count) if count else _NOTHING


def _erase(request: _Request, log: Recorder) -> Iterator[Words]:
    done = False
    for table in personal_tables():
        if table.keeps is Keeps.PERIOD and table.label != "subjects.Subject":
            for words in _erase_rows(table, request, log):
                done = True
                yield words
    if account := _erase_account(request):
        done = True
        yield account
    if not done:
        yield _NOTHING


def _erase_rows(table: TableRetention, request: _Request, log: Recorder) -> Iterator[Words]:
    rows = person_rows(table, request.identity)
    total = rows.count()
    if not total:
        return
    limits = table.retention_class
    before = request.at - timedelta(days=limits.floor_days)
    past_floor = rows.filter(pk__in=rows_ended_before(table, before).values("pk"))
    unused = ended_rows(table, before, request.at).values("pk")
    free = past_floor.filter(pk__in=unused).filter(
        ~build_hold_condition(table, request.at, besides=request.identity.request)
    )
    past_count, free_count = past_floor.count(), free.count()
    deletion = Deletion("request", _BASIS, request.at, organization=request.instance.owner.ref)
    if free_count:
        yield _ERASED.format(title=table.title, count=delete_rows(table, free, deletion, log))
    if past_count > free_count:
        yield _HELD.format(title=table.title, count=past_count - free_count)
    if total > past_count:
        yield _KEPT.format(title=table.title, count=total - past_count, law=_law(table, is_floor=True))


def _erase_account(request: _Request) -> Words | None:
    """Erase the accounts of the person; None without one."""
    people = list(all_people().filter(pk__in=request.identity.accounts))
    if not people:
        return None
    is_erased = [erase_account(person) for person in people]
    return _ACCOUNT_ERASED if all(is_erased) else _ACCOUNT_KEPT


def _law(table: TableRetention, *, is_floor: bool) -> Words:
    limits = table.retention_class
    return bases_text(limits.floor_basis if is_floor else limits.ceiling_basis)


def _draft(request: _Request, kind: str, facts: dict[str, Any]) -> Draft:
    owner, ref = request.instance.owner.ref, request.instance.ref
    return Draft(kind, to_ms(request.at), "", owner, process=ref, about=request.instance.about, facts=facts)
