"""The addresses of the mail."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
