"""Which conversation a letter joins when it lands, and the list rows that follow from where its letters lie."""

from mailbox.reading.subjects import base_subject
from mailbox.threads.joining import CAP, join, lock
from mailbox.threads.rows import begin, refresh

__all__ = ["CAP", "base_subject", "begin", "join", "lock", "refresh"]
