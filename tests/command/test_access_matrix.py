"""Every page and API route × roles × own organisation, another one, nobody: who is let in, and that nothing leaks.

Of the roles that a route lets in, and of those that it does not, some are drawn, other ones for each route: pages
and routes refuse by the same declaration that is compared here. On PostgreSQL each route is asked by its owner alone.

The routes are read from the site itself. A new one is asked as all others are; where its address has a parameter,
`tests/command/<app>/owned.py` says what the owner has there (tests/command/access/owning.py).
"""

from collections.abc import Iterator
from zlib import crc32

import pytest
from pytest_django.plugin import DjangoDbBlocker
from tests.command.access.askers import Asker, Scene, ask, tells_the_secret, undone
from tests.command.access.owning import makers
from tests.command.access.routes import Route, addresses, all_routes, api_routes, filled, pages

pytestmark = pytest.mark.django_db
ROUTES = all_routes()
GUARDED = [route for route in ROUTES if not route.is_open]
READ = (200, 204, 302, 304)
#: So many are drawn of those who are let in, and of those who are not.
DRAWN = 2


@pytest.fixture(scope="module")
def scene(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """One world for all routes, with a state folder of its own: no request leaves a trace."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), undone():
        patch.setenv("FANZHA_HOME", str(tmp_path_factory.mktemp("home")))
        yield Scene()


def where(scene: Scene, route: Route) -> tuple[str, bool]:
    try:
        return filled(route, scene.owned)
    except LookupError as missing:
        pytest.fail(str(missing))


def drawn(askers: list[Asker], route: Route) -> tuple[list[Asker], list[Asker]]:
    """Return some of those who are let in and of those who are not, other ones for each route."""
    start = crc32(str(route).encode()) % len(askers)
    turned = askers[start:] + askers[:start]
    let_in = [asker for asker in turned if route.is_for(asker.kind, *asker.roles)]
    return let_in[:DRAWN], [asker for asker in turned if asker not in let_in][:DRAWN]


def test_every_route_of_the_api_is_in_its_file() -> None:
    told = {route.address for route in api_routes()}
    mounted = {address for address, pattern in addresses() if pattern.callback.__module__ == "ninja.operation"}
    assert mounted == told


def test_every_page_asks_who_is_there_or_is_for_everybody() -> None:
    unguarded = {route.name or route.address for route in pages() if not route.guarded and not route.is_open}
    assert unguarded == set(), "guard them by `signed_in`, or say in OPEN why they are for everybody"


@pytest.mark.any_database
@pytest.mark.parametrize("route", GUARDED, ids=str)
def test_nobody_is_let_in_unknown(scene: Scene, route: Route) -> None:
    path, _hidden = where(scene, route)
    answer = ask(scene.anonymous, route, path, scene.owned)
    assert answer.status == (401 if route.is_api else 302)
    assert route.is_api or "/accounts/login/" in answer.text
    assert ask(scene.of_nobody, route, path, scene.owned).status == (401 if route.is_api else 403)
    assert not tells_the_secret(answer)


@pytest.mark.any_database
@pytest.mark.parametrize("route", [route for route in ROUTES if route.is_open], ids=str)
def test_what_is_for_everybody_tells_nothing(scene: Scene, route: Route) -> None:
    address = route._replace(address=route.address.replace("{rest}", "anything"))
    answer = ask(scene.anonymous, route, where(scene, address)[0], scene.owned)
    assert answer.status < 500 or route.name == "readyz"
    assert not tells_the_secret(answer)


@pytest.mark.parametrize("route", GUARDED, ids=str)
def test_the_owner_is_let_in_by_role(scene: Scene, route: Route) -> None:
    path, _hidden = where(scene, route)
    wrong = []
    let_in, refused = drawn(scene.own, route)
    for asker in [*let_in, *refused, scene.supervisor, *([scene.keys["carrier"]] if route.is_api else [])]:
        answer = ask(asker.client, route, path, scene.owned)
        own = asker is not scene.supervisor
        if not route.is_for(asker.kind, *asker.roles):
            fits = answer.status == 403 and not tells_the_secret(answer)
        elif route.method == "GET" and own:
            fits = answer.status in (*READ, 405)
        else:  # what is sent here may be refused for itself, not for who sends it
            fits = answer.status < 500 and (answer.status != 403 or bool(answer.reason))
        wrong += [] if fits else [f"{asker.name}: {answer.status} {answer.reason}"]
    assert not wrong, "\n".join(wrong)


@pytest.mark.any_database
@pytest.mark.parametrize("route", GUARDED, ids=str)
def test_others_get_nothing_of_it(scene: Scene, route: Route) -> None:
    path, hidden = where(scene, route)
    keys = [one for name, one in scene.keys.items() if name != "carrier"] if route.is_api else []
    like, refused = drawn(scene.like, route)
    wrong = [
        f"{asker.name}: {said}"
        for asker in [*like, *refused[:1], *scene.others, *keys]  # who is not let in is told so before anything is read
        if (said := _leak(scene, route, path, hidden, asker))
    ]
    assert not wrong, "\n".join(wrong)


def _leak(scene: Scene, route: Route, path: str, hidden: bool, asker: Asker) -> str:
    answer = ask(asker.client, route, path, scene.owned)
    if tells_the_secret(answer):
        return f"{answer.status}, and the secret is told"
    if not route.is_for(asker.kind, *asker.roles):
        return "" if answer.status == 403 else f"{answer.status} instead of 403"
    if hidden:
        return "" if answer.status in (404, 405) else f"{answer.status} instead of 404"
    return "" if answer.status < 500 else str(answer.status)


@pytest.mark.any_database
@pytest.mark.parametrize("route", list(api_routes()), ids=str)
def test_a_key_without_the_scope_is_refused(scene: Scene, route: Route) -> None:
    answer = ask(scene.weak_key.client, route, where(scene, route)[0], scene.owned)
    assert answer.status == 403 and not tells_the_secret(answer)


@pytest.mark.parametrize("app", [app for app in makers() if any(route.app == app for route in GUARDED)])
def test_the_owner_reads_the_secret_of_each_app(scene: Scene, app: str) -> None:
    """What is not there for the owner cannot leak: the secret has been planted."""
    routes = [route for route in GUARDED if route.app == app and route.method == "GET"]
    askers = [*scene.own, scene.keys["carrier"]]
    assert any(
        tells_the_secret(ask(asker.client, route, where(scene, route)[0], scene.owned))
        for route in routes
        for asker in askers
    )
