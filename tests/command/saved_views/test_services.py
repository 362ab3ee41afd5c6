"""Views are saved, replaced by name, shared, opened by default and deleted by their owner alone."""

import pytest
from tests.command.people import World

from fanzha.command.saved_views import services
from fanzha.command.saved_views.models import DefaultView, SavedView
from fanzha.command.saved_views.services import clean_query, delete_view, save_view, set_default, set_shared
from fanzha.command.web.roles import Role
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer(world: World) -> Viewer:
    return world.viewer("carrier", Role.ANALYST)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("?show=late&cursor=0.9_7&kind=", "show=late"),
        ("sort=latest&columns=time&columns=reason", "columns=reason&columns=time&sort=latest"),
        ("q=%2B8617000001234&view=standard", ""),
        ("", ""),
    ],
)
def test_a_view_keeps_no_page_and_no_searched_value(typed: str, kept: str) -> None:
    assert clean_query(typed) == kept


def test_a_view_of_the_same_name_is_replaced(viewer: Viewer) -> None:
    save_view("orders", "late", "show=late", viewer)
    again = save_view("orders", " late ", "show=late&sort=due", viewer, share=True)
    (view,) = SavedView._base_manager.all()
    assert view == again and (view.query, view.is_shared) == ("show=late&sort=due", True)


@pytest.mark.parametrize(("page", "name"), [("orders", " "), ("nowhere", "late")])
def test_a_view_needs_a_name_and_a_list(viewer: Viewer, page: str, name: str) -> None:
    with pytest.raises(Refusal):
        save_view(page, name, "show=late", viewer)


def test_a_key_has_no_views_and_a_person_not_too_many(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refusal, match="key"):
        save_view("orders", "late", "show=late", viewer._replace(person=None))
    monkeypatch.setattr(services, "MAX_VIEWS", 1)
    save_view("orders", "one", "show=late", viewer)
    with pytest.raises(Refusal, match="1 views"):
        save_view("orders", "two", "show=late", viewer)


def test_only_its_owner_changes_a_view_and_whoever_sees_it_may_open_a_list_with_it(
    world: World, viewer: Viewer
) -> None:
    view, colleague = save_view("orders", "late", "show=late", viewer, share=True), world.viewer("carrier", Role.CLERK)
    with pytest.raises(Refusal):
        delete_view(view, colleague)
    with pytest.raises(Refusal):
        set_shared(view, colleague, is_shared=False)
    set_default(view, colleague)
    set_default(view, viewer)
    set_shared(view, viewer, is_shared=False)
    assert DefaultView._base_manager.get().person_id == viewer.person
    set_default(view, viewer, is_default=False)
    assert not DefaultView._base_manager.exists()
    delete_view(view, viewer)
    assert not SavedView._base_manager.exists()
