"""The bytes of the letters of one claim, as they go over the wire: the small ones read at once, the large ones one by one."""

from collections.abc import Sequence

import zstandard

from mailbox.models import Outgoing
from mailbox.outbox.claims import Talk
from mailbox.smtp.content import MailData

SMALL = 65536  # octets


class Freight:
    """Keeps what is under way and what comes next, never all of it."""

    def __init__(self, talks: Sequence[Talk]) -> None:
        small = {talk.outgoing.pk for talk in talks if talk.outgoing.size <= SMALL}
        self._packed = dict(Outgoing.objects.filter(pk__in=small).values_list("pk", "data"))
        self._ready: dict[int, MailData] = {}
        self._unpacker = zstandard.ZstdDecompressor()

    def content_of(self, talk: Talk) -> MailData:
        """Raises Unsayable, though no such letter is queued."""
        key = talk.outgoing.pk
        if key not in self._ready:
            while len(self._ready) > 1:
                del self._ready[next(iter(self._ready))]
            self._ready[key] = MailData.of(self._raw(key))
        return self._ready[key]

    def _raw(self, key: int) -> bytes:
        packed = self._packed.get(key)
        if packed is None:
            packed = Outgoing.objects.values_list("data", flat=True).get(pk=key)
        return self._unpacker.decompress(packed)
