"""Addresses of the public pages and of the desk."""

from django.urls import path

from fanzha.command.education import public_views, quiz_views, views

urlpatterns = [
    path("learn/", public_views.front_page, name="learn"),
    path("learn/feed.atom", public_views.atom_feed, name="learn_feed"),
    path("learn/<slug:slug>/", public_views.show_item, name="learn_item"),
    path("learn/<slug:slug>/quiz/", quiz_views.take_quiz, name="learn_quiz"),
    path("education/", views.item_list, name="education_items"),
    path("education/new/", views.new_item, name="education_new"),
    path("education/paper/", views.new_paper, name="education_paper"),
    path("education/set/", views.shipped_set, name="education_set"),
    path("education/processes/<slug:ref>/", views.process_page, name="education_process"),
    path("education/<slug:ref>/", views.item_detail, name="education_item"),
    path("education/<slug:ref>/edit/", views.edit_item, name="education_edit"),
    path("education/<slug:ref>/submit/", views.submit_item, name="education_submit"),
]
