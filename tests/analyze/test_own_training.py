"""A model of own cases stands beside the shipped one, measured by folds, kept private and signed off by two people."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from tests.made_up_cases import write_cases

from fanzha.analyze.labelled_files import LabelledFile
from fanzha.analyze.own_training import (
    OwnTrainingRequest,
    align,
    is_better,
    max_threshold,
    train_on_own_cases,
)
from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.detect import all_detectors
from fanzha.learn.split import folds
from fanzha.models import Examples, all_models
from fanzha.models.families.made_up_texts import training_texts
from fanzha.models.families.mixture import FittedMixture, fit_mixture
from fanzha.models.families.own_model import OwnModelCard, join_scores
from fanzha.models.message import MessageModel
from fanzha.store.own_models import load_own_models, own_model_folder

MODEL = all_models()["message"]


class SmallMessageModel(MessageModel):
    """The model of texts, fitted on every fortieth made-up text beside the given rows, to take a second."""

    def fit(self, examples: Examples, *, seed: int = 0) -> FittedMixture:
        added = training_texts()[::40]
        texts = [*examples.table["text"].to_pylist(), *(text.text for text in added)]
        labels = np.array([*examples.labels, *(text.fraud for text in added)], np.int64)
        fold = folds(labels.astype(object), None, 5, seed=seed)
        weights = np.ones((len(labels), 1))
        return fit_mixture(pa.array(texts), labels, weights, np.ones(len(labels)), fold, costs=(1.0,), seed=seed)


TRICK = "收到请尽快把琥珀凭证拍给对接的那位同事"


def quiet(words: Words) -> None:
    assert words.zh and words.en


def request_for(path: Path, **changes: object) -> OwnTrainingRequest:
    files = (LabelledFile(path, text="content", label="verdict"),)
    fields: dict[str, object] = {"basis": "用户举报协议", "trained_by": "甲", "approved_by": "乙", **changes}
    return OwnTrainingRequest(SmallMessageModel(), files, **fields)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, OwnModelCard]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FANZHA_HOME", str(home))
        cases = write_cases(tmp_path_factory.mktemp("cases") / "cases.csv")
        return home, train_on_own_cases(request_for(cases), "2026-11-29", quiet)


def test_a_trick_of_the_own_cases_scores_above_what_resembles_it(
    trained: tuple[Path, OwnModelCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(trained[0]))
    own = load_own_models()["message"]
    texts = pa.table({"text": [TRICK, "周末把琥珀吊坠送给外婆当生日礼物"]})
    (trick, innocent), shipped = own.load().score(texts), MODEL.load().score(texts)
    assert trick > own.card.thresholds["alarm"] > innocent and trick > shipped[0]
    assert own.load().fragments(TRICK) == own.load().shipped.fragments(TRICK)
    detector = all_detectors()["fraud-text"].with_own_models(load_own_models())
    assert detector.applied_version == f"{detector.version}+{own.card.tag}"


def test_the_card_has_counts_names_basis_and_figures_and_no_text(trained: tuple[Path, OwnModelCard]) -> None:
    home, card = trained
    assert (card.frauds, card.innocents, card.trained_by, card.approved_by) == (60, 150, "甲", "乙")
    new, old = card.figures["recall_at_1pct"], card.replaced_figures["recall_at_1pct"]
    assert isinstance(new, float) and isinstance(old, float) and new > old
    assert card.retention.found >= card.retention.found_before and card.families
    written = (own_model_folder("message", home) / "card.json").read_text("utf-8")
    assert "琥珀" not in written and "用户举报协议" in written and "cases.csv" not in written
    assert all(path.stat().st_mode & 0o77 == 0 for path in own_model_folder("message", home).iterdir())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"basis": " "}, "the basis and the name"),
        ({"trained_by": ""}, "the basis and the name"),
        ({"approved_by": " 甲 "}, "one person cannot"),
    ],
)
def test_a_basis_and_two_people_are_needed(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        train_on_own_cases(request_for(tmp_path / "cases.csv", **changes), "2026-11-29", quiet)


@pytest.mark.parametrize(("frauds", "innocents", "words"), [(29, 150, "29 different frauds"), (60, 0, "0 different")])
def test_too_few_cases_of_a_sort_are_refused(tmp_path: Path, frauds: int, innocents: int, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        train_on_own_cases(request_for(write_cases(tmp_path / "cases.csv", frauds, innocents)), "2026-11-29", quiet)


def test_a_text_with_both_labels_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("content,verdict\n甲乙丙,诈骗\n甲乙丙,正常\n", "utf-8")
    with pytest.raises(UsageError, match="other label elsewhere"):
        train_on_own_cases(request_for(tmp_path / "cases.csv"), "2026-11-29", quiet)


def test_only_models_that_a_detector_takes_are_trained(tmp_path: Path) -> None:
    request = OwnTrainingRequest(all_models()["domain"], (), "b", "甲")
    with pytest.raises(UsageError, match="takes no own cases"):
        train_on_own_cases(request, "2026-11-29", quiet)


def test_a_threshold_of_the_own_model_is_moved_to_the_alarm_threshold() -> None:
    offset = align(0.6, 0.97)
    assert join_scores(np.zeros(2), np.array([0.59, 0.61]), offset).tolist() == pytest.approx([0.97, 0.97], abs=2e-3)
    below, above = join_scores(np.zeros(2), np.array([0.59, 0.61]), offset)
    assert below < 0.97 < above


def test_a_model_replaces_another_only_if_it_is_better() -> None:
    assert is_better({"recall_at_1pct": 0.6, "auc": 0.8}, {"recall_at_1pct": 0.5, "auc": 0.9})
    assert not is_better({"recall_at_1pct": 0.5, "auc": 0.8}, {"recall_at_1pct": 0.5, "auc": 0.9})
    assert is_better({"recall_at_1pct": None, "auc": 0.95}, {"recall_at_1pct": None, "auc": 0.9})
    assert not is_better({"auc": 0.9}, {"auc": 0.9})


def test_the_threshold_keeps_the_rate_in_each_set_of_innocents() -> None:
    own, shipped = np.linspace(0, 0.4, 1_000), np.linspace(0, 0.8, 50)
    threshold = max_threshold((own, shipped), 0.01)
    assert threshold > 0.8  # 50 texts are too few for an alarm in a hundred
    assert (own >= max_threshold((own,), 0.01)).mean() <= 0.01
