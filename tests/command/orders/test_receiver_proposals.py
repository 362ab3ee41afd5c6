"""Each target goes to who holds it: operator, access provider, store, platform; people may choose others."""

import smtplib
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from tests.command.orders.given import endpoint, leg_of, settle, states
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.base.clock import to_ms
from fanzha.command.hosting.models import AddressRange, HostedSite, NameRegistrar
from fanzha.command.hosting.selectors import address_key
from fanzha.command.orders.models import OrderTarget, Sending
from fanzha.command.orders.order_summary import summarize_leg
from fanzha.command.orders.receiver_proposals import find_target_holders, propose_receivers
from fanzha.command.orders.services import create_draft
from fanzha.command.processes.models import Leg, ProcessInstance
from fanzha.command.processes.parties import to_party
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.dispose import Action, Target
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.django_db

NUMBER, OTHER_NUMBER = Target("phone_number", "+8617000001234"), Target("phone_number", "+8613800001234")
SITE, ADDRESS = Target("website", "fraud.example"), Target("host", "192.0.2.7")
APP = Target("app", "com.fraud.wallet")
SETTINGS = """
[verdicts]
organisation = "Example carrier"
[orders]
local_addresses = true
[reports.owners]
china_telecom = "Example carrier"
china_mobile = "Example other_carrier"
wechat = "Example platform"
[deliver.email]
host = "mail.example"
port = 25
sender = "orders@centre.example"
security = "none"
"""


@pytest.fixture
def tables(world: World, own_home: Path) -> None:
    """Numbers, an inventory with a site, and a range of addresses have their holders; a store takes notices."""
    (own_home / "fanzha.toml").write_text(SETTINGS)
    now = timezone.now()
    HostedSite._base_manager.create(owner=world["isp"], host=SITE.value, customer="made up", changed_at=now)
    AddressRange._base_manager.create(
        owner=world["administration"], provider=world["isp"], network="192.0.2.0/24", first=address_key("192.0.2.0"),
        last=address_key("192.0.2.255"), valid_from=datetime(2026, 1, 1, tzinfo=UTC), changed_at=now,
    )  # fmt: skip
    endpoint(world, "platform", "store_notice", address="apps@store.example")
    endpoint(world, "isp", "abuse_report", address="abuse@host.example")
    endpoint(world, "carrier", "number_treatment")


def drafted(world: World, *values: str, **changes: Any) -> ProcessInstance:
    evidence = {
        "target_kind": "mixed", "number_action": "refuse", "site_action": "take_down", "app_action": "take_down",
        "reason": "one gang", "expires_at": to_ms(timezone.now() + timedelta(days=7)), **changes,
    }  # fmt: skip
    viewer = world.viewer("centre", Role.ANALYST)
    with scoped_to(viewer):
        return create_draft(evidence, values, viewer)[0]


@pytest.mark.usefixtures("tables")
def test_a_site_without_known_host_goes_to_the_registrar_of_its_name(world: World) -> None:
    for domain in (SITE.value, "unhosted.example"):
        NameRegistrar._base_manager.create(
            owner=world["centre"], registrar=world["platform"], domain=domain,
            valid_from=datetime(2026, 1, 1, tzinfo=UTC), changed_at=timezone.now(),
        )  # fmt: skip
    names = ("unhosted.example", "login.unhosted.example", SITE.value)
    actions = dict.fromkeys((Target("website", name) for name in names), Action.TAKE_DOWN)
    proposed = propose_receivers(actions, timezone.now())
    found = {one.organization: (one.targets, [words.en for words in one.why]) for one in proposed.receivers}
    assert found[world["platform"]] == (1, ["table of registrars, for no host is known"])
    assert found[world["isp"]][0] == 1 and [count for _, count in proposed.missing] == [1]


@pytest.mark.usefixtures("tables")
def test_each_target_has_its_holder_with_the_reason(world: World) -> None:
    account = Target("account", "wechat:fraudster1")
    actions = {
        NUMBER: Action.REFUSE, OTHER_NUMBER: Action.REFUSE, SITE: Action.TAKE_DOWN, ADDRESS: Action.TAKE_DOWN,
        APP: Action.REMOVE_APP, account: Action.LIMIT_ACCOUNT,
    }  # fmt: skip
    holders = find_target_holders(actions, timezone.now())
    assert {target: [holder.organization for holder in found] for target, found in holders.items()} == {
        NUMBER: [world["carrier"]], OTHER_NUMBER: [world["other_carrier"]], SITE: [world["isp"]],
        ADDRESS: [world["isp"]], APP: [world["platform"]], account: [world["platform"]],
    }  # fmt: skip
    proposed = propose_receivers(actions, timezone.now())
    assert {proposal.organization: proposal.targets for proposal in proposed.receivers} == {
        world["carrier"]: 1, world["other_carrier"]: 1, world["isp"]: 2, world["platform"]: 2,
    }  # fmt: skip
    assert all(why.zh and why.en for proposal in proposed.receivers for why in proposal.why)
    assert proposed.missing == ()


@pytest.mark.usefixtures("tables")
def test_names_are_blocked_by_who_loads_the_zone_and_what_nobody_holds_is_told(world: World) -> None:
    endpoint(world, "mvno", "response_zone")
    trunk, strange = Target("trunk", "GW-1"), Target("website", "unknown.example")
    actions = {SITE: Action.BLOCK_ACCESS, trunk: Action.STOP_LINE, strange: Action.TAKE_DOWN}
    proposed = propose_receivers(actions, timezone.now())
    assert [proposal.organization for proposal in proposed.receivers] == [world["mvno"]]
    assert sum(count for _why, count in proposed.missing) == 2


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("is_emergency", [False, True], ids=["approved", "ratified"])
def test_one_order_over_a_number_a_link_and_an_app_reaches_the_channel_of_each_receiver(
    world: World, monkeypatch: pytest.MonkeyPatch, is_emergency: bool
) -> None:
    mails: list[tuple[str, str]] = []

    class Server:
        def __init__(self, host: str, port: int, **options: Any) -> None:
            pass

        def send_message(self, mail: EmailMessage, sender: str, recipients: list[str]) -> None:
            mails.append((recipients[0], mail.as_string()))

        def quit(self) -> None:
            pass

        close = quit

    monkeypatch.setattr(smtplib, "SMTP", Server)
    order = drafted(world, "+8617000001234", "https://fraud.example/pay?id=1", "app:com.fraud.wallet")
    if is_emergency:
        ends = to_ms(timezone.now() + timedelta(hours=12))
        officer = actor(world, "centre", Role.DUTY_OFFICER)
        fire(order.ref, "issue_emergency", officer, {"danger": "people are paying now", "expires_at": ends})
        fire(order.ref, "ratify", actor(world, "centre", Role.REVIEWER), {"opinion": "yes"})
    else:
        fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "yes"})
    settle()
    with unscoped("test"):
        legs = {leg.receiver: leg.name for leg in Leg.objects.filter(instance=order).select_related("receiver")}
        ways = set(Sending.objects.filter(instance=order).values_list("receiver__name_en", "channel", "state"))
    assert legs.keys() == {world["carrier"], world["isp"], world["platform"]}
    assert ways == {
        ("Example carrier", "number_treatment", "sent"),
        ("Example isp", "abuse_report", "sent"),
        ("Example platform", "store_notice", "sent"),
    }
    assert states(order)[legs[world["carrier"]]] == "verified"
    assert {recipient for recipient, _text in mails} == {"abuse@host.example", "apps@store.example"}
    expected = {"carrier": [NUMBER], "isp": [SITE], "platform": [APP]}
    for name, targets in expected.items():
        assert list(summarize_leg(leg_of(order, legs[world[name]])).ordered) == targets


@pytest.mark.usefixtures("tables")
def test_two_operators_get_their_own_numbers_and_one_that_people_add_gets_all(world: World) -> None:
    changes = {"target_kind": "number", "action": "limit"}
    values = (NUMBER.value, OTHER_NUMBER.value)
    order = drafted(world, *values, **changes)
    rows = OrderTarget._base_manager.filter(instance=order).order_by("place")
    assert [row.holders for row in rows] == [[world["carrier"].ref], [world["other_carrier"].ref]]
    fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "yes"})
    assert [list(summarize_leg(leg_of(order, name)).ordered) for name in ("1", "2")] == [[NUMBER], [OTHER_NUMBER]]
    chosen = (to_party(world["carrier"]), to_party(world["mvno"]))
    other = drafted(world, *values, **changes, receivers=chosen)
    fire(other.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "yes"})
    with unscoped("test"):
        found = {
            leg.receiver: list(summarize_leg(leg_of(other, leg.name)).ordered)
            for leg in Leg.objects.filter(instance=other)
        }
    assert found == {world["carrier"]: [NUMBER, OTHER_NUMBER], world["mvno"]: [NUMBER, OTHER_NUMBER]}


@pytest.mark.usefixtures("tables")
def test_a_receiver_whose_own_targets_are_all_sent_back_gets_no_leg(world: World) -> None:
    order = drafted(world, NUMBER.value, OTHER_NUMBER.value, target_kind="number", action="limit")
    evidence = {"opinion": "yes", "sent_back": (2,), "sent_back_reason": "no findings"}
    fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), evidence)
    with unscoped("test"):
        assert [leg.receiver for leg in Leg.objects.filter(instance=order)] == [world["carrier"]]


@pytest.mark.usefixtures("tables")
def test_without_any_proposal_somebody_has_to_choose(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        drafted(world, "unknown.example", target_kind="site", action="take_down")
    assert set(refused.value.fields) == {"receivers"}
