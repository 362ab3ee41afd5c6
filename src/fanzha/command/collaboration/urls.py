"""Addresses of comments and subscriptions."""

from django.urls import path

from fanzha.command.collaboration import views

urlpatterns = [
    path("discussions/<slug:kind>/<slug:ref>/comments/", views.comment, name="comment"),
    path("discussions/<slug:kind>/<slug:ref>/subscription/", views.subscription, name="topic_subscription"),
    path("discussions/<slug:kind>/<slug:ref>/people/", views.suggest, name="mention_suggestions"),
    path("comments/<slug:ref>/withdraw/", views.withdraw, name="comment_withdraw"),
]
