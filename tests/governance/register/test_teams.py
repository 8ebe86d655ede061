"""Teams."""

import pytest

from governance.register.models import Team
from governance.register.services.teams import TeamDraft, add_team, change_team, dissolve_team
from portal.core.errors import BadInput, Denied, Stale
from tests.characters import Character, as_subject
from tests.governance.deeds import verbs


def test_who_leads_a_team_is_a_member(ada: Character, cleo: Character, vic: Character) -> None:
    with as_subject(ada.subject) as by:
        team = add_team(by=by, draft=TeamDraft("Desk", cleo.person, [vic.person], "Line 7, day and night"))
    assert set(team.members.all()) == {cleo.person, vic.person}
    assert verbs(ada.company) == ["add"]


def test_a_team_is_its_own_companys_alone(ada: Character, ben: Character) -> None:
    with as_subject(ada.subject) as by:
        team = add_team(by=by, draft=TeamDraft("Desk", ada.person))
        with pytest.raises(BadInput) as caught:
            add_team(by=by, draft=TeamDraft("desk two", ben.person, [ben.person]))
        assert set(caught.value.fields) == {"lead", "members"}
    with as_subject(ben.subject) as by:
        assert not Team.objects.exists()
        assert not Team.members.through.objects.exists()
        with pytest.raises(Denied):
            change_team(by=by, team=team, draft=TeamDraft("Mine"), version=1)


def test_two_teams_of_one_name_and_a_nameless_one_are_refused(ada: Character) -> None:
    with as_subject(ada.subject) as by:
        add_team(by=by, draft=TeamDraft("Desk"))
        for name in ("Desk", " "):
            with pytest.raises(BadInput) as caught:
                add_team(by=by, draft=TeamDraft(name))
            assert set(caught.value.fields) == {"name"}


def test_the_second_editor_of_a_team_is_told(ada: Character, cleo: Character) -> None:
    with as_subject(ada.subject) as by:
        team = add_team(by=by, draft=TeamDraft("Desk"))
        change_team(by=by, team=team, draft=TeamDraft("Help desk"), version=1)
        with pytest.raises(Stale):
            change_team(by=by, team=team, draft=TeamDraft("Front desk"), version=1)


def test_a_viewer_changes_no_team(ada: Character, vic: Character) -> None:
    with as_subject(ada.subject) as by:
        team = add_team(by=by, draft=TeamDraft("Desk"))
    with as_subject(vic.subject) as by, pytest.raises(Denied):
        dissolve_team(by=by, team=team)


def test_a_dissolved_team_is_gone_and_its_people_stay(ada: Character, cleo: Character) -> None:
    with as_subject(ada.subject) as by:
        team = add_team(by=by, draft=TeamDraft("Desk", cleo.person))
        dissolve_team(by=by, team=team)
    assert not Team.objects.exists()
    assert verbs(ada.company) == ["add", "dissolve"]
