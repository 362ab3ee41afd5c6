"""Labels of many files become yes or no, or classes, and nothing is guessed in silence."""

from pathlib import Path

import pyarrow as pa
import pytest

from fanzha.analyze.labelled_files import LabelledFile, LabelledRows
from fanzha.analyze.labels import collect_examples, is_yes_no
from fanzha.base.errors import UsageError


def rows(
    *labels: str | None, positive: tuple[str, ...] = (), innocent: bool = False, name: str = "a.csv"
) -> LabelledRows:
    table = pa.table({"text": [f"{name} {n}" for n in range(len(labels))], "other": list(range(len(labels)))})
    return LabelledRows(LabelledFile(Path(name), positive=positive, innocent=innocent), table, labels, None)


def unlabelled(count: int, *, innocent: bool) -> LabelledRows:
    return LabelledRows(LabelledFile(Path("b.csv"), innocent=innocent), pa.table({"text": ["x"] * count}), None, None)


@pytest.mark.parametrize(
    ("answers", "files", "expected"),
    [
        ("yes_no", [rows("FR:Bank", "AD:Other", "normal")], True),
        ("classes", [rows("1", "0")], False),
        ("either", [rows("1", "0")], True),
        ("either", [rows("true", None, "false")], True),
        ("either", [rows("phishing", "legitimate")], True),
        ("either", [rows("银行诈骗", "normal", "投资诈骗")], False),
        ("either", [rows("银行诈骗", "normal", "投资诈骗", positive=("银行诈骗",))], True),
        ("either", [rows("1"), unlabelled(2, innocent=True)], True),
    ],
)
def test_what_is_asked_is_told_by_model_and_labels(answers: str, files: list[LabelledRows], expected: bool) -> None:
    assert is_yes_no(answers, files) == expected


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("1", "0"), [1, 0]),
        (("1.0", "0.0"), [1, 0]),
        (("True", "False"), [1, 0]),
        (("phishing", "legitimate"), [1, 0]),
        (("Spam", "ham"), [1, 0]),
        (("Smishing", "spam", "ham"), [1, 0, 0]),
        (("诈骗", "正常"), [1, 0]),
        (("ham", "ham"), [0, 0]),
    ],
)
def test_obvious_labels_need_no_explanation(labels: tuple[str, ...], expected: list[int]) -> None:
    collected = collect_examples([rows(*labels)], yes_no=True, columns=None)
    assert collected.examples.labels.tolist() == expected


def test_what_counts_as_fraud_is_said_unless_it_is_one() -> None:
    assert collect_examples([rows("1", "0")], yes_no=True, columns=None).notes == ()
    assert collect_examples([rows("Smishing", "ham")], yes_no=True, columns=None).notes == (
        "a.csv: Smishing counts as fraud",
    )


def test_labels_that_do_not_speak_for_themselves_must_be_named() -> None:
    with pytest.raises(UsageError) as raised:
        collect_examples([rows("3", "4", "0")], yes_no=True, columns=None)
    assert "It has: 0, 3, 4" in str(raised.value) and "a.csv:positive=VALUE" in str(raised.value)
    named = collect_examples([rows("3", "4", "0", positive=("3", "4"))], yes_no=True, columns=None)
    assert named.examples.labels.tolist() == [1, 1, 0]


def test_a_named_label_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UsageError, match="has no label 'fruad'; it has: fraud, ham"):
        collect_examples([rows("fraud", "ham", positive=("fruad",))], yes_no=True, columns=None)


def test_rows_without_a_label_are_left_out_and_counted() -> None:
    collected = collect_examples([rows("1", None, "0", None)], yes_no=True, columns=("text",))
    assert collected.examples.table.column_names == ["text"]
    assert collected.examples.table["text"].to_pylist() == ["a.csv 0", "a.csv 2"]
    assert collected.notes == ("a.csv: 2 rows without a label left out",)


def test_innocent_rows_count_as_0_and_those_labelled_fraud_among_them_are_left_out() -> None:
    collected = collect_examples([rows("1", "1"), unlabelled(2, innocent=True)], yes_no=True, columns=("text",))
    assert collected.examples.labels.tolist() == [1, 1, 0, 0]
    mixed = collect_examples([rows("1", "0", "0", innocent=True)], yes_no=True, columns=("text",))
    assert mixed.examples.labels.tolist() == [0, 0]
    assert mixed.notes == ("a.csv: 1 rows labelled as fraud are not innocent and were left out",)


def test_a_file_without_labels_counts_as_fraud_and_says_so() -> None:
    collected = collect_examples(
        [unlabelled(2, innocent=False), unlabelled(1, innocent=True)], yes_no=True, columns=None
    )
    assert collected.examples.labels.tolist() == [1, 1, 0]
    assert collected.notes == ("b.csv has no labels: every row counts as fraud",)


def test_classes_are_kept_as_they_are() -> None:
    collected = collect_examples(
        [rows("银行诈骗", "normal"), rows("normal", name="c.csv")], yes_no=False, columns=("text",)
    )
    assert collected.examples.labels.tolist() == ["银行诈骗", "normal", "normal"]
    assert collected.examples.sources is not None and collected.examples.sources.tolist() == ["a.csv", "a.csv", "c.csv"]


def test_no_labelled_row_at_all_is_an_error() -> None:
    with pytest.raises(UsageError, match="no labelled row"):
        collect_examples([rows(None, None)], yes_no=True, columns=None)


def test_files_without_rows_have_no_notes_to_see() -> None:
    empty = LabelledRows(LabelledFile(Path("a.csv")), pa.table({"text": pa.array([], pa.string())}), (), None)
    with pytest.raises(UsageError, match="no labelled row") as error:
        collect_examples([empty], yes_no=True, columns=None)
    assert error.value.fix == "bring labelled rows"


def test_groups_are_kept_with_their_rows() -> None:
    table = pa.table({"text": ["x", "y", "z"]})
    one = LabelledRows(LabelledFile(Path("a.csv")), table, ("1", None, "0"), ("h1", "h2", "h3"))
    collected = collect_examples([one], yes_no=True, columns=None)
    assert collected.examples.groups is not None and collected.examples.groups.tolist() == ["h1", "h3"]
