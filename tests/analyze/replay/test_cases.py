"""A table of cases is read whatever its headers, and a row that names no case is said so."""

from pathlib import Path

import pytest

from fanzha.analyze.replay.cases import NO_LOSS, NO_PARTY, parse_amount, read_cases, split_parties
from fanzha.base.clock import iso
from fanzha.base.errors import UsageError

HEAD = "案件编号,受害人手机号,嫌疑号码,首笔损失时间,诈骗类型,损失金额（元）"


def write(folder: Path, *rows: str, head: str = HEAD, encoding: str = "utf-8") -> Path:
    path = folder / "cases.csv"
    path.write_bytes(("\n".join([head, *rows]) + "\n").encode(encoding))
    return path


def test_chinese_headers_in_gb18030_are_recognised(tmp_path: Path) -> None:
    row = "A-1,17000000001,17000000002、028-12345678,2026-03-05 14:30:00,冒充公检法,12.5万"
    (case,) = read_cases(write(tmp_path, row, encoding="gb18030")).cases
    assert (case.number, case.victims) == ("A-1", ("+8617000000001",))
    assert case.suspects == ("+8617000000002", "+862812345678")
    assert iso(case.loss_from) == "2026-03-05T06:30:00.000Z" and case.loss_until == case.loss_from
    assert (case.fraud_type, case.amount) == ("冒充公检法", 125_000)


def test_english_headers_and_a_date_alone_make_the_loss_a_whole_day(tmp_path: Path) -> None:
    head = "Case No.,Victim's number,Suspect number(s),Date of first loss,Type of fraud,Amount lost"
    (case,) = read_cases(write(tmp_path, "7,+86 170 0000 0001,,2026-03-05,fake loan,900", head=head)).cases
    assert iso(case.loss_from) == "2026-03-04T16:00:00.000Z"
    assert iso(case.loss_until) == "2026-03-05T15:59:59.999Z"
    assert case.suspects == ()


def test_rows_of_one_number_are_one_case_with_the_earliest_loss(tmp_path: Path) -> None:
    rows = ("A,17000000001,17000000002,2026-03-05 10:00,x,100", "A,17000000001,17000000003,2026-03-04 10:00,x,50")
    (case,) = read_cases(write(tmp_path, *rows)).cases
    assert case.rows == (2, 3) and iso(case.loss_from) == "2026-03-04T02:00:00.000Z"
    assert case.suspects == ("+8617000000002", "+8617000000003") and case.amount == 150


def test_a_row_without_loss_or_party_is_rejected_with_its_reason(tmp_path: Path) -> None:
    rows = ("A,17000000001,,不详,x,", "B,,,2026-03-04 10:00,x,", "C,17000000001,,2026-03-04 10:00,x,")
    found = read_cases(write(tmp_path, *rows))
    assert [case.number for case in found.cases] == ["C"] and found.rows == 3
    assert [(reject.row, reject.reason) for reject in found.rejects] == [(2, NO_LOSS), (3, NO_PARTY)]


def test_a_last_line_without_a_line_end_is_read(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(f"{HEAD}\nA,17000000001,,2026-03-04 10:00,x,1", "utf-8")
    assert len(read_cases(path).cases) == 1


def test_a_table_without_losses_names_the_headers_it_needs(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="time of the first loss") as raised:
        read_cases(write(tmp_path, "A,17000000001", head="案件编号,受害人手机号"))
    assert "首笔损失时间" in str(raised.value)


@pytest.mark.parametrize(
    ("cell", "parties"),
    [
        ("", ()),
        ("170 0000 0002", ("+8617000000002",)),
        ("17000000002；17000000002", ("+8617000000002",)),
        ("510101199001011234", ("510101199001011234",)),  # an identity number is no telephone number
        ("ICBC-Verify.example", ("icbc-verify.example",)),
        ("wxid_Made1up", ("wxid_made1up",)),
    ],
)
def test_parties_are_canonical(cell: str, parties: tuple[str, ...]) -> None:
    assert split_parties(cell) == parties


@pytest.mark.parametrize(
    ("cell", "amount"), [("1,234.50", 1234.5), ("¥ 300 元", 300), ("3万", 30_000), ("约三千", None), ("", None)]
)
def test_amounts_are_yuan(cell: str, amount: float | None) -> None:
    assert parse_amount(cell) == amount
