"""The truth table lists every subject with its actor and period."""

import numpy as np

from fanzha.simulate._truth import TRUTH_SCHEMA, SimulatedRole, Truth, build_truth_table


def test_a_card_is_found_with_the_number_that_calls() -> None:
    truth = Truth(
        "sim_card", np.array([460990000000001]), SimulatedRole.FRAUD, 5, np.array([9]), np.array([8619783370001])
    )
    assert truth.to_record_batch("simbox", 2, "simbox/2/0").to_pylist() == [
        {
            "subject_kind": "sim_card",
            "subject": "460990000000001",
            "actor": "+8619783370001",
            "role": "fraud",
            "scenario": "simbox",
            "level": 2,
            "gang": "simbox/2/0",
            "from_ms": 5,
            "until_ms": 9,
        }
    ]


def test_names_stand_for_themselves_and_the_innocent_have_no_level() -> None:
    table = build_truth_table(
        [Truth("trunk", ("A", "B"), SimulatedRole.LOOK_ALIKE, 0, 1).to_record_batch("hospitals", None, "hospitals")]
    )
    assert table.schema.equals(TRUTH_SCHEMA)
    assert table["actor"].to_pylist() == ["A", "B"]
    assert table["level"].null_count == 2


def test_an_answer_sheet_may_be_empty() -> None:
    assert build_truth_table([]).num_rows == 0
