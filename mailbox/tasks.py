"""The Celery door: take an id, call one function. Every task may run twice and carries nothing secret."""

from celery import shared_task
from celery.signals import worker_shutting_down

from accounts import expiry
from mailbox import heartbeat
from mailbox.housekeeping import figures, homes, sifting, usage
from mailbox.outbox import filed, relay, uploads, ways
from mailbox.sync import bulk, connecting, keeping, leaving, mirror, pictures, probes, push, reconciling, snoozing


@shared_task(name="relay.deliver")
def deliver(outgoing_id: int) -> None:
    relay.deliver(outgoing_id)


@shared_task(name="relay.due")
def deliver_due() -> None:
    relay.deliver_due()


@shared_task(name="relay.sweep")
def sweep() -> None:
    relay.sweep()


@worker_shutting_down.connect
def stop_claiming(**_signal: object) -> None:
    relay.stop()
    keeping.KEPT.end()


@shared_task(name="mirror.bring_up")
def bring_up(mailbox_id: int) -> None:
    mirror.bring_up(mailbox_id)


@shared_task(name="mirror.due")
def bring_up_due() -> None:
    mirror.bring_up_due()


@shared_task(name="mirror.push")
def push_changes(mailbox_id: int) -> None:
    push.push_changes(mailbox_id)


@shared_task(name="mirror.file")
def file_copies(mailbox_id: int) -> None:
    filed.file_due(mailbox_id)


@shared_task(name="mirror.fetch")
def fetch_wanted(mailbox_id: int) -> None:
    mirror.fetch_wanted(mailbox_id)


@shared_task(name="mirror.probe")
def probe(probe_id: int) -> None:
    probes.answer(probe_id)


@shared_task(name="mirror.pictures")
def fetch_pictures(message_id: int) -> None:
    pictures.fetch(message_id)


@shared_task(name="mirror.leave")
def leave_list(message_id: int) -> None:
    leaving.say(message_id)


@shared_task(name="mirror.sweep")
def sweep_wishes() -> None:
    pictures.sweep()
    leaving.sweep()


@shared_task(name="mirror.wake")
def wake_due() -> None:
    snoozing.wake_due()
    bulk.ring_for_all()


@shared_task(name="mirror.sift")
def sift(mailbox_id: int) -> None:
    sifting.sift(mailbox_id)


@shared_task(name="mirror.bulk")
def carry_on(bulk_id: int) -> None:
    bulk.carry_on(bulk_id)


@shared_task(name="mirror.reconcile")
def reconcile() -> None:
    reconciling.reconcile_due()


@shared_task(name="mirror.clear")
def clear() -> None:
    homes.remove_due()
    connecting.clear()
    uploads.clear_sent()


@shared_task(name="mirror.domains")
def check_domains() -> None:
    ways.keep_up()


@shared_task(name="mirror.tally")
def tally() -> None:
    figures.count()
    usage.count()


@shared_task(name="mirror.expire")
def clear_expired() -> None:
    expiry.clear()


@shared_task(name="relay.pulse")
def relay_pulse() -> None:
    heartbeat.beat("relay")


@shared_task(name="mirror.pulse")
def mirror_pulse() -> None:
    heartbeat.beat("mirror")
