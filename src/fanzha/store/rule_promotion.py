"""The one place where rules are moved through their states: command line and site call `promote`.

Backtests are kept in `rules/backtests.jsonl` of the state folder; `[promotion]` in `fanzha.toml` has the terms.
"""

from pathlib import Path

import msgspec

from fanzha.base.clock import span_ms
from fanzha.base.errors import Malformed, UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.claims.rule_lifecycle import RuleStep
from fanzha.claims.rule_promotion import PromotionTerms, StoredBacktest, check_promotion
from fanzha.store.private_files import lock_folder, write_private_file
from fanzha.store.rule_texts import RuleHistoryEntry, RuleText, RuleTexts
from fanzha.store.state_folder import state_folder
from fanzha.store.verdict_settings import load_verdict_settings

_FIX = 'write backtest = "7d" and shadow = "7d"'


def promote(
    rule: str, step: RuleStep, *, text: str = "", follows: RuleStep | None = None, folder: Path | None = None
) -> list[RuleHistoryEntry]:
    """Move the newest text of a rule, or the one whose digest begins with `text`, to another state.

    Raise UsageError if the step is not allowed, if the last step of the text is not `follows` (where that is given), or
    if the findings would act and the text lacks a stored backtest, its time in shadow or a second person. An emergency
    (`step.emergency`) passes and stays in the history. The check and the move happen under one lock.
    """
    texts = RuleTexts(folder)
    terms = load_promotion_terms(folder)

    def check(chosen: RuleText) -> None:
        if follows is not None and chosen.step != follows:
            raise UsageError(f"{rule} took another step meanwhile", fix="look where it stands now")
        check_promotion(list_steps(texts, chosen), step, list_backtests(chosen.text, folder=folder), terms)

    return texts.move(rule, step, text=text, check=check)


def list_steps(texts: RuleTexts, chosen: RuleText) -> list[RuleStep]:
    """Return the steps of one text, the oldest first."""
    return [entry.step for entry in texts.history(chosen.rule) if entry.text == chosen.text]


def load_promotion_terms(folder: Path | None = None) -> PromotionTerms:
    """Return the terms of `[promotion]`: `backtest` and `shadow`, spans such as "14d". Raise UsageError."""
    path = (folder or state_folder()) / "fanzha.toml"
    table = read_toml_table(path, "promotion")
    if unknown := sorted(set(table) - {"backtest", "shadow", "organisation"}):
        raise UsageError(f"{path}, [promotion]: unknown key {unknown[0]!r}", fix=_FIX)
    default = PromotionTerms()
    try:
        return PromotionTerms(
            span_ms(str(table["backtest"])) if "backtest" in table else default.backtest_ms,
            span_ms(str(table["shadow"])) if "shadow" in table else default.shadow_ms,
        )
    except Malformed as error:
        raise UsageError(f"{path}, [promotion]: {error.reason}", fix=_FIX) from None


def load_rule_organization(folder: Path | None = None) -> str:
    """Return the organisation whose people see and move the rules on the site, "" if none is set.

    It is `organisation` of `[promotion]`, else that of `[verdicts]`: whose verdicts the screens serve.
    """
    path = (folder or state_folder()) / "fanzha.toml"
    named = read_toml_table(path, "promotion").get("organisation", "")
    return str(named) or load_verdict_settings(folder).policy.organization


def store_backtest(backtest: StoredBacktest, folder: Path | None = None) -> None:
    """Append a backtest to those of the state folder."""
    path = _backtests_path(folder)
    with lock_folder(path.parent):
        earlier = path.read_bytes() if path.is_file() else b""
        write_private_file(path, earlier + msgspec.json.encode(backtest) + b"\n")


def list_backtests(text: str = "", *, folder: Path | None = None) -> list[StoredBacktest]:
    """Return the backtests of a text, by its digest, or of all texts. Raise UsageError with a damaged line."""
    path = _backtests_path(folder)
    found = []
    for number, line in enumerate(path.read_bytes().splitlines() if path.is_file() else [], start=1):
        try:
            found.append(msgspec.json.decode(line, type=StoredBacktest))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            fix = "restore the file from its last good copy"
            raise UsageError(f"{path}, line {number}: {error}", fix=fix) from None
    return [backtest for backtest in found if text in ("", backtest.text)]


def _backtests_path(folder: Path | None) -> Path:
    return (folder or state_folder()) / "rules" / "backtests.jsonl"
