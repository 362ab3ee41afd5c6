"""Addresses of the public pages of bulletins and of the desks."""

from django.urls import path

from fanzha.command.bulletins import public_views, views

urlpatterns = [
    path("bulletins/", public_views.bulletins, name="public_bulletins"),
    path("bulletins/feed.atom", public_views.feed, name="public_bulletin_feed"),
    path("bulletins/<slug:ref>.json", public_views.bulletin_json, name="public_bulletin_json"),
    path("bulletins/<slug:ref>/<slug:language>.pdf", public_views.bulletin_pdf, name="public_bulletin_pdf"),
    path("bulletins/<slug:ref>/", public_views.bulletin, name="public_bulletin"),
    path("monthly-bulletins/", views.bulletin_list, name="bulletins"),
    path("monthly-bulletins/draft/", views.draft, name="bulletin_draft"),
    path("monthly-bulletins/<slug:ref>/", views.bulletin_detail, name="bulletin"),
    path("monthly-bulletins/<slug:ref>/text/<slug:section>/", views.bulletin_text, name="bulletin_text"),
    path("monthly-bulletins/<slug:ref>/cases/<slug:measure>/", views.bulletin_cases, name="bulletin_cases"),
]
