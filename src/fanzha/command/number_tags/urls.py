"""URL patterns of number tags."""

from django.urls import path

from fanzha.command.number_tags import views

urlpatterns = [
    path("tags/", views.lookup, name="tag_lookup"),
    path("tags/dispute/", views.dispute, name="tag_dispute"),
    path("tags/hashes/<slug:kind>/<slug:prefix>", views.hashes, name="tag_hashes"),
    path("tags/manifest.webmanifest", views.manifest, name="tag_manifest"),
    path("tags/worker.js", views.worker, name="tag_worker"),
    path("tag-disputes/", views.disputes, name="tag_disputes"),
    path("tag-disputes/<slug:ref>/", views.decide, name="tag_dispute_decide"),
]
