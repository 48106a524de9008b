"""The addresses of the panel, /panel/..."""

from django.urls import URLPattern, path

from mailbox.views.panel import box, boxes, domains, log, making, overview, people, waiting_room

urlpatterns: list[URLPattern] = [
    path("", overview.overview, name="panel"),
    path("domains/", domains.all_domains, name="panel_domains"),
    path("domains/add/", domains.add, name="panel_domain_add"),
    path("domains/<int:domain_id>/check/", domains.check, name="panel_domain_check"),
    path("domains/<int:domain_id>/limit/", domains.limit, name="panel_domain_limit"),
    path("mailboxes/", boxes.mailboxes, name="panel_mailboxes"),
    path("mailboxes/make/", making.make, name="panel_make"),
    path("mailboxes/<int:mailbox_id>/", box.box, name="panel_mailbox"),
    path("mailboxes/<int:mailbox_id>/pause/", box.pause, name="panel_pause"),
    path("mailboxes/<int:mailbox_id>/resume/", box.resume, name="panel_resume"),
    path("mailboxes/<int:mailbox_id>/look/", box.look, name="panel_look"),
    path("mailboxes/<int:mailbox_id>/servers/", box.move, name="panel_servers"),
    path("mailboxes/<int:mailbox_id>/heir/", box.heir, name="panel_heir"),
    path("mailboxes/<int:mailbox_id>/leave/", box.leave, name="panel_leave"),
    path("mailboxes/<int:mailbox_id>/stay/", box.stay, name="panel_stay"),
    path("mailboxes/<int:mailbox_id>/people/<int:access_id>/take/", box.take, name="panel_take"),
    path("people/", people.people, name="panel_people"),
    path("people/<int:user_id>/", people.person, name="panel_person"),
    path("people/<int:user_id>/change/", people.change, name="panel_person_change"),
    path("people/<int:user_id>/invite/", people.invite_again, name="panel_invite"),
    path("queue/", waiting_room.queue, name="panel_queue"),
    path("queue/deed/", waiting_room.deed, name="panel_queue_deed"),
    path("audit/", log.log, name="panel_audit"),
    path("audit/export/", log.export, name="panel_audit_export"),
]
