"""Errors for the operator: what happened, where, and how to fix it."""


class FanzhaError(Exception):
    """An error that the operator can fix; `exit_code` is the exit code of the command line."""

    exit_code = 2

    def __init__(self, what: str, *, fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.what}\n  {self.fix}" if self.fix else self.what


class UsageError(FanzhaError):
    """The command, a setting or a file named on the command line is wrong (exit 2)."""


class NothingUsable(FanzhaError):
    """No row of the input could be used (exit 3)."""

    exit_code = 3


class RejectsFound(FanzhaError):
    """Rows were rejected and `--strict` was asked for (exit 4)."""

    exit_code = 4


class QuestionsOpen(FanzhaError):
    """A column map has unanswered questions (exit code 6; code 5 belongs to `fanzha audit`)."""

    exit_code = 6


class ExamplesFailed(FanzhaError):
    """A rule finds other subjects in one of its examples than the example names (exit 7)."""

    exit_code = 7


class Malformed(ValueError):
    """A value is malformed; `reason` is a short English phrase for the rejects file."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
