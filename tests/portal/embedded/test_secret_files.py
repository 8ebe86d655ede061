"""Secrets are made once and readable by their owner alone."""

from pathlib import Path

import pytest

from portal.embedded.secret_files import SecretFile, env_file, new_password, write_private


def mode(path: Path) -> int:
    """The permission bits."""
    return path.stat().st_mode & 0o777


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    first = SecretFile(tmp_path / "secrets" / "s.json").get("token", new_password)
    assert SecretFile(tmp_path / "secrets" / "s.json").get("token", new_password) == first


def test_a_later_secret_leaves_the_earlier_ones(tmp_path: Path) -> None:
    kept = SecretFile(tmp_path / "secrets" / "s.json")
    first = kept.get("a", new_password)
    kept.get("b", new_password)
    assert kept.read()["a"] == first


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    kept = SecretFile(tmp_path / "secrets" / "s.json")
    kept.get("token", new_password)
    assert (mode(kept.path), mode(kept.path.parent)) == (0o600, 0o700)


def test_a_private_file_is_private_even_where_it_was_not(tmp_path: Path) -> None:
    path = tmp_path / "demo.env"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert (mode(path), path.read_text()) == (0o600, "new")


@pytest.mark.parametrize("value", ["two words", "a'b", "$HOME", "line\nbreak", ""])
def test_what_a_shell_would_read_differently_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="would not survive"):
        env_file({"KEY": value})
