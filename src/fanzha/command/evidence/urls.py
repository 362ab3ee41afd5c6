"""URL patterns of the log."""

from django.urls import path

from fanzha.command.evidence import views

urlpatterns = [
    path("audit/", views.log, name="evidence"),
    path("audit/check/", views.check, name="evidence_check"),
    path("audit/pack/", views.pack, name="evidence_pack"),
    path("audit/<int:place>/", views.entry, name="evidence_entry"),
]
