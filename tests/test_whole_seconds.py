"""Call records of whole seconds, where a call's facts share a moment, lead from file to finding as exact ones do."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq
import pytest

from fanzha.analyze.pipeline import Options, analyze

TRUNK, CALLER, VICTIM = "IGW-FIC-01", "+447700900001", "17000009999"


class Silent:
    """Watches without a word."""

    def stage(self, words: str, total: int | None) -> None:
        """Nothing is shown."""

    def advance(self, steps: int = 1) -> None:
        """Nothing is shown."""


class Call(NamedTuple):
    """A call from abroad: seconds after eight o'clock, whom it called, how long they talked (0: nobody answered)."""

    at: int
    callee: str
    talk_s: int

    def clock(self, later: int = 0) -> str:
        """Return the time so many seconds after the call began."""
        return str(datetime(2026, 3, 1, 8) + timedelta(seconds=self.at + later))


#: A stranger every half minute, one in four of whom answers; then one person is kept on the line again and again.
CALLS = (
    *(Call(30 * nth, f"1700000{nth:04}", 0 if nth % 4 else 12) for nth in range(60)),
    *(Call(3_600 + 1_500 * nth, VICTIM, 1_200) for nth in range(3)),
)


def start_and_duration(calls: Iterable[Call]) -> bytes:
    """A carrier's export: when it began and how long they talked, nothing else of time."""
    rows = (f"{CALLER},{one.callee},{one.clock()},{one.talk_s},{TRUNK}" for one in calls)
    return "\n".join(["主叫号码,被叫号码,开始时间,通话时长(秒),入中继群", *rows, ""]).encode("gb18030")


def kamailio(calls: Iterable[Call]) -> bytes:
    """The acc table: an INVITE at the moment of its answer or failure, and the BYE."""
    lines = ["method,from_tag,to_tag,callid,sip_code,sip_reason,time,src_user,src_ip,dst_user"]
    for one in calls:
        code, parties = "200,OK" if one.talk_s else "480,Unavailable", f"{CALLER},{TRUNK},{one.callee}"
        lines.append(f"INVITE,ft,tt,c{one.at}@h,{code},{one.clock()},{parties}")
        if one.talk_s:
            lines.append(f"BYE,ft,tt,c{one.at}@h,200,OK,{one.clock(one.talk_s)},{parties}")
    return "\n".join([*lines, ""]).encode()


def asterisk(calls: Iterable[Call]) -> bytes:
    """Master.csv, every call answered or given up in the second in which it began."""
    lines = []
    for one in calls:
        answer = f'"{one.clock()}"' if one.talk_s else ""
        lines.append(
            f'"","{CALLER}","{one.callee}","from-igw","","PJSIP/{TRUNK}-0000001a","PJSIP/sub-0000001b","Dial","",'
            f'"{one.clock()}",{answer},"{one.clock(one.talk_s)}",{one.talk_s},{one.talk_s},'
            f'"{"ANSWERED" if one.talk_s else "NO ANSWER"}","","177.{one.at}","","","177.{one.at}","1"'
        )
    return "\n".join([*lines, ""]).encode()


@pytest.mark.parametrize(
    ("name", "written", "trunk"),
    [
        ("国际关口局.csv", start_and_duration, TRUNK),
        ("国际关口局_acc.csv", kamailio, TRUNK),
        ("国际关口局_Master.csv", asterisk, f"PJSIP/{TRUNK}"),
    ],
)
def test_a_burst_and_a_long_talk_are_found(
    name: str, written: Callable[[Iterable[Call]], bytes], trunk: str, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(written(CALLS))
    detectors = ("call-centre-burst", "victim-at-risk")
    summary = analyze(Options((tmp_path / "in",), tmp_path / "out", detectors=detectors), Silent())
    assert summary.events == {"call_offered": 63, "call_answered": 18, "call_ended": 63}
    findings = pq.read_table(tmp_path / "out" / "findings.parquet").to_pylist()
    found = {(one["detector"], one["subject"], json.loads(one["evidence"])["rule"]) for one in findings}
    for rule in ("call_centre_claimed", "call_centre_trunk"):  # at the end of calls, most of which nobody answered
        assert ("call-centre-burst", trunk, rule) in found
    for rule in ("victim_at_risk", "victim_of_stranger"):  # while a call still goes on
        assert ("victim-at-risk", f"+86{VICTIM}", rule) in found


def test_findings_of_a_file_are_live_once_the_windows_have_seen_their_whole_spans(tmp_path: Path) -> None:
    """As docs/reference/findings.md says of `mode`."""
    modes = {}
    for name, calls in {"cold": CALLS, "warm": (Call(-26 * 3_600, "17000000000", 60), *CALLS)}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "国际关口局.csv").write_bytes(start_and_duration(calls))
        options = Options((tmp_path / name,), tmp_path / f"{name}-out", detectors=("call-centre-burst",))
        analyze(options, Silent())
        found = pq.read_table(options.out / "findings.parquet")
        modes[name] = set(found.column("mode").to_pylist())
    assert modes == {"cold": {"shadow"}, "warm": {"live"}}
