"""Take steps of rule texts, ask a second person for promotions, and decide on them. Each is recorded.

The step itself is taken by `fanzha.store.rule_promotion.promote`, as on the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone
from msgspec.structs import replace

from fanzha.base.clock import to_ms
from fanzha.base.errors import UsageError
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.claims.rule_lifecycle import NEXT_STATES, STATE_WORDS, RuleState, RuleStep
from fanzha.claims.rule_promotion import find_missing_person, is_promotion
from fanzha.command.audit.services import recorded
from fanzha.command.detection_rules.backtest_runs import run_backtest
from fanzha.command.detection_rules.decided_cases import has_decided_cases
from fanzha.command.detection_rules.library import find_shipped
from fanzha.command.detection_rules.models import (
    BacktestKind,
    BacktestRun,
    BacktestState,
    RuleRequest,
    RuleRequestState,
)
from fanzha.command.detection_rules.text_check import MAX_TEXT_LENGTH, CheckedText, check_text, plain_text
from fanzha.command.organizations.selectors import (
    active_organizations,
    find_organization,
    get_organization_ref,
    get_person,
)
from fanzha.command.web.job_queue import check_room, enqueue
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal
from fanzha.store.histories import load_histories
from fanzha.store.rule_promotion import load_rule_organization, promote
from fanzha.store.rule_texts import RuleText, RuleTexts

if TYPE_CHECKING:
    from fanzha.command.detection_rules.selectors import RuleTextState
    from fanzha.command.organizations.models import Person
    from fanzha.command.web.viewer import Viewer

_TEXT_WRONG = Words("规则文本有误", "the rule text has mistakes")
_UNSCOPED = unscoped("requests of the owner's rules, locked for update")

READER_ROLES = (Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER, Role.ADMINISTRATOR)
#: Roles that take steps and ask for promotions.
STEP_ROLES = (Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER)
#: Roles that approve the promotion that another person asked for.
APPROVER_ROLES = (Role.REVIEWER,)
#: Roles that promote alone in an emergency.
EMERGENCY_ROLES = (Role.REVIEWER, Role.DUTY_OFFICER)


class WantedStep(NamedTuple):
    """The step that a person wants: new state, reason, share (0-1, for state `share`), and whether it cannot wait."""

    state: RuleState
    why: str
    share: float = 0.0
    emergency: bool = False


def operates_rules(viewer: Viewer) -> bool:
    """Return whether the viewer's organisation operates the rules of this state folder.

    It is the one that `[promotion] organisation` or `[verdicts] organisation` names, or the only active organisation.
    """
    return find_rule_operator() == viewer.organization


def find_rule_operator() -> int | None:
    """Return the organisation (primary key) that operates the rules of this state folder, None if it is unknown."""
    name = load_rule_organization()
    if name:
        found = find_organization(name)
        return found.pk if found else None
    active = list(active_organizations().values_list("pk", flat=True)[:2])
    return active[0] if len(active) == 1 else None


def take_step(state: RuleTextState, wanted: WantedStep, viewer: Viewer) -> RuleRequest | None:
    """Take a step at once, or return the request for a second person if the findings would act on more subjects.

    In an emergency one person promotes alone. Raise Refusal.
    """
    person = require_person(viewer, STEP_ROLES)
    require_reason(wanted.why)
    _check_transition(state, wanted)
    step = _build_step(wanted, person)
    if not is_promotion(state.item.step, step):  # it lacks nothing, so it is no emergency
        _move_and_record("rule_step", state, replace(step, emergency=False), viewer, person)
        return None
    if wanted.emergency:
        require_person(viewer, EMERGENCY_ROLES)
        _move_and_record("rule_emergency", state, step, viewer, person)
        return None
    if state.missing:
        raise Refusal(Reason.STATE, _join(state.missing))
    return _ask(state, wanted, viewer, person)


def add_text(text: str, why: str, viewer: Viewer) -> RuleText:
    """Add a rule text as a draft, without a change to running rules. Raise Refusal with all mistakes of the text."""
    person = require_person(viewer, STEP_ROLES)
    require_reason(why)
    text = plain_text(text)
    if len(text) > MAX_TEXT_LENGTH:
        words = Words(f"文本超过 {MAX_TEXT_LENGTH:,} 字", f"the text has more than {MAX_TEXT_LENGTH:,} characters")
        raise Refusal(Reason.EVIDENCE, words, fields={"text": words})
    checked = check_text(text)
    if checked.rule is None:
        raise Refusal(Reason.EVIDENCE, _TEXT_WRONG, fields={"text": _join_problems(checked)})
    rule, shipped = checked.rule, find_shipped(checked.rule.name)
    if shipped is not None and not shipped.text:
        words = Words("内置检测器已使用该名称，请改名", f"a detector of the package is called {rule.name}: rename it")
        raise Refusal(Reason.EVIDENCE, words, fields={"text": words})
    step = RuleStep(state=RuleState.DRAFT, at=to_ms(timezone.now()), by=name_with_account(person), why=why)
    texts = RuleTexts()
    with recorded() as log:
        log.add(_draft("rule_text_added", rule.name, digest(text), step, viewer, person))
        try:
            texts.check_version(rule.name, rule.version, text)
            texts.add(rule.name, text, at=step.at, by=step.by, why=why)
        except UsageError as error:
            raise Refusal(Reason.STATE, Words(*_refused(error))) from None
    return texts.select(rule.name, digest(text))


def request_backtest(
    state: RuleTextState,
    history: str,
    beside: str,
    viewer: Viewer,
    kind: BacktestKind = BacktestKind.HISTORY,
) -> BacktestRun:
    """Queue a backtest of a text over a history of the state folder, compared with another text of its rule or "".

    A replay of decided cases without another text is compared with the text that runs, if that is another one. Raise
    Refusal; raise QueueFull if the organisation has too many waiting jobs.
    """
    person = require_person(viewer, STEP_ROLES)
    if history not in load_histories():
        words = Words("没有这份历史数据", "there is no such history")
        raise Refusal(Reason.EVIDENCE, words, fields={"history": words})
    others = [item for item in RuleTexts().list_texts(state.item.rule) if item.text != state.item.text]
    if beside and beside not in {item.text for item in others}:
        words = Words("只能与该规则的另一文本比较", "compare it with another text of its rule")
        raise Refusal(Reason.EVIDENCE, words, fields={"beside": words})
    if kind is BacktestKind.CASES:
        if not has_decided_cases(viewer.organization):
            words = Words(
                "本单位尚无已判定的对象，无案件可回放",
                "your organisation has not decided on any subject yet: there is no case to replay",
            )
            raise Refusal(Reason.STATE, words)
        beside = beside or _find_running(others)
    organization = get_organization_ref(viewer.organization)
    check_room(organization)
    with recorded() as log:
        run = _UNSCOPED.rows(BacktestRun).create(
            owner_id=viewer.organization,
            rule=state.item.rule,
            text=state.item.text,
            beside=beside,
            history=history,
            kind=kind,
            made_by=person,
            touched_at=timezone.now(),
        )
        facts = {"rule": run.rule, "run": run.ref, "history": history, "kind": kind.value}
        log.add(Draft("rule_backtest", to_ms(timezone.now()), person.ref, organization, about=run.text, facts=facts))
    enqueue(run_backtest, organization, run.ref)
    return run


def _find_running(items: Sequence[RuleText]) -> str:
    """Return the text whose findings act, else the one in shadow, "" if none of them runs."""
    for states in ((RuleState.LIVE, RuleState.SHARE), (RuleState.SHADOW, RuleState.WARMING)):
        for item in items:
            if item.step.state in states:
                return item.text
    return ""


def cancel_backtest(run: BacktestRun, viewer: Viewer) -> None:
    """Cancel a backtest that waits or runs. Raise Refusal."""
    require_person(viewer, STEP_ROLES)
    rows = _UNSCOPED.rows(BacktestRun).filter(pk=run.pk, state__in=(BacktestState.QUEUED, BacktestState.RUNNING))
    if not rows.update(state=BacktestState.CANCELLED, touched_at=timezone.now()):
        raise Refusal(Reason.STATE, Words("该回测已结束", "the backtest has ended"))


def _refused(error: UsageError) -> tuple[str, str]:
    """Return the words of a refusal by the state folder: the version or the text is there already."""
    if "has version" in error.what:
        return "该规则的另一文本已使用此版本号，请改用更大的 version", f"{error.what}: {error.fix}"
    return "该文本已登记，或规则名称不符合要求", f"{error.what}: {error.fix}"


def _join_problems(checked: CheckedText) -> Words:
    """Return the mistakes of a text in one line, each with its place."""
    mistakes = [problem for problem in checked.problems if not problem.is_warning]
    return Words(
        "；".join(f"第 {one.line} 行：{one.what.zh}" for one in mistakes),
        "; ".join(f"line {one.line}: {one.what.en}" for one in mistakes),
    )


def approve(request: RuleRequest, why: str, viewer: Viewer) -> None:
    """Approve a request as the second person and take the step. Raise Refusal."""
    person = require_person(viewer, APPROVER_ROLES)
    if person.pk == request.made_by_id:
        raise Refusal(
            Reason.SAME_PERSON,
            Words("须由申请人以外的另一人批准", "Somebody other than the person who requested it must approve"),
        )
    require_reason(why)
    step = RuleStep(
        state=RuleState(request.target),
        at=to_ms(timezone.now()),
        by=name_with_account(person),
        why=f"{request.why} / {why}",
        share=request.share,
        asked_by=name_with_account(request.made_by),
        request=request.ref,
    )
    texts = RuleTexts()
    steps = [entry.step for entry in texts.history(request.rule) if entry.text == request.text]
    if not steps:  # the state folder is an older copy
        raise Refusal(Reason.STATE, Words("状态文件夹中已没有该文本", "the state folder no longer has this text"))
    if words := find_missing_person(steps, step):
        raise Refusal(Reason.SAME_PERSON, words)
    with recorded() as log:
        _decide(request, RuleRequestState.APPROVED, person, why)
        log.add(_draft("rule_promotion_approved", request.rule, request.text, step, viewer, person))
        log.anchor_at_once()
        if not any(earlier.request == request.ref for earlier in steps):  # else a commit failed after the move
            _promote(request.rule, request.text, step)


def refuse(request: RuleRequest, why: str, viewer: Viewer) -> None:
    """Refuse a request as a reviewer, or withdraw the own one. Raise Refusal."""
    is_own = viewer.person is not None and viewer.person == request.made_by_id
    person = require_person(viewer, STEP_ROLES if is_own else APPROVER_ROLES)
    require_reason(why)
    after, kind = (
        (RuleRequestState.WITHDRAWN, "rule_promotion_withdrawn")
        if is_own
        else (RuleRequestState.REFUSED, "rule_promotion_refused")
    )
    step = RuleStep(
        state=RuleState(request.target),
        at=to_ms(timezone.now()),
        by="",
        why="",
        share=request.share,
        request=request.ref,
    )
    with recorded() as log:
        _decide(request, after, person, why)
        log.add(_draft(kind, request.rule, request.text, step, viewer, person))


def _ask(state: RuleTextState, wanted: WantedStep, viewer: Viewer, person: Person) -> RuleRequest:
    step = _build_step(wanted, person)
    try:
        with recorded() as log, transaction.atomic():
            request = _UNSCOPED.rows(RuleRequest).create(
                owner_id=viewer.organization,
                rule=state.item.rule,
                text=state.item.text,
                target=wanted.state,
                share=wanted.share,
                why=wanted.why,
                made_by=person,
            )
            asked = replace(step, request=request.ref)
            log.add(_draft("rule_promotion_asked", state.item.rule, state.item.text, asked, viewer, person))
    except IntegrityError:
        words = Words("该文本已有待批准的申请", "A request for this text is already waiting for a second person")
        raise Refusal(Reason.STATE, words) from None
    return request


def _decide(request: RuleRequest, after: RuleRequestState, person: Person, why: str) -> None:
    waiting = _UNSCOPED.rows(RuleRequest).filter(pk=request.pk, state=RuleRequestState.WAITING)
    if not waiting.update(state=after, decided_by=person, decided_at=timezone.now(), decision_why=why):
        raise Refusal(Reason.STATE, Words("该申请已办结", "The request has already been decided"))


def _move_and_record(kind: str, state: RuleTextState, step: RuleStep, viewer: Viewer, person: Person) -> None:
    with recorded() as log:
        log.add(_draft(kind, state.item.rule, state.item.text, step, viewer, person))
        if step.emergency:
            log.anchor_at_once()
        _promote(state.item.rule, state.item.text, step, follows=state.item.step)


def _promote(rule: str, text: str, step: RuleStep, follows: RuleStep | None = None) -> None:
    """Take the step as the last act of the transaction, so that a refusal also undoes the rows.

    What is no promotion after the step that the person saw may be one after a step that was taken meanwhile: `follows`
    refuses it then.
    """
    try:
        promote(rule, step, text=text, follows=follows)
    except UsageError as error:
        words = Words("规则状态已变更或条件不再满足，请刷新页面后重试", f"{error.what}: load the page again")
        raise Refusal(Reason.STATE, words) from None


def _check_transition(state: RuleTextState, wanted: WantedStep) -> None:
    last = state.item.step
    if wanted.state not in NEXT_STATES[last.state]:
        before, after = STATE_WORDS[last.state], STATE_WORDS[wanted.state]
        raise Refusal(
            Reason.STATE,
            Words(f"“{before.zh}”不能改为“{after.zh}”", f"a rule in state {before.en} cannot become {after.en}"),
        )
    if wanted.state is RuleState.SHARE and not 0 < wanted.share <= 1:
        words = Words("比例须大于 0%，不超过 100%", "the share must be above 0% and at most 100%")
        raise Refusal(Reason.EVIDENCE, words, fields={"share": words})
    if wanted.state is last.state and wanted.share == last.share:
        raise Refusal(Reason.STATE, Words("已是该比例", "The rule already has this share"))


def _build_step(wanted: WantedStep, person: Person) -> RuleStep:
    share = wanted.share if wanted.state is RuleState.SHARE else 0.0
    at, by = to_ms(timezone.now()), name_with_account(person)
    return RuleStep(state=wanted.state, at=at, by=by, why=wanted.why, share=share, emergency=wanted.emergency)


def name_with_account(person: Person) -> str:
    """Return the name followed by the reference of the account, which distinguishes people of the same name."""
    return f"{person} ({person.ref})"


def require_person(viewer: Viewer, roles: tuple[Role, ...]) -> Person:
    """Return the person of a viewer of the operator with one of the roles. Raise Refusal."""
    if viewer.person is None:
        raise Refusal(
            Reason.ROLE,
            Words("须由本人登录后办理，密钥不能代办", "A person must sign in for this. API keys cannot do it"),
        )
    if not operates_rules(viewer):
        raise Refusal(Reason.ROLE, Words("规则由其他单位管理", "Another organisation manages the rules"))
    if not viewer.has(*roles):
        raise Refusal(Reason.ROLE, Words("您的角色不能办理此事项", "Your role cannot do this"))
    return get_person(viewer)


def require_reason(why: str) -> None:
    """Raise Refusal without a reason."""
    if not why.strip():
        words = Words("请填写理由", "give the reason")
        raise Refusal(Reason.EVIDENCE, words, fields={"why": words})


def _join(missing: list[Words]) -> Words:
    return Words("；".join(words.zh for words in missing), "; ".join(words.en for words in missing))


def _draft(kind: str, rule: str, text: str, step: RuleStep, viewer: Viewer, person: Person) -> Draft:
    facts = {"rule": rule, "state": step.state.value, "share": step.share, "emergency": step.emergency}
    if step.request:
        facts["request"] = step.request
    return Draft(
        kind, to_ms(timezone.now()), person.ref, get_organization_ref(viewer.organization), about=text, facts=facts
    )
