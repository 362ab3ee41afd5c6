"""URL patterns of webhooks."""

from django.urls import path

from fanzha.command.webhooks import views

urlpatterns = [
    path("webhooks/", views.listing, name="webhooks"),
    path("webhooks/<slug:ref>/", views.detail, name="webhook"),
    path("webhooks/<slug:ref>/change/", views.change, name="webhook_change"),
    path("webhooks/<slug:ref>/deliveries/<int:number>/again/", views.send_again, name="webhook_again"),
]
