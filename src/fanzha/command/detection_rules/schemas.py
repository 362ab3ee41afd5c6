"""API schemas of rule texts, steps and requests."""

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from fanzha.base.clock import from_ms
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.claims.rule_promotion import StoredBacktest
from fanzha.command.detection_rules.example_runs import ExampleRun
from fanzha.command.detection_rules.models import BacktestKind, BacktestRun, RuleRequest
from fanzha.command.detection_rules.selectors import RuleTextState
from fanzha.command.detection_rules.text_check import MAX_TEXT_LENGTH, CheckedText
from fanzha.command.processes.schemas import BilingualText
from fanzha.command.reviews.schemas import MarkedShareOut


class RuleStepIn(Schema):
    """A step: new state, reason, and for `share` the share of subjects (0-1) on which findings act."""

    state: RuleState
    why: str = Field(min_length=1, max_length=300)
    share: float = Field(0.0, ge=0, le=1)
    emergency: bool = Field(False, description="promote alone, now; it stays on record")


class RuleTextIn(Schema):
    """A rule text to add as a draft, and why."""

    text: str = Field(min_length=1, max_length=MAX_TEXT_LENGTH)
    why: str = Field(min_length=1, max_length=300)


class RuleCheckIn(Schema):
    """A rule text to check."""

    text: str = Field(max_length=MAX_TEXT_LENGTH)


class RuleProblemOut(Schema):
    """A mistake or warning in a rule text, at a line and column from 1."""

    line: int
    column: int
    code: str
    what: BilingualText
    fix: BilingualText
    is_warning: bool


class RuleCheckOut(Schema):
    """Whether a text can be saved, and everything that was found in it."""

    is_right: bool
    problems: list[RuleProblemOut]

    @classmethod
    def of(cls, checked: CheckedText) -> "RuleCheckOut":
        """Build the schema from a checked text."""
        problems = [
            RuleProblemOut(
                line=one.line,
                column=one.column,
                code=one.code,
                what=BilingualText.of(one.what),
                fix=BilingualText.of(one.fix),
                is_warning=one.is_warning,
            )
            for one in checked.problems
        ]
        return cls(is_right=not checked.has_mistakes, problems=problems)


class RuleDecisionIn(Schema):
    """The decision of a second person; the asker withdraws with `approve` false."""

    approve: bool
    why: str = Field(min_length=1, max_length=300)


class RuleRequestOut(Schema):
    """A request for a second person, and its decision."""

    ref: str
    rule: str
    text: str
    target: str
    share: float
    why: str
    state: str
    made_by: str
    made_at: datetime
    decided_by: str
    decided_at: datetime | None
    decision_why: str

    @classmethod
    def of(cls, request: RuleRequest) -> "RuleRequestOut":
        """Build the schema from a request. People are named by reference."""
        plain = {name: getattr(request, name) for name in cls.model_fields if name not in ("made_by", "decided_by")}
        return cls(
            **plain, made_by=request.made_by.ref, decided_by=request.decided_by.ref if request.decided_by else ""
        )


class RuleBacktestOut(Schema):
    """A stored backtest of a text over a stretch of history."""

    at: datetime
    first: datetime
    last: datetime
    events: int
    hits: int
    full_hits: int = Field(description="hits whose windows were full")
    subjects: int
    alarms: int | None = Field(description="one subject on one day each; null in older backtests")
    alarms_per_million: float | None = Field(description="a day and million lines; null if the lines are not known")
    alarms_low: float | None
    alarms_high: float | None

    @classmethod
    def of(cls, backtest: StoredBacktest) -> "RuleBacktestOut":
        """Build the schema from a stored backtest."""
        moments = ("at", "first", "last")
        values: dict[str, Any] = {name: getattr(backtest, name) for name in cls.model_fields}
        return cls(**values | {name: from_ms(values[name]) for name in moments})


class RuleStepOut(Schema):
    """A step of a text. `asked_by` asked for what `by` approved on the site."""

    state: str
    at: datetime
    by: str
    asked_by: str
    why: str
    share: float
    emergency: bool

    @classmethod
    def of(cls, step: RuleStep) -> "RuleStepOut":
        """Build the schema from a step."""
        plain = {name: getattr(step, name) for name in cls.model_fields if name != "at"}
        return cls(**plain, at=from_ms(step.at))


class RuleTextOut(Schema):
    """One text of a rule: state, time in shadow, stored backtests, what it lacks, and an open request."""

    rule: str
    text: str = Field(description="digest")
    title: BilingualText
    version: int | None
    newest: bool
    edited: bool = Field(description="its file was edited since it was added")
    step: RuleStepOut
    shadow_since: datetime | None
    backtests: list[RuleBacktestOut]
    missing: list[BilingualText] = Field(description="before its findings may act, apart from a second person")
    request: RuleRequestOut | None

    @classmethod
    def of(cls, state: RuleTextState) -> "RuleTextOut":
        """Build the schema from the state of a text."""
        return cls(
            rule=state.item.rule,
            text=state.item.text,
            title=BilingualText.of(state.heading.title),
            version=state.heading.version,
            newest=state.item.newest,
            edited=state.is_edited,
            step=RuleStepOut.of(state.item.step),
            shadow_since=None if state.shadow_since is None else from_ms(state.shadow_since),
            backtests=[RuleBacktestOut.of(backtest) for backtest in state.backtests],
            missing=[BilingualText.of(words) for words in state.missing],
            request=RuleRequestOut.of(state.request) if state.request else None,
        )


class RuleTextDetailOut(RuleTextOut):
    """A text with its wording and history."""

    wording: str
    history: list[RuleStepOut]
    likely_false: MarkedShareOut = Field(
        description="share of false findings by blind reviews of others; null under 30"
    )


class BacktestRunIn(Schema):
    """A backtest to run: the name of a history of the state folder, and the digest of a text to compare with."""

    history: str = Field(min_length=1, max_length=100)
    beside: str = Field("", max_length=64)
    kind: BacktestKind = Field(
        BacktestKind.HISTORY,
        description="cases: also replay the organisation's decided cases, beside the running text if none is named",
    )


class BacktestRunOut(Schema):
    """A backtest that runs in the background; `report` is filled when it is done and names no subject in full."""

    ref: str
    rule: str
    text: str
    beside: str
    history: str
    kind: str
    state: str
    stage: str
    done: int
    total: int | None
    problem: str
    made_by: str
    made_at: datetime
    report: dict[str, Any]

    @classmethod
    def of(cls, run: BacktestRun) -> "BacktestRunOut":
        """Build the schema from a backtest. People are named by reference."""
        plain = {name: getattr(run, name) for name in cls.model_fields if name not in ("made_by", "report")}
        return cls(**plain, made_by=run.made_by.ref, report=run.result)


class BudgetIn(Schema):
    """On how many subjects a rule may act in an hour, and why."""

    subjects_an_hour: int = Field(ge=0, le=1_000_000)
    why: str = Field(min_length=1, max_length=300)


class ExampleRunOut(Schema):
    """The result of one example: expected subjects, found subjects, and the sentences about them."""

    rule: str
    title_zh: str
    title_en: str
    expected: list[str]
    found: list[str]
    sentences: list[dict[str, str]]
    passed: bool

    @classmethod
    def of(cls, run: ExampleRun) -> "ExampleRunOut":
        """Return the schema of the result of an example."""
        return cls(
            rule=run.rule,
            title_zh=run.words.zh,
            title_en=run.words.en,
            expected=run.expected,
            found=run.found,
            sentences=run.sentences,
            passed=run.passed,
        )
