"""Addresses of looks at pages."""

from django.urls import path

from fanzha.command.captures import views

urlpatterns = [
    path("captures/", views.capture_list, name="captures"),
    path("captures/<slug:ref>/", views.capture_detail, name="capture"),
    path("captures/<slug:ref>/hand-on/", views.hand_capture_on, name="capture_hand_on"),
    path("captures/<slug:ref>/screenshots/", views.show_screenshots, name="capture_screenshots"),
    path("captures/<slug:ref>/evidence/", views.download_evidence, name="capture_evidence"),
]
