"""Headers and values together tell which table a file is, and which column is which; neither is believed alone."""

from collections.abc import Sequence

import pyarrow as pa
import pytest

from fanzha.events import source_events
from fanzha.read._map.column_map import ColumnSource
from fanzha.read._map.targets import CALLS, target_columns
from fanzha.read._propose.cell_fit import list_distinct, phone_share, score_cells, site_share, text_share
from fanzha.read._propose.headers import (
    column_names,
    find_unit,
    fold_header,
    is_header,
    recognised_headers,
    score_header,
)
from fanzha.read._propose.proposal import MapProposal, add_ingress, is_sufficient, propose

PHONES = ["19100000001", "19100000002", "19100000003"]
TIMES = ["2026-03-01 08:30:15", "2026-03-01 08:30:16", "2026-03-01 08:30:17"]


def proposed(columns: dict[str, Sequence[str | None]], table: str = "", about: str = "") -> MapProposal:
    sample = {name: pa.array(list(cells), pa.large_string()) for name, cells in columns.items()}
    return propose(tuple(columns), sample, table, about=about)


def made(columns: dict[str, Sequence[str | None]], table: str = "") -> tuple[str, dict[str, object]]:
    map_ = proposed(columns, table).map
    assert map_ is not None
    return map_.table, {ours: take.from_ for ours in map_.columns if (take := map_.column_source(ours))}


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("通话时长(秒)", "通话时长"), ("通话时长（秒）", "通话时长"), (" Call_ID ", "callid"),
        ("主 叫 号 码", "主叫号码"),
        ("主叫號碼", "主叫号码"), ("ＣＡＬＬＥＲ", "caller"), ("Start Time:", "starttime"), ('"被叫"', "被叫"),
    ],
)  # fmt: skip
def test_headers_are_folded(header: str, text: str) -> None:
    assert fold_header(header) == text


@pytest.mark.parametrize(
    ("header", "unit"),
    [("通话时长(秒)", "s"), ("时长(ms)", "ms"), ("Duration (min)", "min"), ("通话时长_分钟", "min"), ("通话秒数", "s"),
     ("DURATION_S", "s"), ("时长", ""), ("duration [单位:毫秒]", "ms")],
)  # fmt: skip
def test_headers_name_their_unit(header: str, unit: str) -> None:
    assert find_unit(header) == unit


def test_every_table_knows_its_own_headers() -> None:
    for name in (CALLS, *source_events()):
        for ours, column in target_columns(name).items():
            for alias in column.aliases:
                assert score_header(alias, column_names(name)[ours]) == 1.0
                assert fold_header(alias) in recognised_headers()


@pytest.mark.parametrize(
    ("cells", "is_one"),
    [
        (["主叫号码", "被叫号码", "时间"], True), (["a", "b", "c"], True),
        (["19100000001", "19900000001", "35"], False),
        (["2026-03-01", "x", "y"], False), (["短信内容"], True), (["您好，您的快递到了"], False), (["", ""], False),
        (["a.example", "b.example"], False), (["x", "x"], False),
    ],
)  # fmt: skip
def test_a_header_is_told_from_data(cells: list[str], is_one: bool) -> None:
    assert is_header(cells) is is_one


def test_the_carriers_headers_are_calls() -> None:
    table, columns = made(
        {"主叫号码": PHONES, "被叫号码": PHONES[::-1], "通话开始时间": TIMES, "通话时长": ["1", "2", "3"]}
    )
    assert table == CALLS
    assert columns == {"caller": "主叫号码", "callee": "被叫号码", "occurred_at": "通话开始时间", "talk_ms": "通话时长"}


def test_the_same_two_numbers_beside_words_are_a_message() -> None:
    words = ["您好，快递到了", "恭喜您中奖了", "明天开会请准时"]
    table, columns = made({"主叫号码": PHONES, "被叫号码": PHONES, "发送时间": TIMES, "短信内容": words})
    assert table == "message"
    assert columns["sender"] == "主叫号码" and columns["recipient"] == "被叫号码" and columns["text"] == "短信内容"


def test_a_header_whose_cells_are_something_else_is_not_believed() -> None:
    map_ = proposed({"主叫号码": ["甲", "乙", "丙"], "被叫号码": PHONES, "开始时间": TIMES}).map
    assert map_ is not None and "caller" not in map_.columns


@pytest.mark.parametrize(
    ("cells", "is_text"),
    [
        (["!!!@@@###$$$ %%%^^^", "???!!! ~~~ <3", "$$$ >>> 888"], True),
        (["138****1234", "139****5678", "12.5%"], False),
        (["3.50", "-12", "1,024.00"], False),
        (["2026-03-01", "08:30:15", "2026/3/1"], False),
        (["#12", "(3)", "1/4"], False),
    ],
)
def test_a_column_headed_as_text_may_hold_signs_alone_but_no_numbers(cells: list[str], is_text: bool) -> None:
    map_ = proposed({"text": cells, "sent_at": TIMES}).map
    assert (map_ is not None and "text" in map_.columns) == is_text
    assert proposed({"note": cells, "sent_at": TIMES}).map is None


def test_a_table_that_is_asked_for_is_the_only_one_tried() -> None:
    table, columns = made({"被举报号码": PHONES, "时间": TIMES}, table="public_report")
    assert table == "public_report" and columns["target"] == "被举报号码"


def test_files_without_headers_are_told_by_their_values() -> None:
    assert made({"column_1": PHONES, "column_2": PHONES, "column_3": TIMES})[0] == CALLS
    assert made({"line": ["a.example", "b.example/x", "虚构.中国"]}) == ("site_seen", {"host": "line"})
    assert made({"line": ["您好，快递到了请查收", "恭喜您中奖了请点击", "明天开会请准时到"]}) == (
        "message",
        {"text": "line"},
    )
    assert made({"line": PHONES}) == ("public_report", {"target": "line"})


def test_what_nothing_can_be_made_of_has_no_map() -> None:
    found = proposed({"a": ["x1", "x2", "x3"], "b": ["y1", "y2", "y3"]})
    assert found.map is None and found.unused == ("a", "b")


def test_words_that_are_not_known_are_left_open_and_said() -> None:
    found = proposed({"主叫": PHONES, "被叫": PHONES, "时间": TIMES, "入口": ["国际关口局", "三号楼", "国际关口局"]})
    assert found.map is not None
    take = found.map.column_source("ingress")
    assert take == ColumnSource(from_="入口", values={"三号楼": ""}, bad="empty")
    assert any("三号楼" in note.zh for note in found.notes)


def test_a_column_of_yes_and_no_about_abroad_is_the_ingress() -> None:
    found = proposed({"主叫": PHONES, "被叫": PHONES, "时间": TIMES, "国际来话": ["是", "否", "是"]})
    assert found.map is not None
    take = found.map.column_source("ingress")
    assert take is not None and take.values == {"是": "international_gateway", "否": ""}


def test_day_and_month_are_told_by_the_days_after_the_twelfth() -> None:
    for cells, format_ in ((["13/01/2026", "01/02/2026"], "dmy"), (["01/13/2026", "02/01/2026"], "mdy")):
        found = proposed({"caller": PHONES[:2], "callee": PHONES[:2], "start": cells})
        assert found.map is not None
        take = found.map.column_source("occurred_at")
        assert take is not None and take.format == format_
    unsure = proposed({"caller": PHONES[:2], "callee": PHONES[:2], "start": ["03/01/2026", "04/01/2026"]})
    assert any("cannot be told apart" in note.en for note in unsure.notes)


@pytest.mark.parametrize(
    ("cells", "format_"),
    [
        (["26-03-19", "26-03-20", "26-03-25"], "ymd"),
        (["19-03-26", "20-03-26", "25-03-26"], "dmy"),
        (["01-03-26", "02-03-26", "03-03-26"], "dmy"),
        (["03/01/26", "03/02/26", "03/03/26"], "mdy"),
        (["15-12月-25", "16-12月-25", "17-12月-25"], "auto"),
    ],
)
def test_the_order_of_short_dates_is_the_one_by_which_they_lie_close_together(cells: list[str], format_: str) -> None:
    days: dict[str, Sequence[str | None]] = {"主叫号码": PHONES, "被叫号码": PHONES[::-1]}
    alone = proposed(days | {"开始时间": cells}).map
    assert alone is not None
    assert alone.column_source("occurred_at") == ColumnSource(from_="开始时间", format=format_)
    with_clock = proposed(days | {"日期": cells, "开始时间": ["08:30:15", "08:30:16", "08:30:17"]}).map
    assert with_clock is not None
    assert with_clock.column_source("occurred_at") == ColumnSource(from_=("日期", "开始时间"), format=format_)


NUMBERS = ["12.5", "30", "99.1"]


@pytest.mark.parametrize(
    ("header", "ours"),
    [
        ("月账单(元)", "bill_cny_mean"), ("账单金额", "bill_cny_mean"), ("ARPU", "bill_cny_mean"),
        ("月账单方差(元²)", "bill_cny_variance"), ("账单最高(元)", "bill_cny_max"), ("arpu_p50", None),
        ("月账单标准差", None), ("月账单波动", "bill_cny_mean"), ("月账单偏度系数", "bill_skew"),
    ],
)  # fmt: skip
def test_a_statistic_of_a_profile_has_its_word_in_the_header(header: str, ours: str | None) -> None:
    counts = ["1", "2", "3"]
    _, columns = made({"用户号码": PHONES, "通话次数": counts, "短信条数": counts, header: NUMBERS})
    assert {name for name, theirs in columns.items() if theirs == header} == ({ours} if ours else set())


@pytest.mark.parametrize("header", ["入网时间", "开户时间", "激活时间"])
def test_when_somebody_became_a_customer_is_no_time_of_a_profile_or_a_call(header: str) -> None:
    _, profile = made({"用户号码": PHONES, "通话次数": ["1", "2", "3"], "短信条数": ["1", "2", "3"], header: TIMES})
    assert "occurred_at" not in profile
    _, call = made({"主叫号码": PHONES, "被叫号码": PHONES[::-1], "通话时长": ["1", "2", "3"], header: TIMES})
    assert "occurred_at" not in call


SHORT_CODES, WORDS = ["1069000000001"] * 3, ["【虚构】您好，您的快递已到"] * 3


@pytest.mark.parametrize(
    "headers",
    [
        ("源号码", "目的号码", "发送时间", "短信内容"), ("源地址", "目的地址", "提交时间", "内容"),
        ("src_addr", "dest_addr", "submit_time", "content"), ("SP_NUMBER", "USER_NUMBER", "SUBMIT_TIME", "CONTENT"),
        ("端口号", "手机号码", "发送时间", "短信内容"), ("接入号", "手机号", "下发时间", "正文"),
    ],
)  # fmt: skip
def test_texts_are_told_by_the_headers_of_gateways(headers: tuple[str, ...]) -> None:
    export: dict[str, Sequence[str | None]] = dict(zip(headers, (SHORT_CODES, PHONES, TIMES, WORDS), strict=True))
    ours = dict(zip(("sender", "recipient", "occurred_at", "text"), headers, strict=True))
    assert made(export) == ("message", ours) and not proposed(export).notes


@pytest.mark.parametrize(
    "headers",
    [
        ("计费号码", "被叫号码", "通话起始时刻", "通话时长"), ("主叫号码", "被叫号码", "占用时间", "时长"),
        ("ORG_CALLER_NBR", "TERM_CALLED_NBR", "START_TIME", "DURATION"),
        ("CALLING_NBR", "CALLED_NBR", "seizure_time", "duration"),
    ],
)  # fmt: skip
def test_calls_are_told_by_the_headers_of_exchanges(headers: tuple[str, ...]) -> None:
    table, columns = made(dict(zip(headers, (PHONES, PHONES[::-1], TIMES, ["1", "2", "3"]), strict=True)))
    assert table == CALLS
    assert columns == dict(zip(("caller", "callee", "occurred_at", "talk_ms"), headers, strict=True))


def test_texts_that_name_no_sender_or_recipient_say_so() -> None:
    notes = [note.en for note in proposed({"短信内容": WORDS, "发送时间": TIMES}).notes]
    assert [note.split(":")[0] for note in notes] == [
        "no column is known as the sender", "no column is known as the recipient",
    ]  # fmt: skip


def test_numbers_of_a_spreadsheet_are_told_by_their_digits() -> None:
    for cells in (["19100000001.00"], ["1.9100000001E+10"]):
        assert phone_share(pa.array(cells, pa.large_string())) == 1.0
        assert score_cells(target_columns(CALLS)["callee"], pa.array(cells, pa.large_string())) == 1.0


def test_talk_of_hours_without_a_unit_is_taken_for_milliseconds_and_said() -> None:
    found = proposed({"caller": PHONES, "callee": PHONES, "start": TIMES, "duration": ["35000", "0", "61000"]})
    assert found.map is not None and found.map.column_source("talk_ms") == ColumnSource(from_="duration", unit="ms")
    assert any("milliseconds" in note.en for note in found.notes)


def test_many_rows_without_a_time_are_no_accident() -> None:
    times = [TIMES[0], *[None] * 9]
    found = proposed({"text": ["您好您好您好"] * 10, "time": times})
    assert found.map is not None and found.map.column_source("occurred_at") == ColumnSource(from_="time", bad="empty")


def test_numbers_beside_a_url_are_facts_of_the_page() -> None:
    urls = ["http://a.example/x", "http://b.example/y", "http://c.example/z"]
    numbers: dict[str, Sequence[str | None]] = {f"fact_{n}": ["1", "2", "3"] for n in range(9)}
    _, columns = made({"url": urls, **numbers, "status": ["1", "0", "1"]})
    assert columns["page_facts"] == tuple(numbers)


def test_the_ingress_is_what_the_file_says_of_itself_or_a_warning() -> None:
    columns: dict[str, Sequence[str | None]] = {"主叫": PHONES, "被叫": PHONES, "时间": TIMES}
    for about, known in (("某省国际关口局话单", True), ("IGW-2026.csv", True), ("三月话单.csv", False)):
        found = proposed(columns, about=about)
        assert found.map is not None
        assert (found.map.constants == {"ingress": "international_gateway"}) is known
        assert len(found.notes) == 1
    assert found.map is not None
    other = add_ingress(found.map, "igw")[0]
    assert add_ingress(other, "igw")[1]


def test_shares_say_how_much_of_a_column_is_what() -> None:
    text = pa.array(["19100000001", "+86 191 0000 0001", "20260301083015", "35"], pa.large_string())
    assert phone_share(text) == 0.5
    assert site_share(pa.array(["a.example", "x y", "http://b.example"], pa.large_string())) == pytest.approx(2 / 3)
    assert text_share(pa.array(["您好，快递到了", "12345678"], pa.large_string())) == 0.5
    assert list_distinct(pa.array(["b", "a", "b", None])) == ["b", "a"]
    assert score_cells(target_columns(CALLS)["talk_ms"], pa.array(["35", "x"])) == 0.5
    assert score_cells(target_columns(CALLS)["device"], pa.array(["8.69E+14"])) == 0.0
    assert score_cells(target_columns("site_seen")["title"], pa.array(["0", "1"])) == 0.0
    assert not is_sufficient(CALLS, {"caller": "x"}) and is_sufficient("message", {"text": "x"})


ROWS = range(40)
CALLERS = [f"1910000{n * 37 % 9973:04}" for n in ROWS]
CALLEES = [f"1990000{n * 53 % 9973:04}" for n in ROWS]
BEGINS = [f"202603010830{n:02}" for n in ROWS]
TRUNKS = [("IGW-GZ-01", "MSC-GZ-02", "POI-CT-1")[n % 3] for n in ROWS]
SPANS = [str(n * 7 % 90) for n in ROWS]
DEVICES = [f"8600200{n % 5}0000011" for n in ROWS]
IDENTITIES = ["11010519491231002X", "440524188001010014"] * 20


def test_a_list_of_subscribers_is_no_calls() -> None:
    dates, fees = [f"2020-01-{1 + n % 28:02}" for n in ROWS], ["19", "39"] * 20
    found = proposed({"用户号码": CALLERS, "证件号码": IDENTITIES, "入网时间": dates, "月租": fees})
    assert found.map is None and any("identity numbers in clear" in note.en for note in found.notes)
    plain = proposed({"a": CALLERS, "b": ["11010519491231002X"] * 40, "c": dates, "d": fees})
    assert plain.map is None, "identity numbers are told by their check characters, whatever their header"


def test_a_list_of_subscribers_without_papers_is_registrations() -> None:
    dates, fees = [f"2020-01-{1 + n % 28:02}" for n in ROWS], ["19", "39"] * 20
    columns: dict[str, Sequence[str | None]] = {
        "用户号码": CALLERS,
        "入网时间": dates,
        "套餐": ["保号", "畅享"] * 20,
        "月租": fees,
    }
    assert made(columns) == (
        "registration",
        {"number": "用户号码", "occurred_at": "入网时间", "plan": "套餐", "monthly_fee_cny": "月租"},
    )


def test_an_amount_is_no_duration() -> None:
    table, columns = made({"caller": CALLERS, "callee": CALLEES, "time": TIMES[:1] * 40, "通话费用": SPANS})
    assert table == CALLS and "talk_ms" not in columns
    assert "talk_ms" not in made({"x": CALLERS, "y": CALLEES, "z": BEGINS, "fee": SPANS})[1]


def test_of_several_moments_the_begin_is_chosen() -> None:
    answers = [None if n % 3 else f"202603010831{n:02}" for n in ROWS]
    ends = [f"202603010832{n:02}" for n in ROWS]
    names = {"A_NUMBER": CALLERS, "B_NUMBER": CALLEES}
    expected = {"occurred_at": "BEGIN_DATE", "answered_at": "ANS_DATE", "ended_at": "END_DATE"}
    for order in (("BEGIN_DATE", "ANS_DATE", "END_DATE"), ("ANS_DATE", "END_DATE", "BEGIN_DATE")):
        moments: dict[str, Sequence[str | None]] = {"BEGIN_DATE": BEGINS, "ANS_DATE": answers, "END_DATE": ends}
        _, columns = made({**names, **{name: moments[name] for name in order}})
        assert {ours: columns[ours] for ours in expected} == expected
    _, columns = made({**names, "t1": ends, "t2": answers, "t3": BEGINS, "入库时间": ["20260301070000"] * 40})
    assert (columns["occurred_at"], columns["answered_at"], columns["ended_at"]) == ("t3", "t2", "t1")


@pytest.mark.parametrize("header", ["DISCONNECT_TIME", "disconnect_time", "挂断时间"])
def test_the_moment_of_disconnection_is_the_end_and_not_the_answer(header: str) -> None:
    ends = [f"202603010832{n:02}" for n in ROWS]
    names = {"CALLER": CALLERS, "CALLEE": CALLEES, "SETUP_TIME": BEGINS}
    _, columns = made({**names, header: ends})
    assert (columns["occurred_at"], columns["ended_at"]) == ("SETUP_TIME", header) and "answered_at" not in columns
    answers = [f"202603010831{n:02}" for n in ROWS]
    _, columns = made({**names, "CONNECT_TIME": answers, header: ends})
    assert (columns["answered_at"], columns["ended_at"]) == ("CONNECT_TIME", header)


@pytest.mark.parametrize("header", ["通话开始时间", "记录开始时间", "开始时间"])
def test_the_time_of_storage_gives_way_to_the_only_moment_of_the_call(header: str) -> None:
    stored = [f"202603011132{n:02}" for n in ROWS]
    _, columns = made({"主叫号码": CALLERS, "被叫号码": CALLEES, "入库时间": stored, header: BEGINS})
    assert columns["occurred_at"] == header and "ended_at" not in columns
    _, columns = made({"主叫号码": CALLERS, "被叫号码": CALLEES, "入库时间": stored, "结束时间": BEGINS})
    assert columns["ended_at"] == "结束时间" and "occurred_at" not in columns


@pytest.mark.parametrize("header", ["入网时间", "开户时间", "套餐生效时间"])
def test_an_earlier_time_of_the_subscription_is_not_the_begin(header: str) -> None:
    earlier = [f"201903011132{n:02}" for n in ROWS]
    _, columns = made({"主叫号码": CALLERS, "被叫号码": CALLEES, header: earlier, "通话时间": BEGINS})
    assert columns["occurred_at"] == "通话时间" and header not in columns.values()


def test_files_without_headers_hold_calls_whose_trunks_are_no_texts() -> None:
    table, columns = made(dict(zip("abcdefg", (CALLERS, CALLEES, BEGINS, SPANS, TRUNKS, DEVICES, TRUNKS), strict=True)))
    assert table == CALLS
    assert columns == {
        "caller": "a", "callee": "b", "occurred_at": "c", "talk_ms": "d", "trunk": "e", "device": "f",
    }  # fmt: skip


def test_a_column_that_counts_the_rows_is_no_duration() -> None:
    counter = [str(1000 + n) for n in ROWS]
    columns = made(dict(zip("abcde", (counter, CALLERS, CALLEES, BEGINS, SPANS), strict=True)))[1]
    assert columns == {"caller": "b", "callee": "c", "occurred_at": "d", "talk_ms": "e"}


def test_the_prefix_that_all_headers_of_a_vendor_share_is_left_out() -> None:
    headers = ("H_MSISDN", "H_OPP", "H_STIME", "H_DUR", "H_TGI", "H_IMEI")
    columns: dict[str, Sequence[str | None]] = dict(
        zip(headers, (CALLERS, CALLEES, BEGINS, SPANS, TRUNKS, DEVICES), strict=True)
    )
    ours = ("caller", "callee", "occurred_at", "talk_ms", "trunk", "device")
    assert made(columns) == (CALLS, dict(zip(ours, headers, strict=True)))


def test_shortened_numbers_leave_an_exact_header_in_its_place() -> None:
    assert made({"主叫号码": ["1.38E+10"] * 38 + CALLERS[:2], "被叫号码": CALLEES, "开始时间": BEGINS})[1]["caller"]
    misfit = proposed({"主叫号码": ["甲", "乙"] * 20, "被叫号码": CALLEES, "开始时间": BEGINS})
    assert any("主叫号码" in note.zh and "caller" in note.zh for note in misfit.notes)


@pytest.mark.parametrize("header", ["话单序号", "话单ID", "CDR_ID", "TICKET_ID", "记录流水号"])
def test_a_serial_number_identifies_a_record_if_rows_that_share_it_are_equal(header: str) -> None:
    serials = [str(2026030100000000 + n) for n in ROWS]
    rest: dict[str, Sequence[str | None]] = {"主叫号码": CALLERS, "被叫号码": CALLEES, "开始时间": BEGINS}
    assert made({header: serials, **rest})[1]["event_id"] == header
    twice: dict[str, Sequence[str | None]] = {
        header: [*serials, serials[3]],
        **{name: [*cells, cells[3]] for name, cells in rest.items()},
    }
    assert made(twice)[1]["event_id"] == header
    shared = proposed({header: [serials[n // 2] for n in ROWS], **rest})
    assert shared.map is not None and "event_id" not in shared.map.columns
    assert any("not used as an id" in note.en for note in shared.notes)
    assert "event_id" not in made({header: [str(n + 1) for n in ROWS], **rest})[1], "it counts the rows of the file"


def test_partial_records_are_told_by_their_codes() -> None:
    flags = ["0"] * 36 + ["1", "2", "2", "3"]
    found = proposed({"主叫号码": CALLERS, "被叫号码": CALLEES, "开始时间": BEGINS, "部分话单标志": flags})
    assert found.map is not None
    assert found.map.column_source("partial") == ColumnSource(
        from_="部分话单标志", values={"1": "true", "2": "true", "3": "false"}
    )
    assert any("part of a call" in note.en for note in found.notes)


def test_a_table_of_calls_asked_for_alone_keeps_the_columns_of_the_others() -> None:
    columns: dict[str, Sequence[str | None]] = {
        "主叫号码": CALLERS, "被叫号码": CALLEES, "开始时间": BEGINS, "通话时长": SPANS, "入中继": TRUNKS,
    }  # fmt: skip
    for table in ("call_offered", "call_ended"):
        found = proposed(columns, table)
        assert found.map is not None and found.map.table == CALLS and {"caller", "trunk"} <= found.map.columns.keys()
        assert any(table in note.en for note in found.notes)
    answers = ["1", "0"] * 20
    own: dict[str, Sequence[str | None]] = {"call_id": CALLERS, "occurred_at": BEGINS, "answered": answers}
    assert made(own, "call_ended")[0] == "call_ended"


def test_what_follows_the_first_thousand_characters_of_a_cell_decides_nothing() -> None:
    columns: dict[str, Sequence[str | None]] = {
        "发送号码": CALLERS, "接收号码": CALLEES, "发送时间": BEGINS, "短信内容": ["您好" * 2_000] * 40,
    }  # fmt: skip
    table, found = made(columns)
    assert found == made({**columns, "短信内容": ["您好" * 500] * 40})[1] and found["text"] == "短信内容"
    long_time = {**columns, "发送时间": [f"{begin}{' ' * 2_000}甲" for begin in BEGINS]}
    assert made(long_time)[0] == table
