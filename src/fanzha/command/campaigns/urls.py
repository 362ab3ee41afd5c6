"""Addresses of the queue and of campaigns."""

from django.urls import path

from fanzha.command.campaigns import views

urlpatterns = [
    path("campaigns/", views.queue, name="campaign_queue"),
    path("campaigns/bulk/", views.bulk, name="campaign_bulk"),
    path("campaigns/undo/<slug:together>/", views.undo, name="campaign_undo"),
    path("campaigns/<slug:ref>/", views.campaign, name="campaign"),
    path("campaigns/<slug:ref>/do/", views.act, name="campaign_act"),
    path("campaigns/<slug:ref>/move/", views.move, name="campaign_move"),
]
