"""Addresses of imports."""

from django.urls import path

from fanzha.command.imports import views

urlpatterns = [
    path("imports/", views.import_list, name="imports"),
    path("imports/new/<slug:table>/", views.upload_file, name="import_new"),
    path("imports/<slug:ref>/", views.import_detail, name="import"),
    path("imports/<slug:ref>/rejects.csv", views.rejects_csv, name="import_rejects"),
    path("imports/<slug:ref>/approve/", views.approve_import, name="import_approve"),
    path("imports/<slug:ref>/withdraw/", views.withdraw_import, name="import_withdraw"),
]
