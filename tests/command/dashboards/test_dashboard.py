"""Parts of several roles become one page: nothing stands there twice, and what is empty comes last."""

from fanzha.command.dashboards.dashboard import Dashboard, merge_dashboards
from fanzha.command.web.components import EmptyState, KeyFigure, Listing, ListRow


def listing(ident: str, *titles: str) -> Listing:
    return Listing(ident, [ListRow(title, "/") for title in titles], EmptyState("nothing"), ident=ident)


def test_what_two_roles_share_is_shown_once() -> None:
    first = Dashboard((KeyFigure("3", "late"),), (listing("late", "a"),))
    second = Dashboard((KeyFigure("4", "late"), KeyFigure("1", "new")), (listing("late", "b"), listing("mine", "c")))
    merged = merge_dashboards([first, second])
    assert [(figure.number, figure.words) for figure in merged.figures] == [("3", "late"), ("1", "new")]
    assert [(entry.ident, entry.rows[0].title) for entry in merged.listings] == [("late", "a"), ("mine", "c")]


def test_what_is_empty_comes_after_what_is_not() -> None:
    merged = merge_dashboards([Dashboard((), (listing("late"), listing("mine", "c"), listing("owed")))])
    assert [entry.ident for entry in merged.listings] == ["mine", "late", "owed"]
