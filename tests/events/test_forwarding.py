"""An operator's log of call forwarding is known by its headers, and its words become ours."""

from pathlib import Path

import pytest

from fanzha.read import ReadContext, find_sources, read_source

ENGLISH = "time,msisdn,forwarded_to,condition,action,set_by"
CHINESE = "操作时间,设置号码,转移目标号码,转移条件,操作,设置方式"


@pytest.mark.parametrize("header", [ENGLISH, CHINESE])
def test_forwarding_is_known_by_its_headers_and_its_words_are_ours(header: str, tmp_path: Path) -> None:
    log = tmp_path / "forwarding.csv"
    log.write_text(
        f"{header}\n2026-03-01 08:30:15,19100000001,19200000002,无条件转移,设置,拨号\n"
        "2026-03-01 09:30:15,19100000003,19200000002,遇忙,取消,营业厅\n",
        "utf-8",
    )
    (source,) = find_sources([log])
    whole = read_source(source, ReadContext(observed_at=0))
    rows = whole.tables["forwarding"].to_pylist()
    assert [(row["condition"], row["action"], row["how"]) for row in rows] == [
        ("unconditional", "set", "mmi"),
        ("busy", "cleared", "shop"),
    ]
    assert rows[0]["number"].endswith("19100000001") and rows[0]["target"].endswith("19200000002")
