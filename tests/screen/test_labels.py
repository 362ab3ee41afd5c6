"""Each side of a call is shown what concerns it: a fraudster who is called back learns nothing of it."""

import pytest

from fanzha.claims.treatment import Treatment
from fanzha.screen.decision import Decision
from fanzha.screen.labels import callee_label, caller_label
from fanzha.screen.reasons import CALLEE_COSTS, CALLEE_SUSPECTED, FROM_ABROAD, WATCHED

LABEL = Treatment.LABEL
IMPOSSIBLE = "service_from_abroad"
BEWARE = "该呼叫的主叫号码不可能真实，谨防诈骗"
REFUSED = "该呼叫的主叫号码不可能真实，未予接续。如有异议可向本网运营商申诉"
DOUBTFUL, COSTS = "来电号码存疑，请勿轻信", "您拨打的是境外高额资费号码，可能产生高额话费"


@pytest.mark.parametrize(
    ("decision", "callee", "caller"),
    [
        (Decision(LABEL, (FROM_ABROAD,), country="US"), "境外来电：美国", None),
        (Decision(LABEL, (WATCHED, FROM_ABROAD), country="CN"), f"境外来电（显示国内号码）；{DOUBTFUL}", None),
        (Decision(LABEL, (IMPOSSIBLE, FROM_ABROAD), country="CN"), f"境外来电（显示国内号码）；{BEWARE}", None),
        (Decision(Treatment.WITHHOLD, (IMPOSSIBLE,)), BEWARE, None),
        (Decision(Treatment.REFUSE, (IMPOSSIBLE,)), REFUSED, None),
        (Decision(LABEL, (CALLEE_SUSPECTED, CALLEE_COSTS)), None, "您拨打的号码涉嫌诈骗"),
        (Decision(LABEL, (CALLEE_COSTS,)), None, COSTS),
        (Decision(LABEL, (CALLEE_COSTS, WATCHED)), DOUBTFUL, COSTS),
        (Decision(Treatment.ALLOW, (FROM_ABROAD, CALLEE_COSTS), country="US"), None, None),
        (Decision(LABEL, (FROM_ABROAD,), country="US", label_shown=False), None, None),
    ],
)
def test_who_is_shown_what(decision: Decision, callee: str | None, caller: str | None) -> None:
    label, text = callee_label(decision), caller_label(decision)
    assert (label.zh if label else None) == callee
    assert (text.zh if text else None) == caller
    assert all(words is None or words.en for words in (label, text))
