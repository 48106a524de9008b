"""For machines that look after machines: the figures of the traffic, to the networks that METRICS_ALLOW names."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.audit import is_from
from mailbox.housekeeping import metrics


@require_safe
@never_cache
def figures(request: HttpRequest) -> HttpResponse:
    """To everybody else it is not there."""
    if not is_from(request, settings.METRICS_ALLOW):
        raise Http404
    return HttpResponse(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")
