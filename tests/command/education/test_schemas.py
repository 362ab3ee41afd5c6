"""The situations and audiences of the API are those of the pages."""

from typing import get_args

from fanzha.command.education.schemas import EducationItemIn, TextIn
from fanzha.command.education.topics import AUDIENCES, PRINTED, SITUATIONS


def test_situations_and_audiences_are_those_of_the_pages() -> None:
    assert set(get_args(TextIn.model_fields["situation"].annotation)) == set(SITUATIONS)
    assert set(get_args(TextIn.model_fields["audience"].annotation)) == set(AUDIENCES)
    assert {kind.value for kind in PRINTED} < set(get_args(EducationItemIn.model_fields["kind"].annotation))
