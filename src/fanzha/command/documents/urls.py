"""Addresses of numbered documents."""

from django.urls import path

from fanzha.command.documents import views

urlpatterns = [
    path("documents/", views.document_list, name="documents"),
    path("documents/<slug:ref>/<slug:language>.pdf", views.document_file, name="document_file"),
]
