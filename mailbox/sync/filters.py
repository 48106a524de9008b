"""Letters have come in: if anybody wants letters of a kind treated, a worker is rung for, beside the rest of the pass."""

from mailbox import bell
from mailbox.models import Filter


def ring(mailbox_id: int) -> None:
    if Filter.objects.active(mailbox_id).exists():
        bell.ring("mirror.sift", mailbox_id)
