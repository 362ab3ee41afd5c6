"""The API states a case as counts, and a person without the number."""

from collections import Counter

from django.utils import timezone

from fanzha.command.exposures.schemas import ExposedPersonOut, ExposureCaseOut
from fanzha.command.exposures.selectors import ExposedPerson, ExposureCase


def test_a_case_and_a_person_are_presented() -> None:
    now = timezone.now()
    case = ExposureCaseOut.of(ExposureCase("C", ("fraud.example",), 5, 9, now, now, Counter({"sent": 2})))
    assert (case.names, case.unwarned, case.warnings) == (["fraud.example"], 3, {"sent": 2})
    person = ExposedPersonOut.of(ExposedPerson("+86 17•• ••0 0011", "fraud.example", now, now, 1, "resolver 1"))
    assert person.number == "+86 17•• ••0 0011"
