"""A judgement of classes shows each class, and its JSON holds what the figures were made from."""

import json

from rich.console import Console

from fanzha.analyze.evaluate import Evaluation, Overlap
from fanzha.cli._evaluation_output import evaluation_as_json, print_evaluation
from fanzha.learn.resample import MeasuredFigure

JUDGED = Evaluation(
    model="message-type",
    weights="trained",
    train_rows=9_000,
    rows=1_234,
    groups=900,
    positives=None,
    figures={
        "macro_f1": MeasuredFigure(0.95, 0.94, 0.96),
        "accuracy": MeasuredFigure(0.97, 0.96, 0.98),
        "auc": MeasuredFigure(None, reason="none"),
    },
    per_class={
        "prize": {"f1": 0.9, "precision": None, "recall": 0.8, "rows": 34.0},
        "normal": {"f1": 1.0, "precision": 1.0, "recall": 1.0, "rows": 1_200.0},
    },
    overlap=Overlap(exact=3, near=7),
    seconds=2.0,
    seconds_fitting=1.0,
    seconds_scoring=0.5,
    notes=("a.csv: 2 rows without a label left out",),
)


def test_json_has_figures_at_the_top_and_classes_by_name() -> None:
    read = json.loads(json.dumps(evaluation_as_json(JUDGED)))
    assert read["macro_f1"] == 0.95 and read["macro_f1_ci95"] == [0.94, 0.96]
    assert read["auc"] is None and read["auc_reason"] == "none"
    assert read["per_class"]["prize"]["rows"] == 34 and read["overlap"] == {"exact": 3, "near": 7, "groups": None}
    assert "figures" not in read


def test_people_see_classes_from_large_to_small_and_what_to_know() -> None:
    console = Console(width=120, record=True, quiet=False, file=None, force_terminal=False)
    with console.capture() as capture:
        print_evaluation(console, JUDGED)
    output = capture.get()
    assert output.index("normal") < output.index("prize")
    for words in (
        "测试行数 test rows 1,234，900 组 groups",
        "near-duplicates included: 7",
        "2 rows without a label left out",
    ):
        assert words in output
