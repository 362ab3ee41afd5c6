"""URL patterns of hosted sites."""

from django.urls import path

from fanzha.command.hosting import views

urlpatterns = [
    path("hosted-sites/", views.hosted_sites, name="hosted_sites"),
    path("hosted-sites/look/", views.look, name="hosted_sites_look"),
]
