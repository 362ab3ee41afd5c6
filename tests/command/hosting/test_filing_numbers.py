"""Filing numbers are read in any usual writing, and what contradicts itself is found."""

import pytest

from fanzha.command.hosting.filing_numbers import (
    FAULT_WORDS,
    FilingFault,
    parse_filing,
    same_filing,
    same_name,
    security_fault,
)


@pytest.mark.parametrize(
    ("raw", "root", "province"),
    [
        ("京ICP备2026000001号-1", "京ICP备2026000001号", "京"),
        (" 粤 icp备12345678号－12 ", "粤ICP备12345678号", "粤"),
        ("沪ICP证012345号", "沪ICP证012345号", "沪"),
        ("浙B2-20260001", "浙B2-20260001", "浙"),
    ],
)
def test_a_filing_is_read(raw: str, root: str, province: str) -> None:
    filing = parse_filing(raw)
    assert filing is not None and (filing.root, filing.province) == (root, province)


@pytest.mark.parametrize("raw", ["ICP备12345678号", "京ICP备123号", "港ICP备12345678号", "京ICP备12345678", "x"])
def test_what_is_no_filing_is_not_read(raw: str) -> None:
    assert parse_filing(raw) is None


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("京公网安备11010502030123号", None),
        ("京公网安备 31010502030123 号", FilingFault.SECURITY_PROVINCE),
        ("京公网安备1101号", FilingFault.SECURITY_MALFORMED),
    ],
)
def test_a_public_security_number_begins_with_the_code_of_its_province(raw: str, fault: FilingFault | None) -> None:
    assert security_fault(raw) is fault


def test_sites_of_one_filing_and_writings_of_one_name_are_the_same() -> None:
    assert same_filing("京ICP备2026000001号-1", "京ICP备 2026000001号－7")
    assert not same_filing("京ICP备2026000001号-1", "京ICP备2026000002号-1") and not same_filing("", "")
    assert same_name("示例（北京）有限公司", "示例(北京) 有限公司") and not same_name("甲公司", "乙公司")
    assert set(FAULT_WORDS) == set(FilingFault)
