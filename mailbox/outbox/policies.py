"""What the addressee's domain demands by MTA-STS, asked for before the talk and remembered for as long as it said."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from mailbox.models import StsPolicy
from mailbox.outbox.rules import Rules
from mailbox.smtp import sts
from mailbox.smtp.names import Names
from mailbox.smtp.sts import Policy
from mailbox.wire import Guard, TryLater, WireError

AGAIN = timedelta(minutes=5)  # after a fetch that failed (RFC 8461 section 3.3)


def of(domain: str, names: Names, guard: Guard, rules: Rules) -> Policy | None:
    """The policy in force, or None. What is known holds until it expires, whether or not it can be fetched anew: else who
    can cut the line to it could take it away (section 5.1)."""
    row = StsPolicy.objects.filter(domain=domain).first()
    try:
        policy_id = sts.announced(domain, names)
    except TryLater:
        policy_id = ""
    now = timezone.now()
    stale = row is None or row.policy_id != policy_id or row.expires_at is None or row.expires_at <= now
    if policy_id and stale and (row is None or row.tried_at <= now - AGAIN or row.tried_id != policy_id):
        row = _fetch(domain, policy_id, guard, rules)
    if row is None or row.expires_at is None or row.expires_at <= now:
        return None
    return Policy(row.mode, tuple(row.hosts))


def clear() -> None:
    """Forget what nobody may go by any more."""
    now = timezone.now()
    over = Q(expires_at__lt=now) | Q(expires_at=None)
    StsPolicy.objects.filter(over, tried_at__lt=now - AGAIN).delete()


def _fetch(domain: str, policy_id: str, guard: Guard, rules: Rules) -> StsPolicy:
    """The row after asking; without an answer only the time of asking is new."""
    facts: dict[str, object] = {"tried_at": timezone.now(), "tried_id": policy_id}
    try:
        policy = sts.fetch(domain, guard, port=rules.https_port, trust=rules.trust)
    except WireError:
        return StsPolicy.objects.update_or_create(domain=domain, defaults=facts)[0]
    facts |= {"policy_id": policy_id, "mode": policy.mode, "hosts": list(policy.hosts)}
    facts["expires_at"] = timezone.now() + timedelta(seconds=policy.max_age)
    return StsPolicy.objects.update_or_create(domain=domain, defaults=facts)[0]
