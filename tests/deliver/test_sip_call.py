"""The final status of a call says how it ended; whole calls are in the tests of the sender."""

import pytest

from fanzha.deliver.sip_call import CallResult, result_of


@pytest.mark.parametrize(
    ("status", "result"),
    [(200, CallResult.ANSWERED), (600, CallResult.BUSY), (487, CallResult.NO_ANSWER), (607, CallResult.DECLINED),
     (484, CallResult.UNREACHABLE)],
)  # fmt: skip
def test_each_final_status_stands_for_a_result(status: int, result: CallResult) -> None:
    assert result_of(status) is result
