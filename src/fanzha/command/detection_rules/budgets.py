"""Harm budgets of rules and detectors, set on pages: who may lower or raise one, and the record of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.detection_rules.library import find_shipped, rule_key
from fanzha.command.detection_rules.selectors import list_rule_texts
from fanzha.command.detection_rules.services import (
    APPROVER_ROLES,
    STEP_ROLES,
    name_with_account,
    require_person,
    require_reason,
)
from fanzha.command.organizations.selectors import get_organization_ref
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal
from fanzha.store.budgets import BudgetChange, change_budget, is_budget_in_settings, list_budget_changes, load_budgets

if TYPE_CHECKING:
    from fanzha.command.web.viewer import Viewer

MAX_SUBJECTS = 1_000_000


class BudgetState(NamedTuple):
    """The budget of a rule: subjects an hour (None: any number), whether it is its own, and where it is set.

    `is_fixed` says that `fanzha.toml` names it, so that pages do not change it. `changes` are those on pages, the
    latest first.
    """

    subjects: int | None
    is_own: bool
    is_fixed: bool
    changes: list[BudgetChange]


def read_budget(rule: str) -> BudgetState:
    """Return the budget of a rule or detector. Raise UsageError for a damaged file of the state folder."""
    budgets = load_budgets()
    own = {rule_key(name): budget for name, budget in budgets.rules.items()}.get(rule_key(rule))
    changes = [change for change in list_budget_changes() if rule_key(change.rule) == rule_key(rule)]
    subjects = (own or budgets.default).subjects_an_hour
    return BudgetState(subjects, own is not None, is_budget_in_settings(rule), changes[::-1])


def is_rule(name: str, viewer: Viewer) -> bool:
    """Return whether there is a detector of the package or a rule of the operator with a name."""
    return find_shipped(name) is not None or any(one.item.rule == name for one in list_rule_texts(viewer))


def set_budget(rule: str, subjects: int, why: str, viewer: Viewer) -> None:
    """Set how many subjects a rule may act on in an hour. Raise Refusal.

    People who take steps of rules may lower it; a higher one, which acts on more people, needs a reviewer.
    """
    person = require_person(viewer, STEP_ROLES)
    require_reason(why)
    if not 0 <= subjects <= MAX_SUBJECTS:
        words = Words(f"请填写 0 至 {MAX_SUBJECTS:,} 的整数", f"enter a whole number from 0 to {MAX_SUBJECTS:,}")
        raise Refusal(Reason.EVIDENCE, words, fields={"subjects": words})
    try:
        now = read_budget(rule)
    except UsageError as error:
        raise Refusal(Reason.STATE, Words("预算文件已损坏，请联系平台管理员", str(error))) from None
    if now.is_fixed:
        words = Words("该限额由平台管理员在设置文件中指定", "an administrator of the site sets this budget in a file")
        raise Refusal(Reason.STATE, words)
    if now.subjects is not None and subjects > now.subjects and not viewer.has(*APPROVER_ROLES):
        raise Refusal(Reason.ROLE, Words("提高限额须由审核员办理", "Only a reviewer may raise a budget"))
    at = timezone.now()
    change = BudgetChange(rule, subjects, name_with_account(person), why, to_ms(at))
    facts = {"rule": rule, "subjects_an_hour": subjects, "before": now.subjects}
    with recorded() as log:
        log.add(Draft("rule_budget", to_ms(at), person.ref, get_organization_ref(viewer.organization), facts=facts))
        change_budget(change)
