"""Pages of backtests: run one, look at its progress and report, cancel it."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.base.errors import UsageError
from fanzha.command.detection_rules.backtest_presenters import present_report, problem_words, run_badge
from fanzha.command.detection_rules.case_replay_presenters import present_cases
from fanzha.command.detection_rules.forms import BacktestForm
from fanzha.command.detection_rules.models import BacktestKind, BacktestRun
from fanzha.command.detection_rules.presenters import may_step, state_label
from fanzha.command.detection_rules.selectors import RuleTextState, find_rule_text
from fanzha.command.detection_rules.services import READER_ROLES, STEP_ROLES, cancel_backtest, request_backtest
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.command.web.job_queue import QueueFull
from fanzha.processes.refusal import Refusal
from fanzha.store.histories import load_histories


def backtest_form(
    state: RuleTextState, texts: Sequence[RuleTextState], typed: object | None = None
) -> BacktestForm | None:
    """Return the form to run a backtest of a text, None if the state folder names no history or a wrong one."""
    try:
        histories = load_histories()
    except UsageError:
        return None
    others = [
        (one.item.text, f"v{one.heading.version or ''} {one.item.text[:8]} ({state_label(one.item.step)})")
        for one in texts
        if one.item.text != state.item.text
    ]
    return BacktestForm(histories, others, typed) if histories else None


@signed_in(*STEP_ROLES)
@require_POST
def run(request: SignedInRequest, text: str) -> HttpResponse:
    """Queue a backtest of a text."""
    try:
        state = find_rule_text(request.viewer, text)
    except UsageError:  # the list says which file is damaged
        state = None
    if state is None:
        raise Http404
    typed = request.POST
    try:
        kind = BacktestKind.CASES if typed.get("kind") == BacktestKind.CASES else BacktestKind.HISTORY
        made = request_backtest(state, typed.get("history", ""), typed.get("beside", ""), request.viewer, kind)
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    except (UsageError, QueueFull) as error:
        messages.error(request, str(error))
    else:
        return redirect("detection_rule_backtest", made.ref)
    return redirect("detection_rule", text)


@signed_in(*READER_ROLES)
def backtest_detail(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show how far a backtest is, or its report."""
    made = get_object_or_404(BacktestRun.objects.select_related("made_by"), ref=ref)
    context = {
        "run": made,
        "badge": run_badge(made),
        "problem": problem_words(made.problem),
        "report": present_report(made) if made.result else None,
        "cases": present_cases(made) if made.result and made.replays_cases else None,
        "may_cancel": made.is_at_work and may_step(request.viewer),
    }
    return render(request, "detection_rules/backtest.html", context)


@signed_in(*STEP_ROLES)
@require_POST
def cancel(request: SignedInRequest, ref: str) -> HttpResponse:
    """Cancel a backtest that waits or runs."""
    made = get_object_or_404(BacktestRun.objects, ref=ref)
    try:
        cancel_backtest(made, request.viewer)
        messages.success(request, _("Cancelled."))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("detection_rule_backtest", ref)
