"""Who a session belongs to: the user together with where they stand, in one query."""

from django.contrib.auth.backends import ModelBackend

from portal.access.models import User
from portal.access.standing import TELLING, opened

#: PostgreSQL tells the setting before it computes the columns, so the answer is this user's
SIGNED_IN = f"SELECT u.*, concord_standing(NULL) AS told FROM {TELLING}, portal_user u WHERE u.id = %s"  # noqa: S608


class Backend(ModelBackend):
    """Django's own backend, but a session's user comes with `standing`."""

    def get_user(self, user_id: int) -> User | None:
        """The user of a session, or None for one who is gone or switched off."""
        user = next(iter(User.objects.raw(SIGNED_IN, [str(user_id), user_id])), None)
        if user is None or not self.user_can_authenticate(user):
            return None
        user.standing = opened(vars(user).pop("told"))
        return user
