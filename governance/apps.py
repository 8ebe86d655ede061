"""The governance floor as a Django app."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """What the companies agreed."""

    name = "governance"
    verbose_name = "Governance"

    def ready(self) -> None:
        """Fill the portal's registries."""
        from governance.accessmatrix import front as accessmatrix  # noqa: PLC0415
        from governance.agreements import front as agreements  # noqa: PLC0415
        from governance.landscape import front as landscape  # noqa: PLC0415
        from governance.raci import front as raci  # noqa: PLC0415
        from governance.register import front  # noqa: PLC0415 - models load after apps
        from governance.rehearsals import front as rehearsals  # noqa: PLC0415

        front.register_all()
        raci.register_all()
        landscape.register_all()
        agreements.register_all()
        accessmatrix.register_all()
        rehearsals.register_all()
