"""Code and proof open a notice; a clerk finds notices by number, and a printed code that was tried too often is new."""

import pytest
from django.utils import timezone
from tests.command.notices.limits_made import NUMBER, PROOF, code_of, limited, notice_of
from tests.command.people import World

from fanzha.command.notices.models import LimitNotice
from fanzha.command.notices.services import (
    ALL_TRIES,
    FEW_TRIES,
    MOST_WRONG_PROOFS,
    NETWORK_TRIES,
    find_at_desk,
    is_over_tries,
    open_notice,
    print_code,
)
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped

pytestmark = pytest.mark.usefixtures("home", "in_english")


def test_a_wrong_proof_counts_against_the_code_and_a_wrong_code_against_nothing(world: World) -> None:
    notice, now = limited(world), timezone.now()
    assert open_notice(code_of(notice), "0000", now) is None
    assert open_notice("00000-00000", PROOF, now) is None
    assert notice_of(notice.instance).wrong_proofs == 1
    opened = open_notice(code_of(notice).lower(), f" {PROOF} ", now)
    assert opened is not None and opened.pk == notice.pk


def test_a_code_that_was_tried_too_often_is_replaced_when_it_is_printed(world: World) -> None:
    notice, clerk = limited(world), world.viewer("carrier", Role.CLERK)
    with unscoped("test"):
        LimitNotice.objects.update(wrong_proofs=MOST_WRONG_PROOFS)
    assert open_notice(code_of(notice), PROOF, timezone.now()) is None
    code, pin = print_code(clerk, notice_of(notice.instance), replaces=False, now=timezone.now())
    assert code != code_of(notice) and pin == ""
    assert open_notice(code, PROOF, timezone.now()) is not None


def test_a_number_that_is_not_limited_finds_nothing(world: World) -> None:
    limited(world)
    clerk = world.viewer("carrier", Role.CLERK)
    with scoped_to(clerk):
        assert find_at_desk(clerk, "+8617000009999", "came to the shop") == []
        assert [row.shown for row in find_at_desk(clerk, NUMBER, "came to the shop")] == ["+86 17•• ••0 1234"]


def test_wrong_tries_of_a_network_are_counted() -> None:
    assert not is_over_tries("192.0.2.1")
    for _ in range(NETWORK_TRIES.most):
        is_over_tries("192.0.2.1", counts=True)
    assert is_over_tries("192.0.2.99") and not is_over_tries("198.51.100.1")


def test_many_networks_close_the_door_for_nobody_else() -> None:
    for number in range(ALL_TRIES.most):
        is_over_tries(f"10.{number // 200}.{number % 200}.1", counts=True)
    assert not is_over_tries("192.0.2.1")  # it tried no wrong code
    for _ in range(FEW_TRIES):
        is_over_tries("192.0.2.1", counts=True)
    assert is_over_tries("192.0.2.1")
