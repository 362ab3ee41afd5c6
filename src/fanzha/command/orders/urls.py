"""URLs of orders, endpoints, and the receipt of answers."""

from django.urls import path

from fanzha.command.orders import appeal_views, blocked_views, target_views, views

urlpatterns = [
    path("blocked/", blocked_views.blocked, name="blocked"),
    path("orders/", views.list_orders, name="orders"),
    path("orders/new", views.new_order, name="order_new"),
    path("orders/preview", views.preview_impact, name="order_preview"),
    path("orders/false-disposals/", target_views.show_false_disposals, name="order_false_disposals"),
    path("orders/appeals/<slug:ref>/", appeal_views.decide_appeal, name="appeal_decide"),
    path("orders/endpoints/", views.endpoints, name="order_endpoints"),
    path("orders/endpoints/<slug:channel>/", views.change_endpoint, name="order_endpoint"),
    path("orders/endpoints/<slug:channel>/try/", views.try_endpoint, name="order_endpoint_try"),
    path("orders/endpoints/<slug:channel>/key/", views.rotate_key, name="order_endpoint_key"),
    path("orders/sendings/<int:number>/again/", views.send_again, name="order_send_again"),
    path("orders/answers/<slug:ref>/", views.receive_answers, name="order_answers"),
    path("orders/<slug:ref>/", views.order, name="order"),
    path("orders/<slug:ref>/approve/", target_views.approve_order, name="order_approve"),
    path("orders/<slug:ref>/targets/", views.show_targets, name="order_targets"),
    path("orders/<slug:ref>/measured/", views.measure, name="order_measure"),
    path("orders/<slug:ref>/legs/<slug:leg>/acknowledge/", views.acknowledge, name="order_acknowledge"),
    path("orders/<slug:ref>/legs/<slug:leg>/done/", views.report_done, name="order_done"),
    path("orders/<slug:ref>/legs/<slug:leg>/urge/", views.remind, name="order_urge"),
]
