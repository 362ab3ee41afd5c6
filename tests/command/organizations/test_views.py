"""The pages of administration do what they say, show what is secret once, and never more than one's own."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from tests.command.organizations.second_factors import set_up
from tests.command.people import PASSWORD, World

from fanzha.command.organizations.models import ApiKey, Duty, Invitation, Membership, Organization, Person
from fanzha.command.organizations.second_factor import has_second_factor
from fanzha.command.web.roles import Role


def invited(world: World, email: str = "new@carrier.example", *, name: str = "carrier") -> str:
    return f"/join/{Invitation.make(world[name], email, 'New One', ['analyst'], None)[1]}/"


def link_in(page: str) -> str:
    found = re.search(r"http://testserver(/join/[\w-]+/)", page)
    assert found is not None
    return found[1]


def test_whoever_has_the_link_joins_once(world: World) -> None:
    cache.clear()
    link = invited(world)
    client = Client(headers={"accept-language": "en"})
    page = client.get(link)
    assert page["Referrer-Policy"] == "same-origin" and "no-store" in page["Cache-Control"]
    assert client.post(link, {"phrase": "password1234", "again": "password1234"}).status_code == 200
    assert client.post(link, {"phrase": PASSWORD, "again": PASSWORD})["Location"] == "/"
    assert client.get("/").status_code == 200
    person = Person.objects.get(email="new@carrier.example")
    assert person.check_password(PASSWORD)
    again = Client().get(link)
    assert again.status_code == 404 and "new@carrier.example" not in again.content.decode()


def test_a_new_person_goes_on_to_his_second_factor_unasked(world: World) -> None:
    world["carrier"].second_factor = True
    world["carrier"].save()
    link, client = invited(world), Client()
    client.post(link, {"phrase": PASSWORD, "again": PASSWORD})
    assert client.get("/")["Location"] == "/second-factor/"
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200


def test_the_link_alone_does_not_sign_in_who_has_an_account(world: World) -> None:
    person = world.person("bank", Role.ANALYST)
    link, stranger = invited(world, person.email), Client(headers={"accept-language": "en"})
    assert "Sign in, then join" in stranger.get(link).content.decode()
    stranger.post(link, {"phrase": PASSWORD, "again": PASSWORD})
    assert "_auth_user_id" not in stranger.session
    assert not Membership.objects.filter(person=person, organization=world["carrier"]).exists()
    world.client("bank", Role.ANALYST).post(link)
    assert Membership.objects.in_force().filter(person=person, organization=world["carrier"]).exists()


def test_who_is_invited_by_mail_chooses_a_phrase_for_an_account_made_under_his_address(
    world: World, settings: Settings
) -> None:
    settings.MAIL_IS_SET_UP = True
    person = world.person("partner", Role.ANALYST)
    set_up(person)
    client = Client()
    assert client.post(invited(world, person.email), {"phrase": PASSWORD, "again": PASSWORD})["Location"] == "/"
    person.refresh_from_db()
    assert person.check_password(PASSWORD) and not has_second_factor(person)
    assert Membership.objects.in_force().filter(person=person, organization=world["carrier"]).exists()


def test_somebody_else_who_is_signed_in_does_not_take_the_link(world: World) -> None:
    person = world.person("bank", Role.ANALYST)
    world.client("isp", Role.ANALYST).post(invited(world, person.email))
    assert not Membership.objects.filter(organization=world["carrier"]).exists()


def test_a_suspended_person_comes_back_by_invitation_with_his_own_phrase(world: World) -> None:
    person = world.person("carrier", Role.CLERK)
    Membership.objects.update(until=timezone.now())
    Person.objects.update(is_active=False)
    client = Client()
    client.post(invited(world, person.email))
    person.refresh_from_db()
    assert person.is_active and "_auth_user_id" not in client.session


def test_an_invitation_is_made_shown_once_and_withdrawn(world: World) -> None:
    client = world.client("carrier", Role.ADMINISTRATOR)
    told = {"email": "new@carrier.example", "name": "New", "roles": ["analyst", "clerk"]}
    link = link_in(client.post("/people/invite/", told).content.decode())
    page = client.get("/people/").content.decode()
    assert "new@carrier.example" in page and link not in page
    number = Invitation.objects.get().pk
    client.post(f"/people/invitations/{number}/withdraw/")
    assert Client().get(link).status_code == 404


def test_a_wrong_invitation_says_what_is_wrong(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    client = world.client("carrier", Role.ADMINISTRATOR)
    page = client.post("/people/invite/", {"email": person.email, "name": "A", "roles": ["clerk"]}).content.decode()
    assert "already belongs" in page and not Invitation.objects.exists()


def test_a_person_is_shown_and_his_roles_change(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    set_up(person)
    client = world.client("carrier", Role.ADMINISTRATOR)
    page = client.get(f"/people/{person.ref}/").content.decode()
    assert "authenticator app" in page and person.email in page
    client.post(f"/people/{person.ref}/roles/", {"roles": ["reviewer"]})
    assert set(Membership.objects.in_force().filter(person=person).values_list("role", flat=True)) == {"reviewer"}
    answer = client.post(f"/people/{person.ref}/roles/", {"roles": []}, follow=True)
    assert "at least one role" in answer.content.decode()


@pytest.mark.parametrize(
    ("act", "says"), [("suspend", "Suspended"), ("reset", "factor was removed"), ("end", "Signed out")]
)
def test_what_is_pressed_is_done_and_said(world: World, act: str, says: str) -> None:
    person = world.person("carrier", Role.ANALYST)
    answer = world.client("carrier", Role.ADMINISTRATOR).post(f"/people/{person.ref}/{act}/", follow=True)
    assert says in answer.content.decode()
    assert Person.objects.get(pk=person.pk).session_round == 1


def test_sessions_of_who_belongs_elsewhere_too_are_not_shown_and_who_left_is_not_found(world: World) -> None:
    world.client("bank", Role.ANALYST).get("/", headers={"user-agent": "a browser of the bank"})
    person, client = world.person("bank", Role.ANALYST), world.client("carrier", Role.ADMINISTRATOR)
    here = Membership.objects.create(person=person, organization=world["carrier"], role=Role.CLERK)
    page = client.get(f"/people/{person.ref}/").content.decode()
    assert "Not shown" in page and "a browser of the bank" not in page
    here.until = timezone.now()
    here.save()
    assert client.get(f"/people/{person.ref}/").status_code == 404
    assert client.post(f"/people/{person.ref}/end/").status_code == 404


def test_oneself_cannot_be_pressed(world: World) -> None:
    me = world.person("carrier", Role.ADMINISTRATOR)
    client = world.client("carrier", Role.ADMINISTRATOR)
    assert "Your sign-ins" in client.get(f"/people/{me.ref}/").content.decode()
    assert "Another administrator" in client.post(f"/people/{me.ref}/suspend/", follow=True).content.decode()
    assert client.get("/").status_code == 200


def test_no_such_act_is_not_found(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    assert world.client("carrier", Role.ADMINISTRATOR).post(f"/people/{person.ref}/crown/").status_code == 404


def test_more_people_cost_no_more_queries(world: World, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    client = world.client("carrier", Role.ADMINISTRATOR)
    client.get("/people/")
    for number in range(60):
        made = Person.objects.create(email=f"p{number}@carrier.example", name=f"P {number}")
        Membership.objects.create(person=made, organization=world["carrier"], role=Role.ANALYST)
        Invitation.make(world["carrier"], f"i{number}@carrier.example", "I", ["analyst"], None)
    with django_assert_max_num_queries(20):
        page = client.get("/people/").content.decode()
    assert "p59@carrier.example" in page and "i59@carrier.example" in page


def test_an_organisation_is_taken_in_changed_and_given_an_administrator(world: World) -> None:
    client = world.client("administration", Role.ADMINISTRATOR)
    told = {"name_zh": "示例新企业", "name_en": "Example New", "kind": "isp", "province": "51", "zone": "Asia/Shanghai"}
    told |= {"second_factor": "on", "is_active": "on"}
    page = client.post("/organizations/new/", told | {"email": "boss@new.example", "name": "Boss"}).content.decode()
    assert Client().get(link_in(page)).status_code == 200
    made = Organization.objects.get(name_en="Example New")
    assert "Example New" in client.get("/organizations/?kind=isp&search=new").content.decode()
    client.post(f"/organizations/{made.ref}/", told | {"name_en": "Example Newer"})
    assert Organization.objects.get(pk=made.pk).name_en == "Example Newer"
    answer = client.post(f"/organizations/{made.ref}/administrator/", {"email": "b@new.example", "name": "B"})
    assert Client().get(link_in(answer.content.decode())).status_code == 200
    assert "in your province" in client.post(f"/organizations/{made.ref}/", told | {"province": "33"}).content.decode()


def test_more_organisations_than_a_page_holds_are_turned(world: World) -> None:
    for number in range(60):
        names = {"name_zh": f"示例{number:02}", "name_en": f"Sample {number:02}"}
        Organization.objects.create(kind="brand", province="51", **names)
    client = world.client("administration", Role.ADMINISTRATOR)
    first = client.get("/organizations/?search=sample").content.decode()
    assert "Sample 49" in first and "Sample 50" not in first and "page=2" in first
    assert "Sample 59" in client.get("/organizations/?search=sample&page=2").content.decode()
    assert client.get("/organizations/?page=x").status_code == 200


def test_a_watch_is_put_on_the_roster_and_ends(world: World) -> None:
    officer, deputy = world.person("carrier", Role.DUTY_OFFICER), world.person("carrier", Role.ANALYST)
    client, now = world.client("carrier", Role.ADMINISTRATOR), timezone.localtime()
    told = {"officer": officer.pk, "deputy": deputy.pk, "since": f"{now:%Y-%m-%dT%H:%M}"}
    wrong = client.post("/duties/", told | {"until": f"{now - timedelta(days=1):%Y-%m-%dT%H:%M}"})
    assert "must end after it starts" in wrong.content.decode()
    client.post("/duties/", told | {"until": f"{now + timedelta(days=1):%Y-%m-%dT%H:%M}"})
    made = Duty.objects.get()
    assert f"On duty now: {officer}" in client.get("/duties/").content.decode()
    client.post(f"/duties/{made.pk}/end/")
    assert "Nobody is on duty now" in client.get("/duties/").content.decode()


def test_a_key_is_shown_once_and_revoked(world: World) -> None:
    client = world.client("carrier", Role.ADMINISTRATOR)
    told = {"name": "import", "scopes": ["flows:read"], "roles": [], "days": "30", "per_minute": "60"}
    page = client.post("/keys/new/", told).content.decode()
    found = re.search(r"fz_[\w-]+", page)
    assert found is not None and ApiKey.find_valid(found[0]) is not None
    assert found[0] not in client.get("/keys/").content.decode()
    client.post(f"/keys/{ApiKey.objects.get().pk}/revoke/")
    assert ApiKey.find_valid(found[0]) is None
    assert "Expired and revoked" in client.get("/keys/").content.decode()


def test_sessions_are_seen_and_all_others_ended_by_oneself(world: World) -> None:
    here, there = world.client("carrier", Role.ANALYST), world.client("carrier", Role.ANALYST)
    for client in (here, there):
        assert client.get("/").status_code == 200
    assert len(here.get("/accounts/sessions/").context["sessions"]) == 2
    here.post("/accounts/sessions/")
    assert here.get("/").status_code == 200 and there.get("/").status_code == 302


@pytest.mark.parametrize("path", ["/people/", "/organizations/", "/duties/", "/keys/", "/people/invite/", "/keys/new/"])
def test_pages_are_read_in_chinese(world: World, path: str) -> None:
    page = world.client("administration", Role.ADMINISTRATOR, language="zh-hans").get(path)
    assert page.status_code == 200 and 'lang="zh-Hans"' in page.content.decode()


# Choices are kept where they belong and lead back to the page that was looked at, never out of the site.


def test_a_language_is_kept_with_the_person(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    assert client.post("/choose/language/", {"language": "zh-hans", "next": "/?a=1"})["location"] == "/?a=1"
    assert Person.objects.get(pk=world.person("carrier", Role.ANALYST).pk).language == "zh-hans"


@pytest.mark.django_db
def test_a_stranger_keeps_language_and_look_in_his_browser() -> None:
    client = Client()
    client.post("/choose/language/", {"language": "en"})
    client.post("/choose/theme/", {"theme": "dark"})
    page = client.get("/accounts/login/").content.decode()
    assert '<html lang="en">' in page
    assert 'dark.css" media="all"' in page


def test_a_look_is_kept_with_the_person(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    client.post("/choose/theme/", {"theme": "dark"})
    assert 'dark.css" media="all"' in client.get("/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "name"), [("/choose/language/", "language"), ("/choose/theme/", "theme")])
def test_what_cannot_be_chosen_is_not_found(path: str, name: str) -> None:
    assert Client().post(path, {name: "neon"}).status_code == 404
    assert Client().get(path).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_nobody_is_led_out_of_the_site(wanted: str) -> None:
    assert Client().post("/choose/theme/", {"theme": "dark", "next": wanted})["location"] == "/"


def test_one_works_for_another_of_ones_organisations_alone(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    refused = client.post("/choose/organization/", {"organization": world["bank"].ref})
    assert refused.status_code == 404
    Membership.objects.create(person=world.person("carrier", Role.ANALYST), organization=world["bank"], role="clerk")
    assert client.post("/choose/organization/", {"organization": world["bank"].ref}).status_code == 302
    assert '<span class="desk">Example bank' in client.get("/").content.decode()
