"""URL patterns of retention."""

from django.urls import path

from fanzha.command.privacy import views

urlpatterns = [path("retention/", views.retention, name="retention")]
