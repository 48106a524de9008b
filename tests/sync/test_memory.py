"""What one window of letters took is there for the next: nothing waits for the collector, nothing stays with the allocator."""

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.db import transaction

from mailbox import ingest
from mailbox.models import Mailbox, Message, Raw, SearchEntry
from tests.sync.letters import raw
from tests.sync.test_ingest import arrival

HOLES = """
import sys
from pathlib import Path
from mailbox.sync import memory
def resident(): return int(Path("/proc/self/statm").read_text().split()[1]) >> 8
before = resident()
letters = [bytes([n % 255 + 1]) * 50_000 for n in range(2000)]
kept = letters[::100]
del letters
memory.give_back()
sys.exit(resident() - before > 10)
"""


@pytest.fixture
def uncollected() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
def test_no_letter_waits_for_the_collector(alices: Mailbox) -> None:
    inbox = alices.folders.get(role="inbox")
    with transaction.atomic():
        ingest.place_many(inbox, [ingest.prepare(arrival(raw("a"), uid=1))])
    assert not [one for one in gc.get_objects() if type(one) in (Message, Raw, SearchEntry)]


def test_the_room_between_what_lives_is_given_back() -> None:
    subprocess.run([sys.executable, "-c", HOLES], check=True, timeout=60)
