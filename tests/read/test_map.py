"""Column maps: read from TOML, checked before a row is read with errors that name file, key and fix, written back."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import UsageError
from fanzha.events import all_events
from fanzha.read import ReadContext, find_sources, read_source
from fanzha.read._map.column_map import (
    ColumnMap,
    ColumnSource,
    DirectionRule,
    FileLayout,
    ProvenRule,
    TimeSettings,
    read_map,
)
from fanzha.read._map.lookup import FOLDER_MAP, check_map, find_map, map_path
from fanzha.read._map.targets import CALLS, target_columns
from fanzha.read._map.toml_text import format_map

FULL = """
table = "calls"
source = "gateway-east"
basis = "order 7"
simulated = true
[file]
encoding = "gb18030"
delimiter = "|"
header = 3
[time]
zone = "Asia/Shanghai"
skew = "3s"
[columns]
caller = "主叫号码"
occurred_at = ["日期", "时间"]
talk_ms = { from = "时长", unit = "min" }
ingress = { from = "入口", values = { "关口局2" = "international_gateway", "?" = "" }, bad = "empty" }
[direction]
from = "呼叫类型"
incoming = ["被叫"]
[proven]
ingress = ["mobile"]
[constants]
roaming = "unproven"
"""


def wrong(tmp_path: Path, toml: str) -> UsageError:
    path = tmp_path / "a.csv.toml"
    path.write_text(toml, "utf-8")
    with pytest.raises(UsageError) as caught:
        find_map(tmp_path / "a.csv")
    assert str(path) in caught.value.what
    return caught.value


def test_every_key_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv.toml").write_text(FULL, "utf-8-sig")
    found = find_map(tmp_path / "a.csv")
    assert found is not None
    assert (found.source, found.basis, found.simulated, found.file.header) == ("gateway-east", "order 7", True, 3)
    assert found.column_source("occurred_at") == ColumnSource(from_=("日期", "时间"))
    assert found.column_source("talk_ms") == ColumnSource(from_="时长", unit="min")
    assert found.column_source("callee") is None
    assert found.direction == DirectionRule(from_="呼叫类型", incoming=("被叫",))
    assert found.constants == {"roaming": "unproven"}


def test_no_map_is_no_error(tmp_path: Path) -> None:
    assert find_map(tmp_path / "a.csv") is None


@pytest.mark.parametrize(
    ("toml", "key", "fix"),
    [
        ('table = "call"', "'call'", "calls"),
        ('table = "calls"\n[columns]\ncalller = "x"', "columns.calller", "caller"),
        ('table = "calls"\n[columns]\ncaller = { form = "x" }', "columns", "column-map.md"),
        ('table = "calls"\nheader = 3', "header", "column-map.md"),
        ('table = "calls"\n[columns]\ningress = { from = "x", values = { a = "abroad" } }', "values.a", "interconnect"),
        ('table = "calls"\n[constants]\ningress = "abroad"', "constants.ingress", "interconnect"),
        ('table = "calls"\n[time]\nzone = "Mars"', "time", "Asia/Shanghai"),
        ('table = "calls"\n[time]\nskew = "soon"', "time", "90s"),
        ('table = "calls"\n[time]\ndefault = "soon"', "time", "2026-03-01"),
        ('table = "calls"\n[columns]\ntalk_ms = { from = "x", unit = "seconds" }', "columns", "column-map.md"),
        ('table = "calls"\n[constants]\ntalk_ms = "long"', "constants.talk_ms", "int64"),
        ('table = "calls"\n[file]\nencoding = "gbx"', "file.encoding", "gb18030"),
        ('table = "calls"\n[file]\ndelimiter = "||"', "file.delimiter", "one ASCII sign"),
        ("[columns]", "table", "column-map.md"),
        ("not toml", "", "TOML"),
    ],
)
def test_a_wrong_map_names_file_key_and_fix(tmp_path: Path, toml: str, key: str, fix: str) -> None:
    error = wrong(tmp_path, toml)
    assert key in error.what
    assert fix in str(error)


def test_a_map_in_another_encoding_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.toml"
    path.write_bytes(FULL.encode("gb18030"))
    with pytest.raises(UsageError, match="UTF-8"):
        find_map(tmp_path / "a.csv")


def test_a_folder_has_one_map_for_many_files(tmp_path: Path) -> None:
    folder = '[[map]]\nfiles = "sms_*.csv"\ntable = "message"\n[[map]]\nfiles = "*.csv"\ntable = "calls"\n'
    (tmp_path / FOLDER_MAP).write_text(folder)
    tables = {name: find_map(tmp_path / name) for name in ("sms_1.csv", "cdr.csv", "hosts.txt")}
    assert [found.table if found else None for found in tables.values()] == ["message", "calls", None]
    (tmp_path / "cdr.csv.toml").write_text('table = "site_seen"')
    beside = find_map(tmp_path / "cdr.csv")
    assert beside is not None and beside.table == "site_seen", "the map beside the file goes before the folder's"


def test_a_given_map_that_is_for_other_files_says_so(tmp_path: Path) -> None:
    given_map = tmp_path / "m.toml"
    given_map.write_text('[[map]]\nfiles = "*.txt"\ntable = "message"')
    with pytest.raises(UsageError, match="no \\[\\[map\\]\\] is for a.csv"):
        find_map(tmp_path / "a.csv", given_map)


def test_a_map_can_name_what_all_three_facts_of_a_call_have() -> None:
    own = {column.name for name in ("call_offered", "call_answered", "call_ended") for column in all_events()[name].own}
    assert own <= set(target_columns(CALLS))
    assert {"occurred_at", "answered_at", "ended_at", "total_ms", "event_id"} <= set(target_columns(CALLS))
    assert target_columns(CALLS)["callee"].aliases, "the offer's callee, with its headers"


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
TAKES = st.one_of(
    NAMES,
    st.tuples(NAMES, NAMES),
    st.builds(
        ColumnSource,
        from_=NAMES,
        unit=st.sampled_from(["", "s", "ms"]),
        values=st.dictionaries(NAMES, st.just(""), max_size=3),
        bad=st.sampled_from(["reject", "empty"]),
    ),
)
MAPS = st.builds(
    ColumnMap,
    table=st.just(CALLS),
    source=NAMES,
    basis=NAMES,
    simulated=st.booleans(),
    columns=st.dictionaries(st.sampled_from(["caller", "callee", "occurred_at", "talk_ms", "trunk"]), TAKES),
    file=st.builds(
        FileLayout, encoding=NAMES, delimiter=st.sampled_from(["\t", "|", "\x01", ""]), header=st.integers(0, 9)
    ),
    time=st.builds(TimeSettings, zone=st.just("UTC"), skew=st.sampled_from(["", "3s"])),
    direction=st.none() | st.builds(DirectionRule, from_=NAMES, incoming=st.tuples(NAMES)),
    proven=st.builds(ProvenRule, ingress=st.sampled_from([(), ("mobile",)]), outgoing=st.booleans()),
    constants=st.dictionaries(st.sampled_from(["trunk", "caller"]), NAMES),
)


@given(MAPS, st.lists(NAMES, max_size=3))
def test_a_written_map_reads_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, map_: ColumnMap, more: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "written.toml"
    path.write_text(format_map(map_, tuple(more), {"x": "1"}), "utf-8")
    found = read_map(path)
    assert found is not None
    assert {ours: found.column_source(ours) for ours in found.columns} == {
        ours: map_.column_source(ours) for ours in map_.columns
    }
    same = ("table", "source", "basis", "simulated", "file", "time", "direction", "proven", "constants")
    assert [getattr(found, key) for key in same] == [getattr(map_, key) for key in same]


def test_a_written_map_explains_itself_and_shows_what_is_not_used() -> None:
    map_ = ColumnMap(table=CALLS, columns={"caller": "主叫"})
    text = format_map(map_, ("备注",), {"主叫": "191******01", "备注": "x"})
    assert 'caller = "主叫"  # 主叫声称号码 claimed caller  例 e.g. 191******01' in text
    assert '# ? = "备注"  # 例 e.g. x' in text
    assert tomllib.loads(text)["columns"] == {"caller": "主叫"}
    assert map_path(Path("x/a.csv")) == Path("x/a.csv.toml")
    assert check_map(map_, Path("m")) is map_


DOCUMENT = 'table = "message"\n[columns]\ntext = "短信内容"\n[basis]\n' + "".join(
    f'{key} = "{value}"\n'
    for key, value in {
        "document": "虚构反诈专班 2026-17 号", "approver": "虚构市反诈中心 王某", "scope": "用户举报的短信",
        "expires": "2026-03-31",
    }.items()
)  # fmt: skip
LAST_DAY, NEXT_DAY = 1_774_969_199_000, 1_774_972_800_000  # 2026-03-31T22:59:59 and 2026-04-01T00:00 in China


@pytest.mark.parametrize(
    ("named", "at", "reason"),
    [
        ("", LAST_DAY, ""),
        ("虚构反诈专班 2026-17 号", LAST_DAY, ""),
        ("", NEXT_DAY, "expired"),
        ("other", LAST_DAY, "names"),
    ],
)
def test_content_is_read_by_the_document_of_the_map_until_it_expires(
    tmp_path: Path, named: str, at: int, reason: str
) -> None:
    (tmp_path / "a.csv").write_text("短信内容,标签\n您好，您的快递到了,1\n", "utf-8")
    (tmp_path / "a.csv.toml").write_text(DOCUMENT, "utf-8")
    (source,) = find_sources([tmp_path / "a.csv"])
    whole = read_source(source, ReadContext(at, named))
    if reason:
        assert whole.used == 0 and reason in whole.rejects[0].reason
    else:
        assert [row["basis"] for row in whole.rows("message")] == ["虚构反诈专班 2026-17 号"]


@pytest.mark.parametrize(("old", "new"), [("2026-03-31", "soon"), ("虚构市反诈中心 王某", " ")])
def test_a_document_without_approver_or_day_stops_the_run(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "a.csv").write_text("短信内容\n您好\n", "utf-8")
    (tmp_path / "a.csv.toml").write_text(DOCUMENT.replace(old, new), "utf-8")
    with pytest.raises(UsageError, match=r"basis\."):
        find_sources([tmp_path / "a.csv"])


def test_a_basis_that_is_a_name_alone_is_said_to_lack_approver_scope_and_expiry(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("短信内容,标签\n您好，您的快递到了,1\n", "utf-8")
    (source,) = find_sources([tmp_path / "a.csv"])
    whole = read_source(source, ReadContext(LAST_DAY, "user's report"))
    assert whole.used == 1 and any("approver, scope and expiry" in note.en for note in whole.notes)
