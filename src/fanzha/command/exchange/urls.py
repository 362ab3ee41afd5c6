"""URL patterns of the exchange."""

from django.urls import path

from fanzha.command.exchange import feed_views, file_feed_views, taxii_views, views

_COLLECTION = "taxii2/fanzha/collections/<uuid:taxii_id>/"
_FILES = "exchange-feeds/<uuid:taxii_id>/"

urlpatterns = [
    path("exchange/", views.collections, name="exchange_collections"),
    path("exchange/new/", views.collection_new, name="exchange_collection_new"),
    path("exchange/partners/", feed_views.partners, name="exchange_partners"),
    path("exchange/feeds/", feed_views.feeds, name="exchange_feeds"),
    path("exchange/feeds/new/", feed_views.feed_new, name="exchange_feed_new"),
    path("exchange/feeds/<slug:ref>/", feed_views.feed, name="exchange_feed"),
    path("exchange/feeds/<slug:ref>/end/", feed_views.feed_end, name="exchange_feed_end"),
    path("exchange/<slug:ref>/", views.collection, name="exchange_collection"),
    path("exchange/<slug:ref>/end/", views.collection_retire, name="exchange_collection_retire"),
    path("exchange/<slug:ref>/readers/<int:number>/end/", views.reader_end, name="exchange_reader_end"),
    path(f"{_FILES}misp/manifest.json", file_feed_views.misp_manifest, name="exchange_misp_manifest"),
    path(f"{_FILES}misp/<uuid:event_id>.json", file_feed_views.misp_event, name="exchange_misp_event"),
    path(f"{_FILES}table.csv", file_feed_views.csv_table, name="exchange_table"),
    path("taxii2/", taxii_views.discovery, name="taxii_discovery"),
    path("taxii2/fanzha/", taxii_views.api_root, name="taxii_root"),
    path("taxii2/fanzha/status/<uuid:ref>/", taxii_views.status, name="taxii_status"),
    path("taxii2/fanzha/collections/", taxii_views.collections, name="taxii_collections"),
    path(_COLLECTION, taxii_views.collection, name="taxii_collection"),
    path(f"{_COLLECTION}manifest/", taxii_views.manifest, name="taxii_manifest"),
    path(f"{_COLLECTION}objects/", taxii_views.objects, name="taxii_objects"),
    path(f"{_COLLECTION}objects/<str:stix_id>/", taxii_views.one_object, name="taxii_object"),
    path(f"{_COLLECTION}objects/<str:stix_id>/versions/", taxii_views.versions, name="taxii_versions"),
]
