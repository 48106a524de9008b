"""The panel's overview and queue pages in a small house and in a large one: server time, in one run.

    python bench/bench_panel.py [--mailboxes 100 10000] [--history 1000 1000000] [--rounds 30]

Each house has a database of its own (made and dropped here, on the server of DATABASE_URL or an embedded one): so many
mailboxes, so many recipients whose letters have long arrived, two hundred that wait. Requests go through Django's whole
stack in this process; what counts is the ratio to the first house. The clock's own work, a row an hour, is measured beside.
"""

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "bench"))

from bench_pages import close, database, prepare  # noqa: E402 the path comes first

WANTED = 1.5  # times the small house
PAGES = {"overview": "/panel/", "queue": "/panel/queue/", "failed": "/panel/queue/?show=failed", "mailboxes": "/panel/mailboxes/"}
WAITING = 200
FILL = (
    """
    INSERT INTO mailbox_mailbox (address, incoming, outgoing, secret, profile, state, trouble, failures, lease_token, watcher,
        created_at, letters, stored, last_good_pass {columns})
    SELECT 'person' || n || '@d' || n %% 20 || '.example', 'imaps://u' || n || '@imap.invalid:993', 'direct:', '', '',
        CASE WHEN n %% 50 = 0 THEN 'sign_in' ELSE 'ok' END, '', 0, 0, '', now(), 1000, 50000000, now() {values}
    FROM generate_series(1, %(mailboxes)s) AS n
    """,
    """
    INSERT INTO mailbox_outgoing (mailbox_id, key, message_id, subject, return_path, data, bcc, size, not_before, expires_at,
        held_with, created_at {columns})
    SELECT (SELECT min(id) FROM mailbox_mailbox) + n %% %(mailboxes)s, n, '<' || n || '@d.example>', 'Subject', 'a@d.example', '',
        '', 5000, now() - n * interval '20 seconds', now(), '', now() - n * interval '20 seconds' {values}
    FROM generate_series(1, %(history)s) AS n
    """,
    """
    INSERT INTO mailbox_recipient (outgoing_id, address, name, kind, state, attempts, next_at, host, enhanced, reply, trouble,
        stopped, done_at {columns})
    SELECT id, 'to' || id || '@site' || id %% 300 || '.example', '', 'to',
        CASE WHEN number <= %(waiting)s THEN 'deferred' WHEN number %% 200 = 0 THEN 'failed' ELSE 'sent' END, 1,
        now() + interval '1 hour', 'mx.site' || id %% 300 || '.example', '', '250 ok', '', false,
        CASE WHEN number <= %(waiting)s THEN NULL ELSE not_before END {values}
    FROM (SELECT id, not_before, row_number() OVER (ORDER BY id) AS number FROM mailbox_outgoing) AS letters
    """,
)


def fill(mailboxes: int, history: int) -> None:
    """Rows that other columns of the tables get their defaults for are filled as Django would."""
    from django.db import connection

    from mailbox.models import Mailbox, Outgoing, Recipient

    facts = {"mailboxes": mailboxes, "history": history, "waiting": WAITING}
    with connection.cursor() as cursor:
        for model, statement in zip((Mailbox, Outgoing, Recipient), FILL, strict=True):
            columns, values = others(model, statement)
            cursor.execute(statement.format(columns=columns, values=values), facts)
        cursor.execute("VACUUM ANALYZE")


def others(model: type, statement: str) -> tuple[str, str]:
    """The columns that the statement does not name and that may not be null, with their defaults."""
    from django.db import models

    named = statement[statement.index("(") : statement.index("{columns}")]
    known, found = set(named.replace("(", " ").replace(",", " ").split()), []
    for field in model._meta.concrete_fields:  # type: ignore[attr-defined]
        if field.primary_key or field.null or isinstance(field, models.GeneratedField) or field.column in known:
            continue
        found.append((field.column, literal(field.get_default())))
    return "".join(f", {column}" for column, _ in found), "".join(f", {value}" for _, value in found)


def literal(value: object) -> str:
    if isinstance(value, bool | int | float):
        return str(value).lower()
    return f"'{json.dumps(value)}'" if isinstance(value, list | dict) else f"'{'' if value in (b'', '') else value}'"


def visit(rounds: int) -> dict[str, float]:
    """Milliseconds of each page, the median."""
    from allauth.mfa.models import Authenticator
    from django.test import Client

    from accounts.models import User

    user = User.objects.create_superuser("operator@d.example")
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Key", "credential": {}})
    client, times = Client(), {name: [] for name in PAGES}
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    for number in range(rounds + 5):
        for name, url in PAGES.items():
            began = time.perf_counter()
            answer = client.get(url)
            assert answer.status_code == 200, answer
            if number >= 5:
                times[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(found) for name, found in times.items()}


def count() -> float:
    """Milliseconds that the clock takes for its rows, the second time."""
    from mailbox.housekeeping import figures

    figures.count()
    began = time.perf_counter()
    figures.count()
    return (time.perf_counter() - began) * 1000


def measure(mailboxes: int, history: int, rounds: int) -> dict[str, object]:
    """In a process of its own, because Django knows one database."""
    with database():
        prepare()
        fill(mailboxes, history)
        clock = count()
        found = {"mailboxes": mailboxes, "history": history, "clock_ms": clock, "ms": visit(rounds)}
        close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mailboxes", type=int, nargs="+", default=[100, 10_000])
    parser.add_argument("--history", type=int, nargs="+", default=[1_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--house", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.house is not None:
        print(json.dumps(measure(given.mailboxes[given.house], given.history[given.house], given.rounds)))
        return
    houses = [child(number) for number in range(len(given.mailboxes))]
    for house in houses:
        house["ratio"] = {name: round(ms / houses[0]["ms"][name], 2) for name, ms in house["ms"].items()}
    show(houses)
    (ROOT / "bench" / "results").mkdir(exist_ok=True)
    (ROOT / "bench" / "results" / "panel.json").write_text(json.dumps({"wanted": WANTED, "houses": houses}, indent=1) + "\n")


def child(number: int) -> dict[str, dict[str, float]]:
    import subprocess

    command = [sys.executable, __file__, *sys.argv[1:], "--house", str(number)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=dict(os.environ))
    return json.loads(done.stdout.strip().splitlines()[-1])


def show(houses: list[dict[str, dict[str, float]]]) -> None:
    heads = "".join(f"{name:>18}" for name in PAGES)
    print(f"{'mailboxes':>10} {'recipients':>11} {heads}{'clock':>12}   (wanted: {WANTED})")
    for house in houses:
        pages = "".join(f"{house['ms'][name]:>9.1f} ms {house['ratio'][name]:>5.2f}" for name in PAGES)
        print(f"{house['mailboxes']:>10,} {house['history']:>11,} {pages} {house['clock_ms']:>9.0f} ms")


if __name__ == "__main__":
    main()
