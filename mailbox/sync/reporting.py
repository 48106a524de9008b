"""A letter that deceives goes to Spam, with the mark that providers learn from."""

from uuid import uuid4

from django.db import transaction

from accounts.models import User
from mailbox.models import Change, Placement
from mailbox.sync import changes
from mailbox.sync.changes import Places
from mailbox.sync.tokens import Undo, seal

PHISHING = "$Phishing"  # in IANA's registry of keywords


@transaction.atomic
def report(user: User, placements: Places) -> Undo:
    """One deed, taken back as one."""
    batch = uuid4().hex
    mailboxes = set(placements.values_list("folder__mailbox", flat=True).order_by())
    moved = changes.junk(user, placements, batch=batch)
    done = Change.objects.filter(pk__range=(moved.first, moved.last), args__batch=batch)
    arrived = Placement.objects.filter(pk__in=[change.args["placement"] for change in done])
    marked = changes.set_keyword(user, arrived, dict.fromkeys(mailboxes, PHISHING), True, batch=batch)
    last = max(moved.last, marked.last)
    return Undo(seal(user, changes.FILED, sorted(mailboxes), moved.first, last, batch), moved.count, moved.first, last)
