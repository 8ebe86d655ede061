"""Addresses of the governance floor."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
