"""Asterisk's channel events as cel_custom's sample writes them, put together by linkedid."""

from pathlib import Path

from fanzha.read import ReadContext, ReadResult, find_sources, read_source
from fanzha.read.asterisk_cel import PLAIN, WITH_LITERAL, match_columns

CONTEXT = ReadContext(observed_at=1_772_323_815_000)


def event(kind: str, at: str, first: bool = True, literal: bool = False, **more: str) -> str:
    cells = dict.fromkeys(WITH_LITERAL if literal else PLAIN, "")
    cells |= {"eventtype": kind, "eventtime": at, "linkedid": "1772325015.10", "cidnum": "19100000001"}
    cells |= {"uniqueid": "1772325015.10" if first else "1772325016.11"}
    cells |= {"channame": "PJSIP/igw-east-0000001a" if first else "PJSIP/sub-0000001b"} | more
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells.values()) + "\n"


def call(literal: bool = False) -> str:
    hang_up = '{"hangupcause":16,"hangupsource":"PJSIP/sub-0000001b","dialstatus":"ANSWER"}'
    return "".join(
        [
            event("CHAN_START", "1772325015.100000", literal=literal, ciddnid="19900000002", exten="s"),
            event("CHAN_START", "1772325016.100000", first=False, literal=literal),
            event("ANSWER", "1772325025.100000", first=False, literal=literal),
            event("ANSWER", "1772325025.200000", literal=literal),
            event("BRIDGE_ENTER", "1772325025.300000", literal=literal),
            event("HANGUP", "1772325085.100000", first=False, literal=literal, extra=hang_up),
            event("HANGUP", "1772325085.200000", literal=literal, extra=hang_up),
            event("LINKEDID_END", "1772325085.300000", literal=literal),
        ]
    )


def told(path: Path, text: str) -> ReadResult:
    path.write_text(text)
    (source,) = find_sources([path])
    assert source.format == "asterisk-cel"
    return read_source(source, CONTEXT)


def test_the_events_of_a_linkedid_are_one_call(tmp_path: Path) -> None:
    whole = told(tmp_path / "cel.csv", call())
    (offered,), (answered,), (ended,) = (whole.rows(f"call_{fact}") for fact in ("offered", "answered", "ended"))
    assert (offered["caller"], offered["callee"], offered["trunk"]) == (
        "19100000001",
        "+8619900000002",
        "PJSIP/igw-east",
    )
    assert (answered["ring_ms"], ended["talk_ms"]) == (10_000, 60_200)
    assert (ended["release_cause"], ended["released_by"]) == (16, "callee")
    assert (whole.used, whole.rejects) == (8, [])


def test_the_samples_literal_is_passed_over(tmp_path: Path) -> None:
    plain, literal = (told(tmp_path / name, call(name == "b")).rows("call_ended") for name in ("a", "b"))
    assert plain[0]["talk_ms"] == literal[0]["talk_ms"]


def test_a_call_still_going_on_has_no_end(tmp_path: Path) -> None:
    whole = told(tmp_path / "cel.csv", "".join(call().splitlines(keepends=True)[:5]))
    assert len(whole.rows("call_answered")) == 1 and whole.rows("call_ended") == []


def test_broken_events_are_rejects(tmp_path: Path) -> None:
    bad = event("HANGUP", "later") + event("HANGUP", "1772325085", linkedid="")
    whole = told(tmp_path / "cel.csv", call() + bad + call())
    assert [reject.row for reject in whole.rejects] == [9, 10]
    assert "HANGUP" not in whole.rejects[1].value


def test_strange_extra_data_do_no_harm(tmp_path: Path) -> None:
    for extra in ("{", "[1]", '{"hangupcause":"x"}', "[" * 2_000):
        whole = told(
            tmp_path / "cel.csv", event("CHAN_START", "1772325015") + event("HANGUP", "1772325016", extra=extra)
        )
        assert whole.used == 2


def test_layouts_are_told_by_the_place_of_the_time() -> None:
    assert match_columns(["ANSWER", "1772325015", *[""] * 15]) == PLAIN
    assert match_columns(["ANSWER", "x", "2026-03-01 08:30:15", *[""] * 15]) == WITH_LITERAL
    assert (
        match_columns(["ANSWER", "x"]) is None
        and match_columns(["FOO", "1772325015"]) is None
        and match_columns([]) is None
    )
