"""Who gets what of the mail: one row an address; the things are Alice's, and Bob may read her mailbox."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from mailbox import ingest
from mailbox.models import (
    Access,
    Bulk,
    Contact,
    Draft,
    Folder,
    Mailbox,
    Message,
    Outgoing,
    Probe,
    RemotePicture,
    Suppression,
    Upload,
)
from mailbox.outbox import uploads
from mailbox.outbox.posting import post_raw
from tests.conftest import make_mailbox
from tests.house.access import GATE, Args, Row, World, everybody, owners, readers, signed_in
from tests.pictures import GIF

LETTER = b"""\
From: alice@crepes.fr
To: bob@hamburger.edu
Subject: Pickles
Message-ID: <1@crepes.fr>
Content-Type: text/html

<p>How about pickles?</p>
""".replace(b"\n", b"\r\n")


def mailbox(world: World) -> Mailbox:
    if found := Mailbox.objects.first():
        return found
    made = make_mailbox(world.alice)
    Access.objects.create(mailbox=made, user=world.bob, role=Access.Role.READ)
    return made


def inbox(world: World) -> Folder:
    return mailbox(world).folders.get(role="inbox")


def message(world: World) -> Message:
    return ingest.place(inbox(world), LETTER, uid=1, uidvalidity=1, flags=0, internal_date=timezone.now()).message


def draft(world: World) -> Draft:
    if found := Draft.objects.first():
        return found
    home = mailbox(world)
    return Draft.objects.create(user=world.alice, mailbox=home, identity=home.identities.get(), key=uuid4())


def upload(world: World) -> Upload:
    return Upload.objects.create(draft=draft(world), name="menu.txt")


def outgoing(world: World) -> Outgoing:
    return post_raw(mailbox(world), LETTER, ["bob@hamburger.edu"], "key")


def probe(world: World) -> Probe:
    return Probe.objects.create(
        user=world.alice, address="a@crepes.fr", incoming="imaps://x:993", outgoing="direct:", state="bad"
    )


def contact_id(world: World) -> tuple[int]:
    return (Contact.objects.get_or_create(user=world.alice, address="bob@hamburger.edu")[0].pk,)


def mailbox_id(world: World) -> tuple[int]:
    return (mailbox(world).pk,)


def folder_id(world: World) -> tuple[int]:
    return (mailbox(world).folders.get(role="inbox").pk,)


def thread_id(world: World) -> tuple[int]:
    return (message(world).thread_id,)


def message_id(world: World) -> tuple[int]:
    return (message(world).pk,)


def part_of(world: World) -> tuple[int, str]:
    return (message(world).pk, "1")


def message_with_file_id(world: World) -> tuple[int]:
    raw = LETTER.replace(b"<1@", b"<2@").replace(b"text/html", b"application/pdf")
    return (ingest.place(inbox(world), raw, uid=2, uidvalidity=1, flags=0, internal_date=timezone.now()).message_id,)


def picture_of(world: World) -> tuple[int, int]:
    made = RemotePicture.objects.create(message=message(world), number=1, url="https://x.example", state="here", data=b"x")
    return (made.message_id, made.number)


def draft_key(world: World) -> tuple[object]:
    return (draft(world).key,)


def upload_of(world: World) -> tuple[object, int]:
    return ((made := upload(world)).draft.key, made.pk)


def inline_of(world: World) -> tuple[object, int]:
    made = uploads.keep(draft(world), "jar.gif", "", [GIF], inline=True)
    return (made.draft.key, made.pk)


def outgoing_id(world: World) -> tuple[int]:
    return (outgoing(world).pk,)


def probe_id(world: World) -> tuple[int]:
    return (probe(world).pk,)


def suppression_id(world: World) -> tuple[int]:
    return (Suppression.objects.create(mailbox=mailbox(world), address="nobody@hamburger.edu").pk,)


def bulk_id(world: World) -> tuple[int]:
    return (Bulk.objects.create(user=world.alice, do="trash", letters=[1], batch="x").pk,)


def identity_of(world: World) -> tuple[int, int]:
    return (mailbox(world).pk, mailbox(world).identities.get().pk)


def written(world: World) -> dict[str, Any]:
    """A letter that could go, as the page sends it."""
    identity = mailbox(world).identities.get()
    return {"identity": identity.pk, "to": "bob@hamburger.edu", "subject": "Pickles", "text": "How about pickles?", "revision": 0}


def access_of_owner(world: World) -> tuple[int, int]:
    """The owner's own role, which nobody takes away."""
    home = mailbox(world)
    return (home.pk, home.access.get(role=Access.Role.OWNER).pk)


def for_tomorrow(world: World) -> dict[str, Any]:
    return {**written(world), "at": f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}"}


def filing(status: int | str = "folder", reader: int | str = "inbox", **more: Any) -> Row:
    """A conversation in a folder; a reader is sent back to the list and told that they may only read."""
    where = {"args": thread_id, "query": lambda world: {"in": inbox(world).pk}}
    return owners(status, reader=reader, method="post", **where, **more)


def deed(status: int | str, args: Args, **more: Any) -> Row:
    """A POST of the owner's."""
    return owners(status, args=args, method="post", **more)


LISTS = {
    "inbox": signed_in(),
    "starred": signed_in(),
    "snoozed": signed_in(),
    "drafts": signed_in(),
    "places": signed_in(),
    "state": signed_in(),
    "importing": signed_in(),
    "folder": readers(args=folder_id),
}
CONVERSATIONS = {
    "thread": readers(args=thread_id),
    "letter": readers(args=message_id),
    "letter_understood": deed("thread", message_id, reader="inbox"),
    "letter_answer": deed("thread", message_id, reader="thread"),  # it invites nobody
    "letter_report": deed("folder", message_id, reader="inbox"),
    "letter_split": deed("inbox", message_id, reader="inbox"),
    "letter_charset": readers(args=message_id),
    "letter_body": readers(args=message_id),
    "letter_source": readers(args=message_id),
    "letter_part": readers(args=part_of),
    "letter_files": readers(args=message_with_file_id),
    "letter_pictures": readers("thread", args=message_id, method="post"),
    "letter_unsubscribe": readers(404, args=message_id, method="post"),  # it came from no list
    "letter_picture": readers(args=picture_of),
}
FILING = {
    "thread_archive": filing(),
    "thread_trash": filing(),
    "thread_spam": filing(),
    "thread_inbox": filing(),
    "thread_move": filing(form=lambda world: {"to": mailbox(world).folders.get(role="archive").pk}),
    "thread_for_ever": filing("inbox"),
    "thread_read": filing(),
    "thread_star": filing(),
    "thread_label": filing(form=lambda world: {"new_label": "Suppliers"}),
    "thread_snooze": filing(form=lambda world: {"until": "tomorrow"}),
    "thread_wake": filing(),
    "thread_mute": filing(),
    "thread_unmute": filing(),
    "bulk": signed_in("inbox", method="post"),
    "bulk_progress": owners(args=bulk_id),
    "bulk_label": signed_in("inbox", method="post"),
    "bulk_snooze": signed_in("inbox", method="post"),
    "undo": signed_in("inbox", method="post"),
}
FOLDERS = {
    "folders": signed_in(),
    "folder_make": deed("folders", mailbox_id, form=lambda world: {"name": "Recipes"}, reader=422),
    "folder_rename": deed(422, folder_id, form=lambda world: {"name": "Recipes"}, reader=422),
    "folder_delete": deed(422, folder_id, reader=422),
    "labels": signed_in(),
    "label_rename": signed_in("folders", method="post"),
    "label_remove": signed_in("folders", method="post"),
    "label_undo": signed_in("folders", args=bulk_id, method="post"),  # of another's job nothing is taken back
}
KNOWN = {
    "contacts": signed_in(),
    "contact_add": signed_in(),
    "contacts_take_in": signed_in("contacts", method="post"),
    "contacts_file": signed_in(),
    "contact": owners(args=contact_id),
    "contact_remove": owners("contacts", args=contact_id, method="post"),
}
SEARCHING = {
    "search": signed_in(),
    "search_count": signed_in(),
    "search_offers": signed_in(),
    "search_kept": signed_in(),
    "search_language": signed_in(),
    "search_keep": signed_in("search", method="post", form=lambda world: {"q": "pickles", "keep": "1"}),
}
WRITING = {
    "write": signed_in(),
    "people": signed_in(),
    "people_refused": signed_in(404, method="post"),
    "draft": owners(args=draft_key),
    # Nobody gets what they typed back, to send it again after a sign-in; a stranger may not write as that address.
    "draft_save": Row(401, "draft", 422, args=draft_key, method="post", form=written),
    "draft_send": Row(401, "outgoing", 422, args=draft_key, method="post", form=written),
    "draft_schedule": Row(401, "outgoing", 422, args=draft_key, method="post", form=for_tomorrow),
    "draft_copy": deed("draft", draft_key, form=written),
    "draft_discard": Row(GATE, "drafts", "drafts", args=draft_key, method="post"),  # nothing there to discard
    "draft_restore": deed("draft", draft_key),
    "draft_upload": deed("draft", draft_key),
    "draft_upload_remove": deed("draft", upload_of),
    "draft_picture": owners(args=inline_of),
}
QUEUE = {
    "scheduled": signed_in(),
    "outgoing_now": deed("outgoing", outgoing_id, reader=403),
    "outgoing_reschedule": deed("outgoing", outgoing_id, reader=403),
    "outgoing": readers(args=outgoing_id),
    "outgoing_undo": deed("outgoing", outgoing_id, reader=403),
    "outgoing_retry": deed("outgoing", outgoing_id, reader=403),
    "outgoing_cancel": deed("outgoing", outgoing_id, reader=403),
    "outgoing_correct": deed("draft", outgoing_id, reader=403),
}
MAILBOXES = {
    "mailboxes": signed_in(),
    "refused": signed_in(),
    "refused_forget": owners("refused", args=suppression_id, method="post"),
    "mailbox_add": signed_in(),
    "mailbox_proposal": signed_in(),
    "probe": owners(args=probe_id),
    "probe_keep": deed("mailbox_add", probe_id),
    "mailbox": readers(args=mailbox_id),
    "mailbox_password": owners(args=mailbox_id, reader=403),
    "mailbox_pause": deed("mailbox", mailbox_id, reader=403),
    "mailbox_resume": deed("mailbox", mailbox_id, reader=403),
    "mailbox_stay": deed("mailbox", mailbox_id, reader=403),
    "mailbox_share": deed("mailbox", mailbox_id, reader=403),
    "mailbox_unshare": deed(403, access_of_owner, reader=403),
    "mailbox_depth": deed("mailbox", mailbox_id, reader=403),
    "mailbox_remove": owners(args=mailbox_id, reader=403),
    "identity": deed("mailbox", identity_of, reader=403),
}
MACHINES = {"live": signed_in(), "health": everybody(), "health_live": everybody(), "metrics": everybody(404)}

MAIL_TABLE: dict[str, Row] = LISTS | CONVERSATIONS | FILING | FOLDERS | KNOWN | SEARCHING | WRITING | QUEUE | MAILBOXES | MACHINES
