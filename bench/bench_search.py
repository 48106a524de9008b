"""Searching: beside Dovecot on the same letters, in a mailbox ten times as large among others, what the index costs, and an
inbox's page during an import.

    python bench/bench_search.py [--letters 100000] [--large 1000000] [--others 2000000] [--import 5000]
                                 [--at FOLDER [--make]]

A search of ours is the whole answer of /search/, through Django's stack in this process; Dovecot's is SEARCH TEXT over IMAP
on the loopback, without an index of its own, as it comes. The rows of the large mailboxes are made in the database. Runs
as root on Debian with dovecot-imapd. A part whose number is 0 is left out. With `--at` the letters stay in that folder and
are made once; with `--make` they are made, and nothing is measured.
"""

import argparse
import imaplib
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.bench_pages import prepare  # noqa: E402 the root comes first, because the standard library has a mailbox too
from bench.person import NOW, WINDOW, Person, timed  # noqa: E402
from bench.standing import hang_up, standing  # noqa: E402
from bench.synthetic import letters  # noqa: E402
from tests.waiting import until  # noqa: E402

WANTED = {"dovecot": 50, "large": 2.0, "import": 1.35, "inbox": 1.5}
RARE = "zucchini"
ASKED = {"rare": RARE, "common": "ketchup", "two syllables": "회의"}
EVERY = 5_000  # letters, of which one has the rare word
SLIM = 0.05
ROUNDS = 60


def made(number: int, seed: int = 7) -> list[bytes]:
    """Letters, every so many of them with the rare word."""
    some = letters(number, seed=seed, slim=SLIM)
    return [raw.replace(b"Subject: ", f"Subject: {RARE} ".encode(), 1) if not at % EVERY else raw for at, raw in enumerate(some)]


def settle() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


# --- Beside Dovecot ---------------------------------------------------------------------------------------------------


def letters_of_both(dovecot: Any, number: int) -> Person:
    """A person whose letters lie here and with Dovecot."""
    person = Person(dovecot.newcomer())
    if not person.has_letters:
        dovecot.fill(person.mailbox.address, _into_both(person, number))
        settle()
    return person


def beside_dovecot(dovecot: Any, person: Person, number: int) -> dict[str, Any]:
    who = person.mailbox.address
    line = imaplib.IMAP4("127.0.0.1", dovecot.imap)
    line.login(who, dovecot.users[who])
    line.select("INBOX", readonly=True)
    found: dict[str, Any] = {"letters": number}
    for name, word in ASKED.items():
        theirs = timed(partial(_imap_search, line, word), 3)
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
    WITH letter AS (
        SELECT row_number() OVER (ORDER BY entry.message_id) AS number, subject, snippet, text, tsv, %(now)s::timestamptz
            - (row_number() OVER (ORDER BY entry.message_id) + %(above)s) * %(step)s * interval '1 minute' AS at
        FROM mailbox_searchentry AS entry JOIN mailbox_message AS message ON message.id = entry.message_id
        WHERE entry.mailbox_id = %(source)s LIMIT %(count)s
    ), thread AS (
        INSERT INTO mailbox_thread (mailbox_id, base_subject, count, last_at)
        SELECT %(mailbox)s, number, 1, at FROM letter RETURNING id, last_at, base_subject::int AS number
    ), message AS (
        INSERT INTO mailbox_message (mailbox_id, thread_id, identity, message_id, subject, from_name, from_address, to_preview,
            addressees, internal_date, size, snippet, has_attachments, damaged, reader_version, remote)
        SELECT %(mailbox)s, id, int8send(id), id || '@x', subject, 'Bob', 'bob@hamburger.edu', '', '[]', at, 9000,
            snippet, false, false, 1, false
        FROM thread JOIN letter USING (number) RETURNING id, thread_id, internal_date, subject, snippet
    ), placement AS (
        INSERT INTO mailbox_placement (message_id, folder_id, uidvalidity, uid, flags, keywords, server_flags, server_keywords,
            modseq, sort_at)
        SELECT id, %(folder)s, 1, id, 1, '{}', 1, '{}', 0, internal_date FROM message
    ), place AS (
        INSERT INTO mailbox_threadfolder
            (thread_id, folder_id, last_at, count, unread, flagged, has_attachments, people, subject, snippet)
        SELECT thread_id, %(folder)s, internal_date, 1, 0, 0, false, '[["Bob", "bob@hamburger.edu"]]', subject, snippet
        FROM message
    )
    INSERT INTO mailbox_searchentry (message_id, mailbox_id, sort_at, text, tsv)
    SELECT message.id, %(mailbox)s, at, replace(text, %(rare)s, %(instead)s),
        ts_delete(tsv, ARRAY(SELECT word FROM unnest(tsvector_to_array(tsv)) AS word
            WHERE word LIKE '@%%' OR word IN (%(rare)s, 'subject=' || %(rare)s)))
        || array_to_tsvector(ARRAY['@' || %(mailbox)s, to_char(at AT TIME ZONE 'UTC', '"@%(mailbox)s/"YYYY'),
            to_char(at AT TIME ZONE 'UTC', '"@%(mailbox)s/"YYYY-MM'), 'w' || number %% 997, 'w' || message.id %% 49999])
    FROM message JOIN thread ON thread.id = thread_id JOIN letter USING (number)
"""
YEARS = 10
LARGE = "large@crepes.fr"


def make_others(small: Person, letters: int, large: int, others: int) -> None:
    """A mailbox of `large` letters and others of `others`, beside the one that is there."""
    from django.db import connection

    people = {Person(LARGE): large, Person("other1@crepes.fr"): others // 2, Person("other2@crepes.fr"): others // 2}
    if all(person.has_letters for person in people):
        return
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # foreign keys that were just made need no look
        cursor.execute("DROP INDEX search_words")  # made anew at the end, at a tenth of the cost
        for person, count in people.items():
            fill(person, count, small, letters)
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute("CREATE INDEX search_words ON mailbox_searchentry USING gin (tsv) WITH (gin_pending_list_limit = 1024)")
    settle()


def beside_large(small: Person, given: argparse.Namespace) -> dict[str, Any]:
    """In one house, so both are among the others."""
    people = {"small": small, "large": Person(LARGE)}
    found: dict[str, Any] = {"small": given.letters, "large": given.large, "others": given.others}
    for name, word in ASKED.items():
        times = {size: timed(partial(person.search, word), 15) for size, person in people.items()}
        rows = {size: person.search(word) for size, person in people.items()}
        found[name] = {**times, "ratio": times["large"] / times["small"], "rows": rows}
    return found


def fill(person: Person, count: int, source: Person, of_source: int) -> None:
    """So many letters of the last ten years, copies of those of `source`; as many have the rare word, however many there are."""
    from django.db import connection

    given = {
        "mailbox": person.mailbox.pk,
        "folder": person.inbox.pk,
        "source": source.mailbox.pk,
        "now": NOW,
        "instead": "squash",
    }
    for above in range(0, count, of_source):
        number, rare = min(of_source, count - above), RARE if above else "no such word"
        some = {"above": above, "count": number, "step": YEARS * 525_600 / count, "rare": rare}
        with connection.cursor() as cursor:
            cursor.execute(FILL, given | some)
        print(f"  {above + number:,} letters of {person.mailbox}", flush=True)


# --- What the index costs ---------------------------------------------------------------------------------------------


def of_import(number: int, rounds: int = 3) -> dict[str, Any]:
    """The import of the same letters with and without the index, in turns."""
    from mailbox.reading.findable import Findable

    raws = letters(number, slim=0.28)
    times: dict[str, list[float]] = {"with": [], "without": []}
    nothing = Findable("", b"")
    for turn in range(rounds):
        for name, measured in times.items():
            person = Person(f"{name}{turn}@crepes.fr")
            began = time.perf_counter()
            if name == "with":
                person.take(raws)
            else:
                with patch("mailbox.reading.meaning.findable", return_value=nothing), patch("mailbox.index.write"):
                    person.take(raws)
            measured.append(time.perf_counter() - began)
    best = {name: min(measured) for name, measured in times.items()}
    return {"letters": number, **best, "ratio": best["with"] / best["without"]}


def of_inbox(number: int) -> dict[str, float]:
    """The first page of somebody's inbox alone, and while another process imports into another mailbox of the house."""
    reader, writer, raws = Person("reader@crepes.fr"), Person("writer@crepes.fr"), letters(number, slim=0.28)
    reader.take(raws[:WINDOW])
    alone = timed(reader.open_inbox, ROUNDS)
    hang_up()
    child = os.fork()
    if not child:
        with suppress(BaseException):
            writer.take(raws)
        os._exit(0)
    until(lambda: writer.has_letters)
    beside = timed(reader.open_inbox, ROUNDS)
    assert not os.waitpid(child, os.WNOHANG)[0], "The import ended before the measurement: ask for more letters."
    os.waitpid(child, 0)
    return {"alone": alone, "beside": beside, "ratio": beside / alone}


def of_letters(dovecot: Any, given: argparse.Namespace) -> dict[str, Any]:
    person = letters_of_both(dovecot, given.letters)
    report = {} if given.make else {"dovecot": beside_dovecot(dovecot, person, given.letters)}
    if given.large:
        make_others(person, given.letters, given.large, given.others)
        report |= {} if given.make else {"large": beside_large(person, given)}
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=100_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--others", type=int, default=2_000_000)
    parser.add_argument("--import", type=int, default=5_000, dest="imported")
    parser.add_argument("--at", type=Path)
    parser.add_argument("--make", action="store_true")
    given = parser.parse_args()
    report: dict[str, Any] = {"wanted": WANTED}
    with standing(given.at) as (dovecot, _):
        prepare()
        if given.imported and not given.make:
            report["import"] = of_import(given.imported)
            report["inbox"] = of_inbox(given.imported)
        if given.letters:
            report |= of_letters(dovecot, given)
    print(json.dumps(report, indent=1, ensure_ascii=False))
    (ROOT / "bench" / "results").mkdir(exist_ok=True)
    (ROOT / "bench" / "results" / "search.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
