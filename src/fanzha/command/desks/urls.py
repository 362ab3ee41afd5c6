"""Addresses of the desks."""

from django.urls import path

from fanzha.command.desks import views

urlpatterns = [
    path("", views.home, name="home"),
]
