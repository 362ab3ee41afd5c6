"""Models of detection rules."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped


class RuleRequestState(models.TextChoices):
    """State of a request."""

    WAITING = "waiting", _("waits for a second person")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class RuleRequest(Scoped):
    """A request that a second person lets the findings of a rule text act.

    `text` is the digest of the text, `target` the state asked for, `share` (0-1) is for state `share` only. The step
    itself is in the history of the state folder, with `ref`.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    rule = models.CharField(max_length=100)
    text = models.CharField(max_length=64)
    target = models.CharField(max_length=10)
    share = models.FloatField(default=0.0)
    why = models.CharField(max_length=300)
    state = models.CharField(max_length=9, choices=RuleRequestState.choices, default=RuleRequestState.WAITING)
    made_by = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "text"], condition=models.Q(state="waiting"), name="one_open_request_of_owner"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["owner", "-id"], name="rule_request_of_owner")]

    def __str__(self) -> str:
        return f"{self.rule} {self.text[:8]}: {self.target}"


class BacktestState(models.TextChoices):
    """State of a backtest."""

    QUEUED = "queued", _("waits its turn")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class BacktestKind(models.TextChoices):
    """What a backtest replays."""

    HISTORY = "history", _("backtest")
    CASES = "cases", _("replay of decided cases")


class BacktestRun(Scoped):
    """A backtest of a rule text over a history of the state folder, run in the background.

    One of kind `cases` also says which decided cases of its organisation the text finds in the history.
    `text` is the digest of the tested text, `beside` that of a text it is compared with ("": none). `done` of `total`
    steps of `stage` are over. `result` is built by `fanzha.command.detection_rules.backtest_report`; it names no
    subject in full.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    rule = models.CharField(max_length=100)
    text = models.CharField(max_length=64)
    beside = models.CharField(max_length=64, blank=True)
    history = models.CharField(max_length=100)
    kind = models.CharField(max_length=7, choices=BacktestKind.choices, default=BacktestKind.HISTORY)
    state = models.CharField(max_length=9, choices=BacktestState.choices, default=BacktestState.QUEUED)
    stage = models.CharField(max_length=80, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    problem = models.CharField(max_length=500, blank=True)
    result = models.JSONField(default=dict)
    made_by = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["owner", "rule", "-id"], name="backtest_of_rule")]

    def __str__(self) -> str:
        return f"{self.rule} {self.text[:8]} over {self.history}"

    @property
    def is_at_work(self) -> bool:
        """Return whether it waits or runs."""
        return self.state in (BacktestState.QUEUED, BacktestState.RUNNING)

    @property
    def replays_cases(self) -> bool:
        """Return whether it replays decided cases."""
        return self.kind == BacktestKind.CASES
