"""Addresses of the pages of app samples."""

from django.urls import path

from fanzha.command.app_samples import views

urlpatterns = [
    path("app-samples/", views.sample_list, name="app_samples"),
    path("app-samples/<slug:ref>/", views.sample_detail, name="app_sample"),
    path("app-samples/<slug:ref>/download/", views.download_sample, name="app_sample_download"),
    path("app-samples/<slug:ref>/erase/", views.erase_sample_view, name="app_sample_erase"),
    path("app-samples/<slug:ref>/indicator/", views.hand_sample_on, name="app_sample_hand_on"),
]
