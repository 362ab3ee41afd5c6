"""URL patterns of the public list of links."""

from django.urls import path

from fanzha.command.link_list import about_views, views

urlpatterns = [
    path("link-list/", about_views.about, name="link_list"),
    path("link-list/extension.zip", about_views.extension, name="link_list_extension"),
    path("link-list/v5/hashLists", views.hash_lists, name="hash_lists"),
    path("link-list/v5/hashLists:batchGet", views.batch, name="hash_list_batch"),
    path("link-list/v5/hashList/<slug:name>", views.hash_list, name="hash_list"),
    path("link-list/v5/hashes:search", views.search, name="hash_search"),
]
