"""Addresses of the sync floor."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
