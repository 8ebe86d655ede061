"""Subscribing a system's tracker to our webhook address, with the secret kept where the web process can verify."""

import secrets

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from governance.register.models import Credential, System
from governance.register.places import webhook_place
from portal.access import rls
from portal.core.errors import BadInput
from portal.core.secrets import box, unbox
from sync.connectors.base import Connector, Subscriber
from sync.flow.signing import path_of


def address_of(system: System) -> str:
    """Where a system's tracker posts its webhooks."""
    return settings.SITE_URL + reverse("webhook", args=[path_of(system.company_id, system.pk)])


def subscribe(system: System, tracker: Connector) -> str:
    """Ask the tracker for webhooks and keep the secret that signs them; returns a sentence for the page.

    1. offer a fresh secret; 2. the tracker takes it or gives its own; 3. the one before stays valid beside it,
    because deliveries signed with it may still be under way.
    """
    if not isinstance(tracker, Subscriber):
        raise BadInput("This kind of tracker sends no webhooks. Polling finds its changes.")
    made = tracker.subscribe(address_of(system), secrets.token_urlsafe(32))
    place = webhook_place(company=system.company_id, system=system.uid)
    with transaction.atomic():
        rls.enter([system.company_id], role=rls.WORKER)
        row = Credential.objects.select_for_update().get(system=system)
        known = bytes(row.boxed)
        if not known or unbox(known, keys=settings.HOOK_KEYS, place=place).decode() != made:
            row.boxed_previous, row.boxed = known, box(made.encode(), keys=settings.HOOK_KEYS, place=place)
            row.save(update_fields=["boxed", "boxed_previous", "changed"])
    return "The tracker tells us of changes at once; polling goes on under it."
