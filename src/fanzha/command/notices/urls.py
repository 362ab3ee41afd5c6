"""Addresses of the person's own door and of the desk."""

from django.urls import path

from fanzha.command.notices import public_views, views

urlpatterns = [
    path("appeal/", public_views.appeal, name="appeal"),
    path("appeal/follow/", public_views.follow, name="appeal_follow"),
    path("appeal/sent/<slug:ref>/<int:number>/<slug:secret>/", public_views.notice_receipt, name="notice_receipt"),
    path("appeals/", views.appeal_list, name="appeals"),
    path("notices/", views.notice_list, name="subject_notices"),
    path("limit-notices/find/", views.find_notice, name="limit_notice_find"),
    path("limit-notices/<slug:ref>/", views.notice_detail, name="limit_notice"),
    path("limit-notices/<slug:ref>/delivered/", views.deliver, name="limit_notice_delivered"),
    path("limit-notices/<slug:ref>/print/", views.print_notice, name="limit_notice_print"),
    path("limit-notices/<slug:ref>/appeal/", views.open_appeal, name="limit_notice_appeal"),
]
