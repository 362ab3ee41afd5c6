"""Rows are scored as shipped, by a fit on other rows, or by folds that keep groups together."""

from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pytest

from fanzha.analyze.scoring import cross_validate, score_with_shipped_weights, select_rows, train_and_score
from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.events.subscriber_profile import CALLS
from fanzha.learn.metrics import figures
from fanzha.models import Examples
from fanzha.models.message_type import MessageType
from fanzha.models.subscriber_usage import MODEL


def profiles(rows: int, seed: int = 0) -> Examples:
    """Made-up subscribers: fraudsters call many strangers for a short time."""
    chance = np.random.default_rng(seed)
    labels = (chance.random(rows) < 0.4).astype(int)
    columns = {column.name: chance.lognormal(3, 1, rows) for column in CALLS}
    columns["other_parties"] = chance.lognormal(3 + 2 * labels, 0.7)
    columns["talk_s_mean"] = chance.lognormal(4.5 - labels, 0.5)
    return Examples(pa.table(columns), labels.astype(object), chance.integers(0, rows // 3, rows).astype(object))


def quiet(words: Words) -> None:
    assert words.zh and words.en


def test_a_fit_on_other_rows_tells_fraudsters_from_others() -> None:
    test = profiles(200, seed=1)
    scored = train_and_score(MODEL, profiles(300), test, yes_no=True, seed=0)
    scores = figures(test.labels, scored.scores, samples=0)
    assert (scores["auc"].value or 0) > 0.95 and scored.classes == ()
    assert scored.fit_seconds > 0 and scored.score_seconds > 0


def test_folds_score_every_row_and_keep_groups_together() -> None:
    rows, messages = profiles(240), list[Words]()
    scored = cross_validate(MODEL, rows, yes_no=True, count=3, seed=0, report=messages.append)
    assert len(scored.scores) == 240 and (figures(rows.labels, scored.scores, samples=0)["auc"].value or 0) > 0.9
    assert [words.en for words in messages] == ["fold 1 of 3", "fold 2 of 3", "fold 3 of 3"]
    again = cross_validate(MODEL, rows, yes_no=True, count=3, seed=0, report=quiet)
    assert (again.scores == scored.scores).all()


def test_classes_cannot_be_asked_of_a_model_that_answers_yes_or_no() -> None:
    with pytest.raises(UsageError, match="positive=VALUE"):
        train_and_score(MODEL, profiles(60), profiles(10), yes_no=False, seed=0)


def test_some_rows_keep_their_labels_groups_and_sources() -> None:
    rows = profiles(10)
    inside = np.arange(10) % 2 == 0
    part = select_rows(rows, inside)
    assert part.groups is not None and rows.groups is not None
    assert part.table.num_rows == 5 and (part.labels == rows.labels[::2]).all()
    assert (part.groups == rows.groups[::2]).all() and part.sources is None


def test_shipped_weights_give_a_score_to_every_row() -> None:
    scored = score_with_shipped_weights(MODEL, profiles(20), yes_no=True)
    assert scored.fit_seconds == 0 and ((scored.scores >= 0) & (scored.scores <= 1)).all()


class _KnowsMore(MessageType):
    """Fits the given labels and a class of its own."""

    name: ClassVar[str] = "knows-more"

    def fit(self, examples: Examples, *, seed: int = 0) -> Any:
        """Fit the rows and one more, of another class."""
        table = pa.concat_tables([examples.table, pa.table({"text": ["另一类文字"] * 5})])
        return super().fit(Examples(table, np.append(examples.labels, ["own class"] * 5)), seed=seed)


def test_classes_that_a_model_knows_beside_the_labels_keep_their_columns() -> None:
    texts = [f"{word}{number}" for number in range(10) for word in ("中奖通知领奖", "贷款放款快")]
    rows = Examples(pa.table({"text": texts}), np.array(["prize class", "loan class"] * 10, object))
    scored = cross_validate(_KnowsMore(), rows, yes_no=False, count=2, seed=0, report=quiet)
    assert scored.classes == ("loan class", "own class", "prize class")
    assert scored.scores.shape == (20, 3)
