"""Tables are read as they were written, bare lists by their kind, and bad rows are counted."""

from tests.share.shared_items import AT, OF_EACH_KIND, verdict

from fanzha.base.marking import Marking
from fanzha.claims.verdict import Level
from fanzha.share.csv_table import COLUMNS, read_table, write_table
from fanzha.share.items import RejectReason


def test_a_table_comes_back() -> None:
    verdicts = [verdict(kind, value) for kind, value in OF_EACH_KIND.items()]
    read = read_table("".join(write_table(verdicts)), AT)
    assert [(one.subject_kind, one.subject) for one in read.verdicts] == list(OF_EACH_KIND.items())
    assert {(one.level, one.score, one.marking, one.valid_from) for one in read.verdicts} == {
        (Level.SUSPECTED, 0.92, Marking.AMBER, AT)
    }


def test_cells_are_no_formulas() -> None:
    line = list(write_table([verdict("phone_number", "+8617000000001")]))[1]
    assert line.startswith("phone_number,'+8617000000001,")


def test_a_bare_list_has_one_kind_and_comments() -> None:
    read = read_table("# made up\na.example.com,x\n\nhttps://b.example.com/c\n", AT, only_column="website")
    assert [one.subject for one in read.verdicts] == ["a.example.com", "b.example.com"]
    assert read.verdicts[0].marking is None and read.verdicts[0].score is None


def test_the_kind_is_recognised_where_no_column_names_it() -> None:
    read = read_table("value\nhttps://a.example.com/\n+8617000000001\n", AT)
    assert [one.subject_kind for one in read.verdicts] == ["website", "phone_number"]


def test_bad_rows_are_counted_by_reason() -> None:
    rows = [
        "website,not a host at all,,,,,,,,",
        "unicorn,x,,,,,,,,",
        "website,a.example.com,,,,,,TLP:RED,,",
        "website,a.example.com,,,,yesterday,,,,",
    ]
    read = read_table("\n".join([",".join(COLUMNS), *rows]), AT)
    assert read.rejected == {RejectReason.VALUE: 2, RejectReason.UNUSED_TYPE: 1, RejectReason.MARKING: 1}


def test_a_withdrawn_row_withdraws() -> None:
    read = read_table("".join(write_table([verdict("website", "a.example.com", is_withdrawn=True)])), AT)
    assert read.verdicts[0].is_withdrawn
