"""Save, change and delete views. People have views; API keys have none of their own but read shared ones."""

from django.db.models import Q
from django.http import QueryDict

from fanzha.base.words import Words
from fanzha.command.saved_views.models import MAX_QUERY_LENGTH, DefaultView, ListPage, SavedView
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Reason, Refusal

_UNSCOPED = unscoped("the viewer's own views, and defaults of others on a view that is no longer shared")

#: Views of one person; more would be a fault of a program.
MAX_VIEWS = 100
#: Parameters that are no part of a view: the page that was reached, and searched values.
_NOT_KEPT = ("cursor", "before", "q", "view", "comments", "csrfmiddlewaretoken")


def clean_query(query: str) -> str:
    """Return a query string without what is no part of a view, in one order, so that equal views are equal texts."""
    values = QueryDict(query.lstrip("?"))
    kept = sorted((key, value) for key in values if key not in _NOT_KEPT for value in values.getlist(key) if value)
    cleaned = QueryDict(mutable=True)
    for key, value in kept:
        cleaned.appendlist(key, value)
    return str(cleaned.urlencode())


def save_view(
    page: str, name: str, query: str, viewer: Viewer, *, share: bool = False, as_default: bool = False
) -> SavedView:
    """Save a view, or replace the own one of that name. Raise Refusal for a missing name or a too long query."""
    name, query, person = name.strip()[:60], clean_query(query), _get_person(viewer)
    if not name or page not in ListPage.values or len(query) > MAX_QUERY_LENGTH:
        words = Words("请填写视图名称", "give the view a name")
        raise Refusal(Reason.EVIDENCE, words, fields={"name": words})
    own = _UNSCOPED.rows(SavedView).filter(owner=viewer.organization, person=person)
    if own.count() >= MAX_VIEWS and not own.filter(page=page, name=name).exists():
        raise Refusal(Reason.STATE, Words(f"视图不超过{MAX_VIEWS}个", f"{MAX_VIEWS} views are the most"))
    view, _is_new = own.update_or_create(
        owner_id=viewer.organization,
        person_id=person,
        page=page,
        name=name,
        defaults={"query": query, "is_shared": share},
    )
    if as_default:
        set_default(view, viewer)
    return view


def set_default(view: SavedView, viewer: Viewer, *, is_default: bool = True) -> None:
    """Open the list with a view for this viewer from now on, or no longer."""
    person, defaults = _get_person(viewer), _UNSCOPED.rows(DefaultView)
    if is_default:
        defaults.update_or_create(
            owner_id=viewer.organization, person_id=person, page=view.page, defaults={"view": view}
        )
    else:
        defaults.filter(owner=viewer.organization, person=person, view=view).delete()


def set_shared(view: SavedView, viewer: Viewer, *, is_shared: bool) -> None:
    """Share an own view with the organisation, or end that; colleagues then lose it as their default. Raise Refusal."""
    _check_own(view, viewer)
    _UNSCOPED.rows(SavedView).filter(pk=view.pk).update(is_shared=is_shared)
    if not is_shared:
        _UNSCOPED.rows(DefaultView).filter(~Q(person=view.person_id), view=view).delete()


def delete_view(view: SavedView, viewer: Viewer) -> None:
    """Delete an own view. Raise Refusal for one of a colleague."""
    _check_own(view, viewer)
    _UNSCOPED.rows(SavedView).filter(pk=view.pk).delete()


def _get_person(viewer: Viewer) -> int:
    if viewer.person is None:
        raise Refusal(Reason.ROLE, Words("接口密钥没有自己的视图", "a key has no views of its own"))
    return viewer.person


def _check_own(view: SavedView, viewer: Viewer) -> None:
    if (view.owner_id, view.person_id) != (viewer.organization, viewer.person):
        raise Refusal(Reason.ROLE, Words("只能修改本人的视图", "only its owner changes a view"))
