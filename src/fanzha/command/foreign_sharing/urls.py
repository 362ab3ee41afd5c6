"""URL patterns of approvals for other countries."""

from django.urls import path

from fanzha.command.foreign_sharing import views

urlpatterns = [
    path("foreign-sharing/", views.approvals, name="foreign_approvals"),
    path("foreign-sharing/new/", views.approval_new, name="foreign_approval_new"),
    path("foreign-sharing/<slug:ref>/", views.approval, name="foreign_approval"),
    path("foreign-sharing/<slug:ref>/decision/", views.approval_decide, name="foreign_approval_decide"),
    path("foreign-sharing/<slug:ref>/withdraw/", views.approval_withdraw, name="foreign_approval_withdraw"),
    path("foreign-sharing/<slug:ref>/document/", views.approval_document, name="foreign_approval_document"),
    path("foreign-sharing/<slug:ref>/key/", views.approval_key, name="foreign_approval_key"),
    path("foreign-sharing/<slug:ref>/exits/<slug:exit_ref>/", views.approval_exit, name="foreign_exit"),
]
