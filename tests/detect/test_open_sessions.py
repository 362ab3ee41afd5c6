"""All rule texts share one session; other detectors have their own."""

from tests.rules.facts import calls

from fanzha.detect import all_detectors, open_sessions


def test_rules_share_one_session_that_reads_what_any_of_them_reads() -> None:
    known = all_detectors()
    opened = open_sessions({name: known[name] for name in ("wangiri", "gateway-guard")}, {})
    assert set(opened) == {"gateway-guard", "rules"}
    assert set(opened["rules"].reads) >= {"call_offered", "call_answered", "call_ended"}


def test_without_rules_there_is_no_shared_session() -> None:
    assert set(open_sessions({"gateway-guard": all_detectors()["gateway-guard"]}, {})) == {"gateway-guard"}


def test_sessions_go_on_from_states_saved_under_their_names() -> None:
    known = {"wangiri": all_detectors()["wangiri"]}
    first = open_sessions(known, {})["rules"].session
    first.feed("call_offered", calls(3)["call_offered"])
    saved = first.save()
    assert open_sessions(known, {"rules": saved})["rules"].session.save() == saved
