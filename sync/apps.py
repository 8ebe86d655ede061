"""The sync floor as a Django app."""

from functools import partial

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """What moves between trackers."""

    name = "sync"
    verbose_name = "Sync"

    def ready(self) -> None:
        """Tell the register and the portal what this floor does for them."""
        from governance.landscape import ports as landscape  # noqa: PLC0415 - models load after apps
        from governance.register.ports import provide  # noqa: PLC0415
        from governance.terms import ports as terms  # noqa: PLC0415
        from portal.ui.health import register_check  # noqa: PLC0415
        from portal.ui.listing.declare import register_listing  # noqa: PLC0415
        from sync.flow import front, pulse  # noqa: PLC0415
        from sync.flow.governed import Governed  # noqa: PLC0415
        from sync.flow.selectors.disclosed import Disclosing  # noqa: PLC0415
        from sync.flow.vitals import Measuring  # noqa: PLC0415
        from sync.oversight.listing import OVERSEEN  # noqa: PLC0415
        from sync.triage import telling  # noqa: PLC0415

        provide(Governed)
        landscape.provide(Measuring)
        terms.provide(Disclosing)
        for name in (pulse.WORKER, pulse.SWEEP, pulse.SYSTEMS):
            register_check(name, partial(pulse.trouble, name))
        front.register_all()
        telling.register_all()
        register_listing(OVERSEEN)
