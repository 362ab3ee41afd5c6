"""Addresses of the board, of hand-overs and of the digest."""

from django.urls import path

from fanzha.command.shifts import views

urlpatterns = [
    path("board/", views.board, name="board"),
    path("board/move/", views.move_card, name="board_move"),
    path("digest/", views.digest, name="digest"),
    path("handover/", views.handover, name="handover"),
    path("handover/<slug:ref>/", views.handover_record, name="handover_record"),
]
