"""Addresses of imports."""

from django.urls import path

from fanzha.command.imports import views

urlpatterns = [
    path("imports/", views.listing, name="imports"),
    path("imports/new/<slug:table>/", views.handing_in, name="import_new"),
    path("imports/<slug:ref>/", views.detail, name="import"),
    path("imports/<slug:ref>/rejects.csv", views.rejects_table, name="import_rejects"),
    path("imports/<slug:ref>/approve/", views.approving, name="import_approve"),
    path("imports/<slug:ref>/withdraw/", views.withdrawing, name="import_withdraw"),
]
