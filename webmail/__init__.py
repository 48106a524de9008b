"""The building: wiring only. Nobody imports it; Django and Celery find it by name."""

from webmail.celery import app as celery_app

__all__ = ["celery_app"]
