"""Addresses of saved views."""

from django.urls import path

from fanzha.command.saved_views import views

urlpatterns = [
    path("views/", views.save, name="saved_view_save"),
    path("views/<slug:ref>/", views.change, name="saved_view_change"),
]
