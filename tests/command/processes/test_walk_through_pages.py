"""Every event of every process is taken through its page by somebody of each sort that it names, in a made-up world."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker
from tests.command.access.askers import undone
from tests.command.people import make_world
from tests.command.processes.people_there import People
from tests.command.processes.walking_pages import Part, Walk, parts_of

from fanzha.command.processes.forms import organizations_of_kinds
from fanzha.command.web.roles import Kind
from fanzha.processes.catalog import all_processes
from fanzha.processes.process import Process

#: These are walked through in the tests of their apps.
OTHERS = ("order", "target_appeal", "bulletin", "education_item", "call_traceback")
WALKED = [process for name, process in all_processes().items() if name not in OTHERS]
#: So many of the organisations that a field lets choose are tried, one after the other.
CHOICES = 6


@pytest.fixture(scope="module")
def people(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[People]:
    """One world for all processes, with a state folder of its own: no walk leaves a trace."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), undone():
        home = tmp_path_factory.mktemp("home")
        patch.setenv("FANZHA_HOME", str(home))
        # Nothing by chance: an answer is drawn for a call where the walk says so, and else not.
        (home / "fanzha.toml").write_text("[reports]\ncall_back_share = 0\n")
        world = make_world()
        world.join("other_bank", Kind.BANK, "51")
        yield People(world)


@pytest.mark.any_database
@pytest.mark.django_db
@pytest.mark.parametrize("process", WALKED, ids=lambda process: process.name)
def test_everything_can_be_done_by_somebody_who_is_there(people: People, process: Process) -> None:
    left, wrong = parts_of(process), dict[Part, str]()
    for skipped in range(CHOICES):
        for owner in (organizations_of_kinds([kind]).order_by("pk")[0] for kind in process.owners):
            if left:
                walk = Walk(people, process, owner, left, skipped)
                walk.run()
                wrong |= walk.wrong
    assert not left, {part: wrong.get(part, "nobody came there") for part in sorted(left)}
