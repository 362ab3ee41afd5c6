"""What the steps of processes mean for notices and appeals, and who may withdraw the appeal of a person."""

from fanzha.base.words import Words
from fanzha.command.notices.appeal_entry import is_holder
from fanzha.command.notices.registry import WITHDRAWALS, follow_steps
from fanzha.command.processes.services import EVERY_PROCESS, StepAttempt, StepCheck
from fanzha.processes.catalog import all_processes
from fanzha.processes.refusal import Reason, Refusal

NO_REQUEST = Words("须附当事人本人的撤回申请", "attach the request of the person: nobody else withdraws an appeal")
HEARD_BY_REGULATOR = Words(
    "申诉由主管部门办理，请将当事人的撤回申请转主管部门登记",
    "the regulator hears this appeal: hand the request of the person to the regulator, who records it",
)
#: How the states end in which the regulator hears an appeal.
_HIGHER = "_higher"
_REGULATORS = ("national_regulator", "provincial_regulator")


def check_withdrawal(attempt: StepAttempt) -> None:
    """Let an office withdraw an appeal only by the person's own request, and the owner none that the regulator hears.

    Raise Refusal.
    """
    actor, instance = attempt.actor, attempt.instance
    if attempt.event not in WITHDRAWALS or actor is None or instance is None or actor.is_requester or is_holder(actor):
        return
    if instance.state.endswith(_HIGHER) and actor.kind not in _REGULATORS:
        raise Refusal(Reason.ROLE, HEARD_BY_REGULATOR)
    if not attempt.evidence.get("papers"):
        raise Refusal(Reason.EVIDENCE, NO_REQUEST, fields={"papers": NO_REQUEST})


CHECKS: dict[str, StepCheck] = {
    name: check_withdrawal for name, process in all_processes().items() if WITHDRAWALS & set(process.events)
}
WRITERS = {EVERY_PROCESS: follow_steps}
