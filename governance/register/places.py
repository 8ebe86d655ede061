"""Where a secret belongs: the text bound to its ciphertext, so that a copy in another row does not open."""

from uuid import UUID


def credential_place(*, company: int, system: UUID, version: int) -> str:
    """The place of one version of a system's credential."""
    return f"company:{company}|system:{system}|v{version}"


def webhook_place(*, company: int, system: UUID) -> str:
    """The place of a system's webhook keys; the same for the present and the previous one."""
    return f"company:{company}|system:{system}|webhook"


def visit_place(*, company: int, system: UUID) -> str:
    """The place of the code that a person brought back from a sign-in at the system."""
    return f"company:{company}|system:{system}|visit"
