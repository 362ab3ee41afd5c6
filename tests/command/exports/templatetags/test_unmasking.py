"""A page shows a value masked; who may see it whole finds a press beside it."""

from django.template import RequestContext, Template
from django.test import RequestFactory
from tests.command.people import World
from tests.command.subjects.factories import subject

from fanzha.command.subjects.models import Subject
from fanzha.command.web.roles import Role

PAGE = Template("{% load unmasking %}{% masked_subject subject case='C1' %}{% masked_subject subject %}")


def render(world: World, role: Role, about: Subject) -> str:
    request = RequestFactory().get("/")
    request.user = world.person("carrier", role)
    request.viewer = world.viewer("carrier", role)  # type: ignore[attr-defined]
    request.session = {}  # type: ignore[assignment]
    return PAGE.render(RequestContext(request, {"subject": about}))


def test_who_may_see_it_whole_is_offered_that(world: World) -> None:
    about = subject()
    page = render(world, Role.ANALYST, about)
    assert page.count(f'action="/unmask/{about.ref}/"') == 2 and page.count('name="case" value="C1"') == 1
    assert "+86 17" in page and "17000001234" not in page
    identities = {part.split('"')[0] for part in page.split('id="purpose-')[1:]}
    assert len(identities) == 2, "two on a page have fields of their own"


def test_others_see_it_masked(world: World) -> None:
    page = render(world, Role.PRIVACY_OFFICER, subject())
    assert "•" in page and "<form" not in page
    assert "<form" not in render(world, Role.ANALYST, subject("ab" * 32, "person"))
