"""Searching: beside Dovecot on the same letters, in a mailbox ten times as large among others, and what the index costs.

    python bench/bench_search.py [--letters 100000] [--small 100000] [--large 1000000] [--others 2000000] [--import 5000]

A search of ours is the whole answer of /search/, through Django's stack in this process; Dovecot's is SEARCH TEXT over IMAP
on the loopback, without an index of its own, as it comes. The rows of the large mailboxes are made in the database. Runs
as root on Debian with dovecot-imapd. A part whose number is 0 is left out.
"""

import argparse
import imaplib
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.bench_pages import prepare  # noqa: E402 the root comes first, because the standard library has a mailbox too
from bench.standing import standing  # noqa: E402
from bench.synthetic import letters  # noqa: E402

WANTED = {"dovecot": 50, "large": 2.0, "import": 1.35}
RARE = "zucchini"
ASKED = {"rare": RARE, "common": "ketchup", "two syllables": "회의"}
EVERY = 5_000  # letters, of which one has the rare word
SLIM = 0.05
WINDOW = 500
NOW = datetime(2026, 11, 1, tzinfo=UTC)


class Person:
    """Somebody with one mailbox, and the browser in which they search."""

    def __init__(self, address: str) -> None:
        from django.test import Client

        from accounts.models import User
        from mailbox.models import Access, Folder, Identity, Mailbox

        user = User.objects.create_user(address)
        incoming = f"imaps://{address.replace('@', '%40')}@imap.invalid:993"
        self.mailbox = Mailbox.objects.create(address=address, incoming=incoming, outgoing="direct:", state="ok")
        Access.objects.create(mailbox=self.mailbox, user=user)
        Identity.objects.create(mailbox=self.mailbox, address=address)
        for role in ("inbox", "sent", "drafts", "archive", "junk", "trash"):
            Folder.objects.create(mailbox=self.mailbox, name=role, wire_name=role, delimiter="/", role=role, uidvalidity=1)
        self.inbox = self.mailbox.folders.get(role="inbox")
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    def search(self, typed: str) -> int:
        """How many rows the page shows."""
        answer = self.client.get("/search/", {"q": typed})
        assert answer.status_code == 200
        return answer.content.count(b'<li class="row"')

    def take(self, raws: Sequence[bytes], first: int = 0) -> None:
        """The letters, as the mirror lays them into the inbox."""
        from django.db import transaction

        from mailbox import ingest

        for start in range(0, len(raws), WINDOW):
            arrivals = [
                ingest.Arrival(
                    raw, first + start + number + 1, 1, 0, NOW - timedelta(minutes=7 * (first + start + number)), len(raw)
                )
                for number, raw in enumerate(raws[start : start + WINDOW])
            ]
            ready = [ingest.prepare(arrival) for arrival in arrivals]
            with transaction.atomic():
                ingest.place_many(self.inbox, ready)


def made(number: int, seed: int = 7) -> list[bytes]:
    """Letters, every so many of them with the rare word."""
    some = letters(number, seed=seed, slim=SLIM)
    return [raw.replace(b"Subject: ", f"Subject: {RARE} ".encode(), 1) if not at % EVERY else raw for at, raw in enumerate(some)]


def timed(deed: Callable[[], Any], rounds: int = 9) -> float:
    """The median, in milliseconds, warm."""
    deed()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        deed()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def settle() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


# --- Beside Dovecot ---------------------------------------------------------------------------------------------------


def beside_dovecot(dovecot: Any, number: int) -> dict[str, Any]:
    who = dovecot.newcomer()
    person = Person(who)
    octets = dovecot.fill(who, _into_both(person, number))
    settle()
    line = imaplib.IMAP4("127.0.0.1", dovecot.imap)
    line.login(who, dovecot.users[who])
    line.select("INBOX", readonly=True)
    found: dict[str, Any] = {"letters": number, "octets": octets}
    for name, word in ASKED.items():
        theirs = timed(partial(_imap_search, line, word), 1)
        ours = timed(partial(person.search, word))
        found[name] = {"dovecot": theirs, "ours": ours, "ratio": theirs / ours, "rows": person.search(word)}
    line.logout()
    return found


def _into_both(person: Person, number: int) -> Iterator[bytes]:
    for start in range(0, number, 5_000):
        some = made(min(5_000, number - start), seed=start + 1)
        person.take(some, start)
        print(f"  {start + len(some):,} letters", flush=True)
        yield from some


def _imap_search(line: imaplib.IMAP4, word: str) -> None:
    line.literal = word.encode()
    status, _ = line.search("UTF-8", "TEXT")
    assert status == "OK"


# --- A large mailbox among others -------------------------------------------------------------------------------------

FILL = """
    WITH thread AS (
        INSERT INTO mailbox_thread (mailbox_id, base_subject, count, last_at)
        SELECT %(mailbox)s, 'Invoice ' || number, 1, %(now)s::timestamptz - number * %(step)s * interval '1 minute'
        FROM generate_series(1, %(count)s) AS number RETURNING id, last_at, base_subject
    ), message AS (
        INSERT INTO mailbox_message (mailbox_id, thread_id, identity, message_id, subject, from_name, from_address, to_preview,
            addressees, internal_date, size, snippet, has_attachments, damaged, reader_version, remote)
        SELECT %(mailbox)s, id, int8send(id), id || '@x', base_subject, 'Bob', 'bob@hamburger.edu', '', '[]', last_at, 9000,
            'Thank you for your order.', false, false, 1, false
        FROM thread RETURNING id, thread_id, internal_date, subject
    ), placement AS (
        INSERT INTO mailbox_placement (message_id, folder_id, uidvalidity, uid, flags, keywords, server_flags, server_keywords,
            modseq, sort_at)
        SELECT id, %(folder)s, 1, id, 1, '{}', 1, '{}', 0, internal_date FROM message
    ), place AS (
        INSERT INTO mailbox_threadfolder
            (thread_id, folder_id, last_at, count, unread, flagged, has_attachments, people, subject, snippet)
        SELECT thread_id, %(folder)s, internal_date, 1, 0, 0, false, '[["Bob", "bob@hamburger.edu"]]', subject, 'Thank you.'
        FROM message
    )
    INSERT INTO mailbox_searchentry (message_id, mailbox_id, sort_at, text, tsv)
    SELECT id, %(mailbox)s, internal_date, subject || E'\nBob bob@hamburger.edu\n\n\n\nThank you for the ketchup, 회의 at ten.',
        array_to_tsvector(array_remove(ARRAY[
            '@' || %(mailbox)s, '@' || %(mailbox)s || to_char(internal_date AT TIME ZONE 'UTC', '/YYYY'),
            '@' || %(mailbox)s || to_char(internal_date AT TIME ZONE 'UTC', '/YYYY-MM'), 'invoice', 'subject=invoice', 'bob',
            CASE WHEN id %% 4 = 0 THEN 'ketchup' END, CASE WHEN id %% 9 = 0 THEN '회의' END,
            CASE WHEN id %% %(rare)s = 0 THEN 'zucchini' END,
            'w' || id %% 997, 'w' || id %% 1009, 'w' || id %% 4999, 'w' || id %% 49999, 'w' || id %% 19, 'w' || id %% 101
        ], NULL)) FROM message
"""


def fill(person: Person, count: int) -> None:
    """So many letters of the last ten years; as many have the rare word, however many there are."""
    from django.db import connection

    given = {"mailbox": person.mailbox.pk, "folder": person.inbox.pk, "now": NOW, "step": 5_256_000 // count, "rare": count // 20}
    for start in range(0, count, 100_000):
        some = {"count": min(100_000, count - start), "now": NOW - timedelta(minutes=given["step"] * start)}
        with connection.cursor() as cursor:
            cursor.execute(FILL, given | some)


def among_others(small: int, large: int, others: int) -> dict[str, Any]:
    people = {"small": (Person("small@crepes.fr"), small), "large": (Person("large@crepes.fr"), large)}
    for person, count in people.values():
        fill(person, count)
    for number in range(2):
        fill(Person(f"other{number}@crepes.fr"), others // 2)
    settle()
    found: dict[str, Any] = {"small": small, "large": large, "others": others}
    for name, word in ASKED.items():
        times = {size: timed(partial(person.search, word), 15) for size, (person, _) in people.items()}
        rows = {size: person.search(word) for size, (person, _) in people.items()}
        found[name] = {**times, "ratio": times["large"] / times["small"], "rows": rows}
    return found


# --- What the index costs ---------------------------------------------------------------------------------------------


def of_import(number: int, rounds: int = 3) -> dict[str, Any]:
    """The import of the same letters with and without the index, in turns."""
    from mailbox import index

    raws = letters(number, slim=0.28)
    times: dict[str, list[float]] = {"with": [], "without": []}
    nothing = index.Findable("", frozenset())
    for turn in range(rounds):
        for name, measured in times.items():
            person = Person(f"{name}{turn}@crepes.fr")
            began = time.perf_counter()
            if name == "with":
                person.take(raws)
            else:
                with patch("mailbox.index.findable", return_value=nothing), patch("mailbox.index.write"):
                    person.take(raws)
            measured.append(time.perf_counter() - began)
    best = {name: min(measured) for name, measured in times.items()}
    return {"letters": number, **best, "ratio": best["with"] / best["without"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=100_000)
    parser.add_argument("--small", type=int, default=100_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--others", type=int, default=2_000_000)
    parser.add_argument("--import", type=int, default=5_000, dest="imported")
    given = parser.parse_args()
    report: dict[str, Any] = {"wanted": WANTED}
    with standing() as (dovecot, _):
        prepare()
        if given.imported:
            report["import"] = of_import(given.imported)
        if given.large:
            report["large"] = among_others(given.small, given.large, given.others)
        if given.letters:
            report["dovecot"] = beside_dovecot(dovecot, given.letters)
    print(json.dumps(report, indent=1, ensure_ascii=False))
    (ROOT / "bench" / "results").mkdir(exist_ok=True)
    (ROOT / "bench" / "results" / "search.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
