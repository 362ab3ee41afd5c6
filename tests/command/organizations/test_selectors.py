"""Other apps find organisations, people, keys and viewers through the selectors."""

from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from tests.command.people import World

from fanzha.command.organizations.models import ApiKey, Membership
from fanzha.command.organizations.selectors import (
    as_person,
    build_key_viewer,
    created_key_refs,
    current_members,
    find_organization,
    find_person,
    get_actor,
    get_actor_ref,
    get_deciding_person,
    get_person,
    get_responsible_person,
    organizations_by_ref,
    people_by_ref,
    permanent_members,
    responsible_person,
    search_people,
    valid_api_keys,
)
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Refusal


def test_an_organisation_is_found_by_ref_and_by_both_names(world: World) -> None:
    for name in (world["carrier"].ref, "Example carrier", "示例carrier"):
        assert find_organization(name) == world["carrier"]


def test_nobody_is_found_for_nothing_an_unknown_name_and_who_has_left(world: World) -> None:
    assert find_organization("") is None and find_organization("nobody") is None
    world["carrier"].is_active = False
    world["carrier"].save()
    assert find_organization("Example carrier") is None


def test_a_person_is_known_where_he_belongs_alone(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    assert find_person(person.ref, world["carrier"]) == person
    assert find_person(person.ref, world["bank"]) is None


def test_a_key_is_its_organisation_in_its_roles_and_scopes(world: World) -> None:
    key, _secret = ApiKey.make(world["carrier"], "import", roles=["clerk"], scopes=["subjects:write"])
    found = build_key_viewer(key)
    assert (found.organization, found.person) == (world["carrier"].pk, None)
    assert found.roles == {"clerk"} and found.scopes == frozenset({"subjects:write"})


def test_unknown_references_are_left_out(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    assert organizations_by_ref([world["carrier"].ref, "nobody"]) == {world["carrier"].ref: world["carrier"]}
    assert people_by_ref([person.ref, "nobody"]) == {person.ref: person}


def test_people_are_found_by_address_part_of_the_name_and_reference(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    for text in (person.email.upper(), person.name[2:], person.ref):
        assert person in search_people(text)
    assert not search_people("nobody at all")


def test_members_have_the_role_now(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    carrier = world["carrier"].pk
    assert list(current_members(carrier, Role.ANALYST)) == [person] == list(permanent_members(carrier))
    assert not current_members(carrier, Role.REVIEWER) and not permanent_members(world["bank"].pk)
    Membership.objects.filter(person=person).update(until=timezone.now() + timedelta(hours=1))
    assert list(current_members(carrier, Role.ANALYST)) == [person] and not permanent_members(carrier)


def test_revoked_and_expired_keys_are_not_valid(world: World) -> None:
    now = timezone.now()
    lasting, _secret = ApiKey.make(world["carrier"], "lasting")
    ApiKey.make(world["carrier"], "expired", expires_at=now)
    ApiKey.make(world["carrier"], "revoked", revoked_at=now)
    assert list(valid_api_keys(now)) == [lasting]


def test_a_person_acts_as_itself(world: World) -> None:
    viewer, person = world.viewer("carrier", Role.ANALYST), world.person("carrier", Role.ANALYST)
    key, _secret = ApiKey.make(world["carrier"], "import", made_by=person)
    assert get_person(viewer) == get_actor(viewer) == as_person(person) == responsible_person(person) == person
    assert get_actor_ref(viewer, world["carrier"].ref) == person.ref
    assert created_key_refs(viewer) == {key.ref}


def test_a_key_acts_as_itself_and_its_creator_is_responsible(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    key, _secret = ApiKey.make(world["carrier"], "import", made_by=person)
    viewer = build_key_viewer(key)
    assert get_actor(viewer) == key and as_person(key) is None and responsible_person(key) == person
    assert get_actor_ref(viewer, world["carrier"].ref) == key.ref and created_key_refs(viewer) == set()
    with pytest.raises(ObjectDoesNotExist):
        get_person(viewer)


def test_nobody_is_responsible_for_what_the_operator_does(world: World) -> None:
    assert as_person(None) is None and responsible_person(None) is None


def test_a_key_decides_nothing_and_needs_somebody_who_is_responsible(world: World) -> None:
    person, viewer = world.person("carrier", Role.ANALYST), world.viewer("carrier", Role.ANALYST)
    assert get_responsible_person(viewer) == get_deciding_person(viewer) == person
    key = build_key_viewer(ApiKey.make(world["carrier"], "import", made_by=person)[0])
    assert get_responsible_person(key) == person
    with pytest.raises(Refusal):
        get_deciding_person(key)
    with pytest.raises(Refusal):
        get_responsible_person(build_key_viewer(ApiKey.make(world["carrier"], "of nobody")[0]))
