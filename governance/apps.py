"""The governance floor as a Django app."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """What the companies agreed."""

    name = "governance"
    verbose_name = "Governance"

    def ready(self) -> None:
        """Tell the portal who belongs to which company, and what to call it."""
        from governance.register import front  # noqa: PLC0415 - models load after apps
        from governance.register.selectors import faces, memberships  # noqa: PLC0415 - models load after apps
        from portal.access.subject import register_memberships  # noqa: PLC0415
        from portal.ui.faces import register_faces  # noqa: PLC0415

        register_memberships(memberships)
        register_faces(faces)
        front.register_all()
