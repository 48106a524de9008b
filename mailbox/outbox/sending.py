"""The press of the Send button: keep what the page holds, hand it to the queue, remember whom it is for."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from mailbox.mime.headers import read_addresses
from mailbox.models import Outgoing
from mailbox.outbox import drafts, limits, people, posting, suppressing


def send(
    user: User,
    key: UUID,
    written: drafts.Written,
    *,
    not_before: datetime | None = None,
    anyway: bool = False,
) -> Outgoing:
    """In one transaction, so that an autosave which comes late cannot change what leaves; at `not_before`, or when the undo
    time is over; `anyway`: to addresses too that have refused letters before. Raises what drafts.keep, suppressing.heed and
    posting.post_locked raise; then nothing has changed."""
    try:
        with transaction.atomic():
            draft = drafts.keep(user, key, written)
            suppressing.heed(draft, anyway=anyway)
            outgoing = posting.post_locked(draft, user, not_before=not_before)
            people.remember(user, read_addresses(f"{written.to},{written.cc},{written.bcc}"))
    except limits.OverLimit as over:
        limits.alert(over)
        raise
    return outgoing
