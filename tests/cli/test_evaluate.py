"""`fanzha evaluate` judges rows from files, for people and for machines, and names what is wrong."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from fanzha.base.errors import UsageError
from fanzha.cli import fanzha
from fanzha.cli.evaluate import repeated

KEYS = ("auc", "f1", "macro_f1", "recall_at_1pct", "recall_at_0.1pct", "recall_at_0.01pct")


def write_profiles(path: Path, rows: int, seed: int, words: tuple[object, object] = (0, 1)) -> Path:
    """Made-up subscribers under the Sichuan table's headers: fraudsters call many strangers for a short time."""
    chance = np.random.default_rng(seed)
    labels = (chance.random(rows) < 0.3).astype(int)
    names = ["opposite_count", "voccalltype1", "imeis", "call_dur_max", "voc_hour_nunique", "sms_count", "sms_nunique"]
    names += [
        "calltype_2",
        "hour_nunique",
        "day_nunique",
        "voc_day_nunique",
        "city_name_nunique",
        "county_name_nunique",
    ]
    columns: dict[str, object] = {name: np.round(chance.lognormal(3, 1, rows)) for name in names}
    columns["opposite_unique"] = np.round(chance.lognormal(3 + 2 * labels, 0.7))
    columns["call_dur_mean"] = chance.lognormal(4.5 - labels, 0.5)
    columns["label"] = [words[label] for label in labels]
    columns["district"] = [f"d{n}" for n in chance.integers(0, 40, rows)]
    table = pa.table(columns)
    pq.write_table(table, path) if path.suffix == ".parquet" else pyarrow.csv.write_csv(table, path)
    return path


def run(*args: object) -> Result:
    return CliRunner().invoke(fanzha, ["evaluate", *map(str, args)])


def found(*args: object) -> dict[str, object]:
    result = run(*args, "--json")
    assert result.exit_code == 0, result.output + str(result.exception)
    read: dict[str, object] = json.loads(result.stdout)
    return read


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rows")
    write_profiles(path / "a.parquet", 150, 1)
    write_profiles(path / "b.csv", 150, 2)
    write_profiles(path / "test.parquet", 400, 3)
    write_profiles(path / "words.csv", 120, 4, ("legitimate", "phishing"))
    write_profiles(path / "odd.csv", 60, 5, ("grey", "black"))
    return path


def test_several_files_are_learned_from_and_every_figure_has_its_interval(folder: Path) -> None:
    read = found(
        "subscriber-usage", "--train", folder / "a.parquet", folder / "b.csv", "--test", folder / "test.parquet"
    )
    assert read["model"] == "subscriber-usage" and read["weights"] == "trained"
    assert (read["train_rows"], read["rows"]) == (300, 400)
    assert isinstance(read["auc"], float) and read["auc"] > 0.95
    assert all(key in read and f"{key}_ci95" in read for key in KEYS)
    low, high = read["auc_ci95"] if isinstance(read["auc_ci95"], list) else (1, 0)
    assert low <= read["auc"] <= high
    assert read["recall_at_0.1pct"] is None and "needs 1,000" in str(read["recall_at_0.1pct_reason"])
    assert read["overlap"] == {"exact": 0, "near": None, "groups": None}
    assert isinstance(read["positives"], int) and isinstance(read["seconds"], float)


def test_false_alarms_are_per_million_innocent_lines_a_day(folder: Path) -> None:
    words = ("subscriber-usage", "--train", folder / "a.parquet", "--test", folder / "test.parquet", "--days", 30)
    read = found(*words)
    rate = read["false_alarms"]
    assert isinstance(rate, dict) and isinstance(read["positives"], int)
    expected = rate["alarms"] * 1e6 / ((400 - read["positives"]) * 30)
    assert rate["per_million_a_day"] == pytest.approx(expected) and rate["low"] <= expected < rate["high"]
    assert "per million innocent lines a day" in run(*words).stdout.replace("\n", "")
    error = run("message", "--test", folder / "words.csv", "--days", 30).exception
    assert isinstance(error, UsageError) and "are no lines" in str(error)


def test_one_option_a_file_says_the_same_as_several_files_after_one(folder: Path) -> None:
    names = (folder / "a.parquet", folder / "b.csv")
    first = found("subscriber-usage", "--train", *names, "--test", folder / "test.parquet")
    second = found("subscriber-usage", "--train", names[0], "--train", names[1], "--test", folder / "test.parquet")
    assert all(first[key] == second[key] for key in KEYS)


def test_without_a_test_the_training_is_judged_by_folds(folder: Path) -> None:
    read = found("subscriber-usage", "--train", folder / "a.parquet", "--folds", 3, "--group", "district")
    assert read["weights"] == "folds" and read["rows"] == 150 and read["overlap"] is None


def test_without_a_training_the_shipped_weights_are_judged(folder: Path) -> None:
    read = found("subscriber-usage", "--test", folder / "test.parquet")
    assert read["weights"] == "shipped" and read["train_rows"] is None


def test_a_file_brings_its_own_label_and_what_counts_as_fraud(folder: Path) -> None:
    obvious = found("subscriber-usage", "--test", folder / "words.csv")
    assert "words.csv: phishing counts as fraud" in str(obvious["notes"])
    named = found("subscriber-usage", "--test", f"{folder / 'odd.csv'}:label=label,positive=black")
    assert isinstance(named["positives"], int) and 0 < named["positives"] < 60


def test_labels_that_do_not_speak_for_themselves_end_with_the_remedy(folder: Path) -> None:
    result = run("subscriber-usage", "--test", folder / "odd.csv")
    assert isinstance(result.exception, UsageError) and "odd.csv:positive=VALUE" in str(result.exception)


def test_innocent_rows_join_the_test(folder: Path) -> None:
    alone = found("subscriber-usage", "--test", folder / "test.parquet")
    joined = found("subscriber-usage", "--test", folder / "test.parquet", "--innocent", folder / "a.parquet")
    assert joined["positives"] == alone["positives"] and isinstance(joined["rows"], int) and joined["rows"] > 400


def test_precision_at_the_top_of_a_population_with_little_fraud(folder: Path) -> None:
    args = ("subscriber-usage", "--train", folder / "a.parquet", "--test", folder / "test.parquet", "--top", 20)
    own, rare = found(*args), found(*args, "--prevalence", 0.01)
    assert isinstance(own["precision_at_top"], float) and isinstance(rare["precision_at_top"], float)
    assert rare["precision_at_top"] < own["precision_at_top"]


def test_people_read_a_table_in_both_languages(folder: Path) -> None:
    result = run("subscriber-usage", "--train", folder / "a.parquet", "--test", folder / "a.parquet")
    assert result.exit_code == 0
    for words in (
        "宏平均 F1 macro-F1",
        "95% 区间 interval",
        "训练行数 training rows 150",
        "also stand in the training: 150",
    ):
        assert words in result.output


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("subscriber-usage",), "nothing to judge on"),
        (("weather", "--test", "x.csv"), "no such file"),
    ],
)
def test_what_is_wrong_is_named(args: tuple[str, ...], words: str) -> None:
    result = run(*args)
    assert isinstance(result.exception, UsageError) and words in str(result.exception)


def test_a_model_that_is_not_there_is_named_with_those_that_are(folder: Path) -> None:
    result = run("weather", "--test", folder / "a.parquet")
    assert "there are:" in str(result.exception) and "subscriber-usage" in str(result.exception)


def test_the_frauds_of_a_test_can_be_disguised(tmp_path: Path) -> None:
    frauds = ["您的银行卡涉嫌洗钱，请把资金转到安全账户", "贷款秒批不看征信，先交保证金，加微信"] * 20
    plain = ["明天下午三点开会", "您的快递已到驿站，请取件"] * 20
    table = pa.table({"text": frauds + plain, "label": [1] * 40 + [0] * 40})
    pq.write_table(table, tmp_path / "test.parquet")
    command = ["evaluate", "message", "--test", str(tmp_path / "test.parquet"), "--json"]
    open_, disguised = (
        json.loads(CliRunner().invoke(fanzha, [*command, *more]).stdout)
        for more in ([], ["--obfuscate", "--seed", "3"])
    )
    assert any("40 texts" in note for note in disguised["notes"])
    assert not any("disguised" in note for note in open_["notes"])
    assert disguised["auc"] > 0.9


def test_numbers_cannot_be_disguised(folder: Path) -> None:
    result = CliRunner().invoke(
        fanzha, ["evaluate", "subscriber", "--test", str(folder / "test.parquet"), "--obfuscate"]
    )
    assert isinstance(result.exception, UsageError)


SEVERAL = frozenset({"--train", "--test"})


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("page --train a b c", "page --train a --train b --train c"),
        ("page --train a --train b", "page --train a --train b"),
        ("page --train a b --test c d --json", "page --train a --train b --test c --test d --json"),
        ("page --label x --train a", "page --label x --train a"),
        ("page --json --train a b --label x", "page --json --train a --train b --label x"),
        ("page --train=a b", "page --train=a b"),
        ("page --train a -h", "page --train a -h"),
        ("page", "page"),
    ],
)
def test_several_values_are_read_as_a_repeated_option(written: str, read: str) -> None:
    assert list(repeated(written.split(), SEVERAL)) == read.split()
