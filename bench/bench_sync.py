"""The mirror beside mbsync: both pull the same mailbox from the same Dovecot, in turns, into an empty store.

    python bench/bench_sync.py [--letters 10000] [--rounds 3] [--no-peers]

Runs as root on Debian with dovecot-imapd and isync. Ours writes into an embedded PostgreSQL with its usual fsync: parsed,
joined to conversations, committed. mbsync writes a Maildir, once with its defaults (fsync) and once with `FSync no`.
After the import: a pass with nothing changed, and one with 100 flags changed and 100 new letters. What arrived is counted.
Ours keeps its signed-in line for two minutes, as for anybody who is here, so a pass that follows another signs in no more;
"anew" is a pass with nothing new whose line was closed before. mbsync is a program that signs in each time it is run.
"Knocking" is what a pass without a line cannot do without: to sign in, to ask for the list of folders with their figures, and
to go.
At the end ours alone lists everything once more by the headers, as it does where many letters wait.
"""

import argparse
import json
import random
import shutil
import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.mbsync import Mbsync  # noqa: E402 the root comes first, because the standard library has a mailbox too
from bench.standing import standing  # noqa: E402
from bench.synthetic import letters  # noqa: E402
from tests.daemons import need  # noqa: E402
from tests.dovecot import Dovecot  # noqa: E402

SHARES = {"INBOX": 0.7, "Archive": 0.15, "Sent": 0.1, "Trash": 0.03, "Junk": 0.02}
SLIM = 0.28  # of the usual length: 19 KB on average
BATCH = 500  # letters made at once
VISIBLE = 200  # letters of the inbox that should be readable at once
SETTLE = 2.2  # mbsync waits a second when a Maildir changed within the last one: that is not its work
CHANGED = 100
WANTED = {"import": 1.0, "nothing": 3.0, "changed": 1.0}


class Ours:
    """The mirror's own passes, in this process."""

    def __init__(self, dovecot: Dovecot, user: str) -> None:
        from accounts.models import User
        from mailbox.models import Access, Mailbox

        incoming = str(dovecot.endpoint("imap+plain", user))
        self.mailbox = Mailbox.objects.create(address=user, incoming=incoming, outgoing="direct:")
        self.mailbox.set_password(dovecot.users[user])
        self.mailbox.save(update_fields=["secret"])
        Access.objects.create(mailbox=self.mailbox, user=User.objects.create_user(f"{self.mailbox.pk}@crepes.fr"))

    def run(self, *, state: str = "ok") -> float:
        from mailbox.sync import mirror

        began = time.process_time()
        while mirror.bring_up(self.mailbox.pk):
            pass
        self.mailbox.refresh_from_db()
        assert self.mailbox.state == state, self.mailbox.trouble
        return time.process_time() - began

    def count(self) -> int:
        from mailbox.models import Placement

        return Placement.objects.filter(folder__mailbox=self.mailbox, message__reader_version__gt=0, gone_at=None).count()

    def run_by_header(self) -> float:
        """As for a mailbox that is kept at a depth; the bytes do not come."""
        type(self.mailbox).objects.filter(pk=self.mailbox.pk).update(depth_months=1)
        with patch("mailbox.sync.filling.fill"):
            return self.run(state="importing")

    def run_anew(self) -> float:
        from mailbox.sync.keeping import KEPT

        KEPT.clear()
        return self.run()

    def knock(self) -> float:
        from django.conf import settings

        from mailbox.imap.client import ImapClient
        from mailbox.wire import Guard

        began, endpoint = time.process_time(), self.mailbox.incoming_endpoint
        with ImapClient.connect(endpoint, self.mailbox.credentials(endpoint), Guard(tuple(settings.ALLOW_PRIVATE_HOSTS))) as line:
            line.list_with_figures()
        return time.process_time() - began

    def listed(self) -> int:
        from mailbox.models import Folder

        return sum(Folder.objects.filter(mailbox=self.mailbox).values_list("live", flat=True))

    def readable(self) -> int:
        """Of the inbox."""
        from mailbox.models import Placement

        places = Placement.objects.filter(folder__mailbox=self.mailbox, folder__role="inbox", message__reader_version__gt=0)
        return len(places.values_list("pk")[:VISIBLE])

    def drop(self) -> None:
        from mailbox.models import Message, Thread

        Message.objects.filter(mailbox=self.mailbox).delete()
        Thread.objects.filter(mailbox=self.mailbox).delete()
        self.mailbox.delete()


class Clock:
    """When an import reached what, looked at from another thread."""

    def __init__(self, ours: Ours, number: int) -> None:
        self.marks: dict[str, float] = {}
        self._goals: dict[str, Callable[[], bool]] = {
            "newest readable": lambda: ours.readable() >= min(VISIBLE, int(number * SHARES["INBOX"])),
        }
        self._began, self._over = time.monotonic(), False
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        for name, reached in self._goals.items():
            while not reached() and not self._over:
                time.sleep(0.05)
            self.marks[name] = time.monotonic() - self._began

    def stop(self) -> dict[str, float]:
        self._over = True
        self._thread.join()
        return self.marks


def fill(dovecot: Dovecot, user: str, number: int) -> int:
    octets = 0
    for seed, (name, share) in enumerate(SHARES.items()):
        count = int(number * share)
        made = (
            raw
            for start in range(0, count, BATCH)
            for raw in letters(min(BATCH, count - start), seed=seed * 100_000 + start, slim=SLIM)
        )
        octets += dovecot.fill(user, made, folder=name)
    return octets


def disturb(dovecot: Dovecot, user: str, seed: int) -> None:
    """A hundred letters are flagged, a hundred come."""
    import imaplib

    with imaplib.IMAP4("127.0.0.1", dovecot.imap) as line:
        line.login(user, dovecot.users[user])
        line.select("INBOX")
        uids = line.uid("SEARCH", "ALL")[1][0].split()
        picked = b",".join(random.Random(seed).sample(uids, CHANGED)).decode()
        line.uid("STORE", picked, "+FLAGS.SILENT" if seed % 2 else "-FLAGS.SILENT", "(\\Flagged)")
        for raw in letters(CHANGED, seed=9_000_000 + seed, slim=SLIM):
            line.append("INBOX", None, None, raw)


def timed(run: Callable[[], float]) -> dict[str, float]:
    began = time.monotonic()
    cpu = run()
    return {"seconds": time.monotonic() - began, "cpu": cpu}


def one_round(dovecot: Dovecot, store: Path, user: str, number: int, turn: int, peers: bool) -> dict[str, Any]:
    """Every peer does the same thing before the next thing is done."""
    ours = Ours(dovecot, user)
    here: dict[str, Any] = {"ours": ours}
    if peers:
        here |= {
            "mbsync": Mbsync(dovecot, user, store, fsync=True),
            "mbsync, FSync no": Mbsync(dovecot, user, store, fsync=False),
        }
    found: dict[str, Any] = {name: {} for name in here}
    there = number + CHANGED * turn
    for what in ("import", "nothing", "changed"):
        if what == "changed":
            disturb(dovecot, user, turn)
            there += CHANGED
        time.sleep(SETTLE)
        for name, one in here.items():
            clock = Clock(ours, number) if one is ours and what == "import" else None
            found[name][what] = timed(one.run)
            found[name] |= clock.stop() if clock else {}
            assert one.count() == there, (name, what, one.count(), there)
        if what == "nothing":
            found["ours"]["knocking"] = timed(ours.knock)
            found["ours"]["anew"] = timed(ours.run_anew)
    ours.drop()
    lister = Ours(dovecot, user)
    found["ours"]["headers"] = timed(lister.run_by_header)
    assert lister.listed() == there
    lister.drop()
    for path in store.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return found


def median_of(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    def middle(pick: Callable[[dict[str, Any]], float]) -> float:
        return round(statistics.median(map(pick, rounds)), 3)

    found: dict[str, Any] = {}
    for name, first in rounds[0].items():
        found[name] = {
            what: {kind: middle(lambda one, n=name, w=what, k=kind: one[n][w][k]) for kind in figures}
            if isinstance(figures, dict)
            else middle(lambda one, n=name, w=what: one[n][w])
            for what, figures in first.items()
        }
    return found


def show(found: dict[str, Any]) -> None:
    number, people = found["letters"], found["peers"]
    print(f"{number} letters, {found['octets'] >> 20} MB, {len(SHARES)} folders; median of {found['rounds']}")
    print(f"{'':18}{'import s':>10}{'letters/s':>11}{'cpu s':>8}{'nothing new s':>15}{'100 + 100 s':>13}")
    for name, one in people.items():
        seconds = one["import"]["seconds"]
        print(
            f"{name:18}{seconds:>10.2f}{number / seconds:>11.0f}{one['import']['cpu']:>8.1f}"
            f"{one['nothing']['seconds']:>15.3f}{one['changed']['seconds']:>13.3f}"
        )
    ours = people["ours"]
    anew, knocking = ours["anew"]["seconds"], ours["knocking"]["seconds"]
    print(f"nothing new, signing in anew: {anew:.3f} s, of which knocking takes {knocking:.3f}")
    print(f"newest {VISIBLE} of the inbox readable after {ours['newest readable']:.2f} s")
    headers = ours["headers"]["seconds"]
    print(f"by their headers alone in {headers:.2f} s: {number / headers:.0f} letters/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-peers", action="store_true", help="ours alone")
    given = parser.parse_args()
    need("mbsync")
    with standing() as (dovecot, store):
        user = dovecot.newcomer()
        octets = fill(dovecot, user, given.letters)
        dovecot.doveadm("search", "-u", user, "all")  # the Maildirs are read by nobody in particular
        rounds = [one_round(dovecot, store, user, given.letters, turn, not given.no_peers) for turn in range(given.rounds)]
    found = {"letters": given.letters, "octets": octets, "rounds": given.rounds, "wanted": WANTED, "peers": median_of(rounds)}
    show(found)
    (ROOT / "bench" / "results").mkdir(exist_ok=True)
    (ROOT / "bench" / "results" / "sync.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
