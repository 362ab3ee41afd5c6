"""Train a model on the operator's own cases beside the shipped weights: private, measured by folds, signed off."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.analyze.evaluate import text_names
from fanzha.analyze.labelled_files import LabelledFile, read_rows
from fanzha.analyze.labels import collect_examples
from fanzha.analyze.scoring import ReportProgress, cross_validate
from fanzha.base.errors import UsageError
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.learn.card import Figures, sha256_of
from fanzha.learn.logistic import log_odds
from fanzha.learn.metrics import figures, flat, threshold_at
from fanzha.models import Examples, Fitted, Model
from fanzha.models.families.made_up_texts import training_texts
from fanzha.models.families.own_model import FamilyAlarms, OwnModelCard, Retention, join_scores
from fanzha.store.own_models import load_own_models, require_two_people, save_own_model

SUPPORTED = ("message",)  # models that a detector takes from the state folder
MIN_FRAUDS, MIN_INNOCENTS = 30, 100  # texts that are no near-duplicates of each other
FOLDS = 5
ALARM_RATE = 0.01  # of innocent texts, the operator's and the shipped ones, that the model of the own cases may flag
#: Figures by which a new model is compared with the one in use, the first that both have and that differs.
COMPARED = ("recall_at_1pct", "auc")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class OwnTrainingRequest:
    """The model to train, its files, legal basis and trainer; without `approved_by` the model awaits approval."""

    model: Model
    files: Sequence[LabelledFile]
    basis: str
    trained_by: str
    approved_by: str = ""
    force: bool = False  # replace a model that is better on the own cases
    seed: int = 0


def train_on_own_cases(request: OwnTrainingRequest, today: str, report: ReportProgress) -> OwnModelCard:
    """Train, measure and store an own model; return its card.

    Raise UsageError on too few cases, a missing name or basis, or a model in use that is better on the cases.
    """
    _check_request(request)
    model = request.model
    report(Words("读取案例", "reading the cases"))
    cases = _read_cases(model, request.files)
    groups = model.groups(cases.table)
    _check_counts(cases, groups)
    folded = cross_validate(model, cases, yes_no=True, count=FOLDS, seed=request.seed, report=report).scores
    shipped = model.load().score(cases.table)
    report(Words("用全部案例训练", "learning from all cases"))
    fitted = model.fit(cases, seed=request.seed)
    thresholds = model.card().thresholds
    alarm = thresholds.get("alarm", thresholds["0.1pct"])
    written = _score_shipped_texts(model, fitted)
    innocents = folded[cases.labels == 0], written.own_scores[~written.is_fraud]
    offset = align(max_threshold(innocents, ALARM_RATE), alarm)
    measured = _figures(cases.labels, join_scores(shipped, folded, offset), groups)
    in_use = load_own_models().get(model.name)
    replaced = _figures(cases.labels, in_use.load().score(cases.table) if in_use else shipped, groups)
    if not request.force and not is_better(measured, replaced):
        raise UsageError(
            "the model in use is as good or better on these cases 现用模型在这些案例上不逊于新模型",
            fix="bring more cases, or give --force to replace it 请补充案例，或加 --force 强制替换",
        )
    card = OwnModelCard(
        name=model.name,
        shipped_version=model.version,
        shipped_sha256=sha256_of(model.weights),
        trained_on=today,
        trained_by=request.trained_by.strip(),
        basis=request.basis.strip(),
        frauds=int((cases.labels == 1).sum()),
        innocents=int((cases.labels == 0).sum()),
        cases_digest=digest(*sorted(map(str, cases.table["text"].to_pylist()))),
        offset=offset,
        figures=measured,
        replaced_figures=replaced,
        families=_family_alarms(written, written.joined(offset) >= alarm),
        retention=_retention(written, written.joined(offset) >= alarm, alarm),
        thresholds=dict(thresholds),
        weights_sha256="",
        replaced_sha256=in_use.card.weights_sha256 if in_use else "",
        approved_by=request.approved_by.strip(),
        approved_on=today if request.approved_by.strip() else "",
    )
    return save_own_model(card, fitted)


def align(own_threshold: float, alarm: float) -> float:
    """Return the offset that moves a threshold of the own model to the alarm threshold of the shipped one."""
    own_odds, alarm_odds = log_odds(np.array([own_threshold, alarm]))
    return float(alarm_odds - own_odds)


def is_better(measured: Figures, replaced: Figures) -> bool:
    """Return whether a model is better by the first compared figure that both have and in which they differ."""
    for name in COMPARED:
        new, old = measured.get(name), replaced.get(name)
        if isinstance(new, float) and isinstance(old, float) and new != old:
            return new > old
    return False


def max_threshold(innocents: Sequence[Floats], rate: float) -> float:
    """Return the threshold that keeps the rate in each set of innocents; too small a set allows no alarm at all."""
    thresholds = [
        threshold_at(scores, rate) if len(scores) * rate >= 1 else float(np.nextafter(scores.max(), np.inf))
        for scores in innocents
        if len(scores)
    ]
    return max(thresholds)


def _check_request(request: OwnTrainingRequest) -> None:
    if request.model.name not in SUPPORTED:
        raise UsageError(f"{request.model.name} takes no own cases", fix=f"name one of {', '.join(SUPPORTED)}")
    if not request.basis.strip() or not request.trained_by.strip():
        raise UsageError(
            "the basis and the name of who trains are needed 须写明依据和训练人",
            fix='add --basis "…" --by NAME: texts of people are used (Personal Information Protection Law Art. 13)',
        )
    if request.approved_by.strip():
        require_two_people(request.trained_by, request.approved_by)


def _read_cases(model: Model, files: Sequence[LabelledFile]) -> Examples:
    """Return the labelled texts, each distinct text once. Raise UsageError if a text has both labels."""
    rows = [read_rows(file, text_names(model)) for file in files]
    examples = collect_examples(rows, yes_no=True, columns=("text",)).examples
    texts = np.array(examples.table["text"].to_pylist(), object)
    _, first, inverse = np.unique(texts.astype(str), return_index=True, return_inverse=True)
    if contradictory := int((examples.labels[first][inverse] != examples.labels).sum()):
        raise UsageError(f"{contradictory} rows have the other label elsewhere", fix="give each text one label")
    chosen = np.sort(first)
    return Examples(pa.table({"text": pa.array(texts[chosen].tolist(), pa.string())}), examples.labels[chosen])


def _check_counts(cases: Examples, groups: NDArray[np.object_] | None) -> None:
    names = np.arange(len(cases.labels)) if groups is None else groups
    for label, minimum, zh, en in ((1, MIN_FRAUDS, "诈骗", "frauds"), (0, MIN_INNOCENTS, "正常文本", "innocent texts")):
        count = len(np.unique(names[cases.labels == label].astype(str)))
        if count < minimum:
            raise UsageError(
                f"{count} different {en} are too few {zh}仅 {count} 条（近似重复只计一次）",
                fix=f"bring at least {minimum}; without both sorts nothing can be learned 至少 {minimum} 条",
            )


def _figures(labels: NDArray[np.object_], scores: Floats, groups: NDArray[np.object_] | None) -> Figures:
    measured = flat(figures(labels, scores, groups=groups))
    return {name: value for name, value in measured.items() if value is None or isinstance(value, float | list | str)}


@dataclass(frozen=True)
class _ShippedTexts:
    """The made-up texts of the package: their kinds, and their scores by both models."""

    kinds: list[str]
    is_fraud: NDArray[np.bool_]
    own_scores: Floats
    shipped_scores: Floats

    def joined(self, offset: float) -> Floats:
        """Return the scores of both models together."""
        return join_scores(self.shipped_scores, self.own_scores, offset)


def _score_shipped_texts(model: Model, fitted: Fitted) -> _ShippedTexts:
    examples = training_texts()
    table = pa.table({"text": [example.text for example in examples]})
    return _ShippedTexts(
        [example.kind for example in examples],
        np.array([example.fraud == 1 for example in examples]),
        fitted.score(table),
        model.load().score(table),
    )


def _retention(written: _ShippedTexts, alarmed: NDArray[np.bool_], alarm: float) -> Retention:
    """Count the shipped fraud texts above the alarm threshold, before and now."""
    before = written.shipped_scores[written.is_fraud] >= alarm
    return Retention(int(written.is_fraud.sum()), int(before.sum()), int(alarmed[written.is_fraud].sum()))


def _family_alarms(written: _ShippedTexts, alarmed: NDArray[np.bool_]) -> list[FamilyAlarms]:
    """Count the shipped innocent texts above the alarm threshold, by family."""
    innocents = [
        (kind, is_alarm)
        for kind, is_alarm, is_fraud in zip(written.kinds, alarmed.tolist(), written.is_fraud.tolist(), strict=True)
        if not is_fraud
    ]
    texts = Counter(kind for kind, _ in innocents)
    alarms = Counter(kind for kind, is_alarm in innocents if is_alarm)
    return [FamilyAlarms(kind, count, alarms[kind]) for kind, count in sorted(texts.items())]
