"""Each file that a step names is found by its name, once a step, wherever in its evidence it stands."""

from fanzha.command.flows.models import Step, StepFile

ONE, OTHER, THIRD = "a" * 64, "0" * 63 + "f", "9" * 64


def test_files_in_evidence_and_in_what_is_personal_are_found() -> None:
    step = Step(evidence={"proof": ONE, "document": [OTHER, ONE]}, personal={"record": THIRD, "told": {"in": [ONE]}})
    found = [(one.name, one.is_personal) for one in StepFile.of([step])]
    assert found == [(OTHER, False), (ONE, False), (THIRD, True), (ONE, True)]


def test_what_is_no_name_of_a_file_is_none() -> None:
    step = Step(
        evidence={"reason": f"see {ONE}", "hits": 3, "short": "a" * 63, "big": "A" * 64}, personal={"none": None}
    )
    assert list(StepFile.of([step])) == []
