"""Tables are read by the written map or the proposed one; content without a legal basis is refused."""

from pathlib import Path

from fanzha.read import ReadContext, ReadResult, find_sources, read_source

TEXTS = "接收时间,短信内容\n2026-03-01 08:00:00,您好，您的快递到了\n"


def told(path: Path, text: str, toml: str = "", basis: str = "") -> ReadResult:
    path.write_text(text, "utf-8")
    if toml:
        path.with_name(path.name + ".toml").write_text(toml, "utf-8")
    (source,) = find_sources([path])
    return read_source(source, ReadContext(1_772_323_815_000, basis))


def test_content_without_a_legal_basis_is_refused_whole_and_says_what_to_write(tmp_path: Path) -> None:
    whole = told(tmp_path / "a.csv", TEXTS)
    (reject,) = whole.rejects
    assert (whole.used, reject.row) == (0, 0)
    assert "Art. 65" in reject.reason and "--basis" in reject.reason
    assert "第六十五条" in reject.reason_zh and "basis" in reject.reason_zh


def test_a_basis_of_the_run_or_of_the_map_is_enough_and_stands_on_every_event(tmp_path: Path) -> None:
    assert told(tmp_path / "a.csv", TEXTS, basis="user's report").rows("message")[0]["basis"] == "user's report"
    toml = 'table = "message"\nbasis = "合同 7"\n[columns]\ntext = "短信内容"\noccurred_at = "接收时间"\n'
    row = told(tmp_path / "a.csv", TEXTS, toml, basis="user's report").rows("message")[0]
    assert row["basis"] == "合同 7", "what the source itself declares goes before the run's"


def test_metadata_of_the_same_file_may_be_read_without_one(tmp_path: Path) -> None:
    toml = 'table = "site_seen"\n[columns]\nhost = "域名"\n'
    assert told(tmp_path / "a.csv", "域名,短信内容\na.example,您好您好\n", toml).used == 1


def test_a_map_that_names_columns_which_are_not_there_says_which_are(tmp_path: Path) -> None:
    (reject,) = told(tmp_path / "a.csv", TEXTS, 'table = "message"\nbasis = "x"\n[columns]\ntext = "内容"\n').rejects
    assert "内容" in reject.reason and "短信内容" in reject.reason


def test_a_table_nothing_can_be_made_of_says_what_to_do(tmp_path: Path) -> None:
    (reject,) = told(tmp_path / "a.csv", "aaa,bbb,ccc\nx1,y1,z1\nx2,y2,z2\n").rejects
    assert "fanzha read" in reject.reason


def test_a_proposed_map_is_said_to_be_one(tmp_path: Path) -> None:
    whole = told(tmp_path / "a.csv", TEXTS, basis="x")
    assert whole.notes[0].en == "what the columns mean was proposed: check with fanzha read"
