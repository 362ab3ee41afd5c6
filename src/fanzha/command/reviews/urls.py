"""Addresses of samples."""

from django.urls import path

from fanzha.command.reviews import views

urlpatterns = [
    path("samples/", views.sample_list, name="review_samples"),
    path("samples/new/", views.new_sample, name="review_sample_new"),
    path("samples/<slug:ref>/", views.sample_detail, name="review_sample"),
    path("samples/<slug:ref>/mark/", views.mark_page, name="review_mark"),
    path("samples/<slug:ref>/release/", views.release, name="review_release"),
    path("samples/<slug:ref>/sheet/", views.sheet, name="review_sheet"),
    path("samples/<slug:ref>/folder/", views.folder, name="review_folder"),
]
