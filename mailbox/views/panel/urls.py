"""The addresses of the panel, /panel/..."""

from django.urls import URLPattern, path

from mailbox.views.panel import boxes, log, overview, waiting_room

urlpatterns: list[URLPattern] = [
    path("", overview.overview, name="panel"),
    path("mailboxes/", boxes.mailboxes, name="panel_mailboxes"),
    path("queue/", waiting_room.queue, name="panel_queue"),
    path("queue/deed/", waiting_room.deed, name="panel_queue_deed"),
    path("audit/", log.log, name="panel_audit"),
    path("audit/export/", log.export, name="panel_audit_export"),
]
