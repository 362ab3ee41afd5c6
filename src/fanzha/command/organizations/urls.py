"""URL patterns of sign-in, preferences and the administration of people, organisations, watches and keys."""

from django.urls import path

from fanzha.command.organizations import views
from fanzha.command.organizations.signed_tokens import provider_callback

urlpatterns = [
    path("accounts/oidc/<slug:provider_id>/login/callback/", provider_callback, name="provider_callback"),
    path("choose/language/", views.choose_language, name="choose_language"),
    path("choose/theme/", views.choose_theme, name="choose_theme"),
    path("choose/organization/", views.choose_organization, name="choose_organization"),
    path("join/<str:token>/", views.join, name="join"),
    path("second-factor/", views.second_factor, name="second_factor"),
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite_person, name="person_invite"),
    path("people/invitations/<int:number>/withdraw/", views.withdraw_invitation, name="invitation_withdraw"),
    path("people/<slug:ref>/", views.person, name="person"),
    path("people/<slug:ref>/<slug:act>/", views.act_on_person, name="person_act"),
    path("organizations/", views.organizations, name="organizations"),
    path("organizations/new/", views.new_organization, name="organization_new"),
    path("organizations/<slug:ref>/", views.organization, name="organization"),
    path("organizations/<slug:ref>/administrator/", views.invite_administrator, name="organization_administrator"),
    path("duties/", views.duties, name="duties"),
    path("duties/<int:number>/end/", views.end_duty, name="duty_end"),
    path("keys/", views.api_keys, name="api_keys"),
    path("keys/new/", views.new_key, name="api_key_new"),
    path("keys/<int:number>/revoke/", views.revoke, name="api_key_revoke"),
]
