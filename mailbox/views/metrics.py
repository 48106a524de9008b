"""For machines that look after machines: the figures of the traffic, to the networks that METRICS_ALLOW names."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.audit import address_of
from mailbox.housekeeping import metrics


@require_safe
@never_cache
def figures(request: HttpRequest) -> HttpResponse:
    """To everybody else it is not there."""
    if not allowed(address_of(request)):
        raise Http404
    return HttpResponse(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def allowed(address: str | None) -> bool:
    if not address:
        return False
    asker = ip_address(address)
    return any(is_in(asker, network) for network in settings.METRICS_ALLOW)


def is_in(asker: IPv4Address | IPv6Address, network: str) -> bool:
    """What is no network lets nobody in; the doctor names it."""
    try:
        return asker in ip_network(network, strict=False)
    except ValueError:
        return False
