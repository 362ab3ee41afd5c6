"""By the pages a clerk hands in, sees what came of it, and another person agrees."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.command.imports.factories import PORTED, SPARED, handed_in
from tests.command.people import World

from fanzha.command.imports.models import ImportJob
from fanzha.command.web.roles import Role


def page(client: Client, name: str, *args: object, status: int = 200) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == status
    return answer.content.decode()


def test_a_clerk_hands_a_file_in(world: World) -> None:
    clerk = world.client("carrier", Role.CLERK)
    assert "携转号码" in page(clerk, "import_new", "portability")
    file = SimpleUploadedFile("t.csv", PORTED.encode())
    answer = clerk.post(reverse("import_new", args=["portability"]), {"file": file})
    job = ImportJob._base_manager.get()
    assert answer["Location"] == reverse("import", args=[job.ref]) and job.made_by == world.person(
        "carrier", Role.CLERK
    )
    content = page(clerk, "import", job.ref)
    assert "hx-trigger" in content and "waiting for its turn" in content


def test_the_same_file_leads_to_what_came_of_it(world: World) -> None:
    job, clerk = handed_in(world, "portability", PORTED), world.client("carrier", Role.CLERK)
    file = SimpleUploadedFile("again.csv", PORTED.encode())
    answer = clerk.post(reverse("import_new", args=["portability"]), {"file": file}, follow=True)
    assert "imported before" in answer.content.decode() and job.ref in answer.redirect_chain[-1][0]


def test_an_empty_file_or_none_is_refused_on_the_form(world: World) -> None:
    clerk = world.client("carrier", Role.CLERK)
    for data in ({}, {"file": SimpleUploadedFile("t.csv", b"")}):
        assert clerk.post(reverse("import_new", args=["portability"]), data).status_code == 422


@pytest.mark.parametrize(("language", "words"), [("en", "is not a telephone number"), ("zh-hans", "不是电话号码")])
def test_rows_that_were_not_used_are_told_in_both_languages(world: World, language: str, words: str) -> None:
    job = handed_in(world, "portability", PORTED + "=1+1,Unicom,\n")
    clerk = world.client("carrier", Role.CLERK, language=language)
    assert words in page(clerk, "import", job.ref)
    rows = clerk.get(reverse("import_rejects", args=[job.ref])).getvalue().decode("utf-8-sig")
    assert rows.splitlines()[1].startswith("4,number,") and "'=1+1" in rows


def test_another_person_agrees_and_may_take_it_back(world: World) -> None:
    job = handed_in(world, "spared", SPARED)
    reviewer = world.client("carrier", Role.REVIEWER)
    assert "Approve as second person" in page(reviewer, "import", job.ref)
    assert "Approve as second person" not in page(world.client("carrier", Role.CLERK), "import", job.ref)
    answer = reviewer.post(reverse("import_approve", args=[job.ref]), follow=True)
    assert "It is in force now" in answer.content.decode()
    answer = reviewer.post(reverse("import_approve", args=[job.ref]), follow=True)
    assert "somebody else has already decided" in answer.content.decode()
    answer = reviewer.post(reverse("import_withdraw", args=[job.ref]), follow=True)
    assert "no longer in force" in answer.content.decode()


def test_who_handed_in_and_reviews_too_does_not_agree_with_himself(world: World) -> None:
    both = world.client("carrier", Role.CLERK, Role.REVIEWER)
    job = handed_in(world, "spared", SPARED)
    answer = both.post(reverse("import_approve", args=[job.ref]), follow=True)
    assert "another person" in answer.content.decode()


def test_queries_do_not_grow_with_rows(world: World) -> None:
    clerk = world.client("carrier", Role.CLERK)
    handed_in(world, "portability", PORTED)
    page(clerk, "imports")
    with CaptureQueriesContext(
        connection,
    ) as one:
        page(clerk, "imports")
    for number in range(5):
        handed_in(world, "portability", f"number,operator\n+861700000777{number},Unicom\n")
    with CaptureQueriesContext(connection) as many:
        page(clerk, "imports")
    assert len(many) == len(one)
