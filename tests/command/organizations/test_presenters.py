"""Who belongs to an organisation stands before who belonged, and more people cost no more queries."""

from allauth.mfa.models import Authenticator
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from tests.command.people import World

from fanzha.command.organizations.models import Membership, Person
from fanzha.command.organizations.presenters import list_people_rows
from fanzha.command.web.roles import Role


def test_people_stand_by_name_with_their_roles_and_who_left_last(world: World) -> None:
    analyst, clerk = world.person("carrier", Role.ANALYST, Role.REVIEWER), world.person("carrier", Role.CLERK)
    world.person("bank", Role.ANALYST)
    Authenticator.objects.create(user=clerk, type=Authenticator.Type.TOTP, data={})
    Membership.objects.filter(person=analyst, role=Role.REVIEWER).update(until=timezone.now())
    rows = list_people_rows(world["carrier"])
    assert [(row.person, row.roles, row.has_second_factor) for row in rows] == [
        (analyst, ("analyst",), False),
        (clerk, ("clerk",), True),
    ]
    Membership.objects.filter(person=analyst).update(until=timezone.now())
    assert [row.person for row in list_people_rows(world["carrier"])] == [clerk, analyst]


def test_who_left_for_another_organisation_is_not_told_of_any_more(world: World) -> None:
    clerk = world.person("carrier", Role.CLERK)
    Membership.objects.create(person=clerk, organization=world["bank"], role=Role.CLERK)
    assert [row.person for row in list_people_rows(world["carrier"])] == [clerk]
    Membership.objects.filter(organization=world["carrier"]).update(until=timezone.now())
    assert list_people_rows(world["carrier"]) == []


def test_a_hundred_people_cost_three_queries(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(100):
        made = Person.objects.create(email=f"p{number}@carrier.example", name=f"P {number}")
        Membership.objects.create(person=made, organization=world["carrier"], role=Role.ANALYST)
    with django_assert_num_queries(3):
        assert len(list_people_rows(world["carrier"])) == 100
