"""Addresses of the queue, of campaigns and of the graph."""

from django.urls import path

from fanzha.command.campaigns import graph_views, views

urlpatterns = [
    path("campaigns/", views.queue, name="campaign_queue"),
    path("campaigns/bulk/", views.bulk, name="campaign_bulk"),
    path("campaigns/bulk/<slug:ref>/", views.bulk_run, name="campaign_bulk_run"),
    path("campaigns/bulk/<slug:ref>/retry/", views.bulk_retry, name="campaign_bulk_retry"),
    path("campaigns/undo/<slug:together>/", views.undo, name="campaign_undo"),
    path("campaigns/<slug:ref>/", views.campaign, name="campaign"),
    path("campaigns/<slug:ref>/do/", views.act, name="campaign_act"),
    path("campaigns/<slug:ref>/move/", views.move, name="campaign_move"),
    path("graph/", graph_views.graph, name="graph"),
    path("graph/data/", graph_views.graph_data, name="graph_data"),
    path("graph/why/", graph_views.graph_why, name="graph_why"),
]
