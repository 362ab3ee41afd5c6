"""What would be read is shown before it is read: columns, samples that give nobody away, counts, and the map."""

from pathlib import Path

import pytest

from fanzha.read import ReadContext, SourceInspection, find_sources, inspect_source

CALLS = "主叫号码,被叫号码,开始时间,通话时长(秒),备注\n" + "".join(
    f"1910000{n:04},19900000001,2026-03-01 08:{n % 60:02}:15,{n},第{n}条备注文字\n" for n in range(300)
)
TEXTS = "接收时间,短信内容\n2026-03-01 08:00:00,您好，您的快递到了\n坏,您好，您的快递到了\n"


def seen(path: Path, text: str, rows: int = 0, basis: str = "", table: str = "") -> SourceInspection:
    path.write_text(text, "utf-8")
    (source,) = find_sources([path], table=table)
    return inspect_source(source, ReadContext(1_772_323_815_000, basis), rows)


def test_columns_are_shown_with_what_they_are_taken_for(tmp_path: Path) -> None:
    found = seen(tmp_path / "a.csv", CALLS)
    assert (found.table, found.by, found.encoding, found.delimiter, found.header) == (
        "calls",
        "proposal",
        "utf-8",
        ",",
        1,
    )
    assert {column.theirs: column.ours for column in found.columns} == {
        "主叫号码": "caller", "被叫号码": "callee", "开始时间": "occurred_at", "通话时长(秒)": "talk_ms", "备注": "",
    }  # fmt: skip
    assert all(column.sure == 1.0 for column in found.columns if column.ours)
    assert (found.read, found.used, found.whole, found.events["call_offered"]) == (300, 300, True, 300)
    assert found.first is not None and found.last is not None and found.first < found.last


def test_numbers_are_masked_and_times_are_not(tmp_path: Path) -> None:
    found = seen(tmp_path / "a.csv", CALLS)
    samples = {column.theirs: column.samples for column in found.columns}
    assert samples["主叫号码"][0] == "191******00"
    assert samples["开始时间"][0] == "2026-03-01 08:00:15"
    assert "19100000000" not in found.toml and "19900000001" not in str(found.rows)
    assert found.rows["call_offered"][0]["occurred_at"] == "2026-03-01T00:00:15.000Z"


def test_words_are_shown_only_with_a_legal_basis_and_never_in_the_map(tmp_path: Path) -> None:
    without, with_basis = seen(tmp_path / "a.csv", TEXTS), seen(tmp_path / "a.csv", TEXTS, basis="user's report")
    assert [column.samples for column in without.columns if column.ours == "text"] == [[]]
    assert [column.samples for column in with_basis.columns if column.ours == "text"] == [["您好，您的快递到了"]]
    assert without.problem is not None and "Art. 65" in without.problem.en
    assert "快递" not in with_basis.toml and "快递" not in seen(tmp_path / "b.csv", CALLS).toml
    assert [column.samples for column in seen(tmp_path / "b.csv", CALLS).columns if column.theirs == "备注"] == [[]]


def test_the_proposed_map_carries_the_legal_basis_that_was_given(tmp_path: Path) -> None:
    assert 'basis = "user report"' in seen(tmp_path / "a.csv", TEXTS, basis="user report").toml
    assert 'basis = ""' in seen(tmp_path / "a.csv", TEXTS).toml


def test_rows_that_would_be_rejected_are_counted_by_reason(tmp_path: Path) -> None:
    found = seen(tmp_path / "a.csv", TEXTS, basis="x")
    assert (found.used, found.rejected, found.reasons) == (1, 1, [("not a time", "不是时间", 1)])


def test_only_the_beginning_is_looked_at_when_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    found = seen(
        path, CALLS.splitlines(keepends=True)[0] + "".join(CALLS.splitlines(keepends=True)[1:] * 400), rows=1_000
    )
    assert not found.whole and 1_000 <= found.read < 120_000


def test_columns_that_nothing_is_made_of_still_give_a_map_to_fill_in(tmp_path: Path) -> None:
    found = seen(tmp_path / "a.csv", "aaa,bbb,ccc\nx1,y1,z1\nx2,y2,z2\n", table="calls")
    assert found.problem is not None and found.used == 0
    assert '# ? = "bbb"  # 例 e.g. y1' in found.toml


@pytest.mark.parametrize("name", ["a.bin", "gone.csv"])
def test_what_cannot_be_read_says_why(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(bytes(range(256)) * 9 if name == "a.bin" else b"")
    (source,) = find_sources([path])
    found = inspect_source(source, ReadContext(0))
    assert found.problem is not None and not found.toml


def test_call_records_are_understood_by_their_format(tmp_path: Path) -> None:
    line = (
        '"","19100000001","19900000002","in","x","SIP/a-00000001","","Dial","","2026-03-01 08:30:15",,'
        '"2026-03-01 08:30:25",10,0,"NO ANSWER","DOCUMENTATION","1772325015.10",""\n'
    )
    found = seen(tmp_path / "Master.csv", line)
    assert (found.format, found.by, found.table) == ("asterisk-cdr", "format", "calls")


def test_trunks_are_listed_with_counts_and_a_guess_of_their_ingress(tmp_path: Path) -> None:
    trunks = ["IGW-GZ-01", "IGW-GZ-02", "POI-CT-1", "MSC-2", "X9"]
    rows = "".join(f"1910000{n:04},19900000001,2026-03-01 08:{n % 60:02}:15,{trunks[n % 5]}\n" for n in range(50))
    found = seen(tmp_path / "a.csv", f"主叫号码,被叫号码,开始时间,入中继\n{rows}")
    assert [(item.value, item.count, item.ingress) for item in found.distinct["trunk"]] == [
        ("IGW-GZ-01", 10, "international_gateway"), ("IGW-GZ-02", 10, "international_gateway"),
        ("POI-CT-1", 10, "interconnect"), ("MSC-2", 10, "mobile"), ("X9", 10, ""),
    ]  # fmt: skip
    assert (
        "# ingress = {" in found.toml and '"IGW-*" = "international_gateway"' in found.toml and 'X9 = ""' in found.toml
    )
    (tmp_path / "a.csv.toml").write_text(found.toml.replace("# ingress =", "ingress ="), "utf-8")
    mapped = seen(tmp_path / "a.csv", f"主叫号码,被叫号码,开始时间,入中继\n{rows}")
    assert (mapped.by, mapped.used, mapped.rejected) == ("map", 50, 0)
    assert "ingress" in mapped.filled["call_offered"] and "# ingress = {" not in mapped.toml


def test_records_that_are_there_twice_are_counted(tmp_path: Path) -> None:
    rows = [f"20260301{n:06},1910000{n:04},19900000001,2026-03-01 08:{n:02}:15" for n in range(40)]
    found = seen(tmp_path / "a.csv", "\n".join(["话单序号,主叫号码,被叫号码,开始时间", *rows, *rows[:7]]) + "\n")
    assert (found.used, found.repeats) == (47, 7)


def test_questions_are_asked_in_words_of_the_field_with_samples(tmp_path: Path) -> None:
    rows = [f"1990000{n:04},1700000{n:04},2026-03-01 08:00:{n:02},12" for n in range(10)]
    (tmp_path / "a.csv").write_text("\n".join(rows) + "\n", "utf-8")
    (source,) = find_sources([tmp_path / "a.csv"])
    shown = inspect_source(source, ReadContext(observed_at=1_772_323_815_000))
    question = next(question for question in shown.questions if "caller" in question.names)
    assert question.names == ["caller", "callee"]
    assert question.words.en.startswith(
        "these are easily confused, compare them: does 'column_1' hold “claimed caller”"
    )
    assert "“column_2”是“被叫”（callee，如 170" in question.words.zh


def test_partial_records_that_become_one_call_are_counted(tmp_path: Path) -> None:
    parts = (("08:00:00", 1800, 1), ("08:30:00", 1800, 2), ("09:00:00", 300, 3))
    lines = [
        f"1910000{n:04},1990000{n:04},2026-03-01 {begin},{talk},{flag}"
        for n in range(20)
        for begin, talk, flag in parts
    ]
    lines += ["19100000099,19900000099,2026-03-01 08:00:00,1800,1", "19100000098,19900000099,2026-03-01 08:00:00,30,0"]
    found = seen(tmp_path / "a.csv", "主叫号码,被叫号码,开始时间,通话时长(秒),部分话单标志\n" + "\n".join(lines) + "\n")
    assert (found.partial.records, found.partial.calls, found.partial.incomplete) == (60, 20, 1)
    assert found.partial.words in found.notes and "60 became 20 calls" in found.partial.words.en


def test_no_map_is_proposed_for_more_columns_than_its_headers_can_be_compared(tmp_path: Path) -> None:
    names = [f"k{number}" for number in range(257)]
    wide = seen(tmp_path / "wide.csv", f"{','.join(names)}\n" + f"{','.join(names)}\n" * 2)
    assert wide.problem is not None and "257 columns: no map is proposed for more than 256" in wide.problem.en
    (tmp_path / "calls.csv.toml").write_text('table = "calls"\n[columns]\ncaller = "k0"\noccurred_at = "k1"\n')
    rows = ",".join(["19100000001", "2026-03-01 08:30:15", *names[2:]])
    mapped = seen(tmp_path / "calls.csv", f"{','.join(names)}\n{rows}\n")
    assert (mapped.by, mapped.used) == ("map", 1)
