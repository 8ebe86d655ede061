"""Views, exports and imports as services: what is written, what is refused, and that nothing is half-written."""

import pytest

from governance.dictionary.listing import TERMS
from governance.dictionary.models import Term
from governance.register.listing.people import PEOPLE
from governance.register.listing.systems import SYSTEMS
from governance.register.models import Person, System
from portal.access.models import User
from portal.access.subject import Role
from portal.core.errors import BadInput, Denied, Stale
from portal.history.models import Deed
from portal.history.services import broken_at
from portal.ui.listing.declare import Listing
from portal.ui.listing.imports import typed
from portal.ui.listing.models import ImportPlan, SavedView
from portal.ui.listing.services import (
    apply_import,
    change_view,
    delete_view,
    discard_import,
    open_with,
    plan_import,
    replan_import,
    save_view,
)
from portal.ui.listing.sheets import read
from tests import factories
from tests.characters import Character, as_subject

HEAD = "Name,E-mail address,Role,Job,Stand-in\n"


def planned(who: Character, text: str, listing: Listing = PEOPLE, into: object = None) -> ImportPlan:
    """The plan that a file makes."""
    assert listing.importer is not None
    with as_subject(who.subject):
        rows, notes = typed(read(text.encode(), "file.csv"), listing.importer)
        return plan_import(
            by=who.subject, listing=listing, file="file.csv", rows=rows, notes=notes, into=into  # type: ignore[arg-type]
        )  # fmt: skip


def applied(who: Character, plan: ImportPlan, listing: Listing = PEOPLE, *, leave_out: bool = False) -> ImportPlan:
    """The plan applied."""
    with as_subject(who.subject):
        return apply_import(by=who.subject, listing=listing, plan=plan, leave_out=leave_out)


def verdicts(plan: ImportPlan) -> list[tuple[str, str]]:
    """Verdict and refused column of each row."""
    return list(plan.lines.order_by("n").values_list("verdict", "column"))


def test_a_plan_judges_each_row_and_writes_nothing(ada: Character, vic: Character) -> None:
    text = HEAD + (
        f"Vic,{vic.person.email},viewer,Steering,\n"
        "Zoë,zoe@aster.example,operator,Lead,bo@aster.example\n"
        f"{ada.person.name},{ada.person.email},administrator,,\n"
        "Bo,bo@aster.example,king,,\n"
        "Cy,not an address,viewer,,\n"
        "Di,di@aster.example,viewer,,nobody@aster.example\n"
        "Zoë again,zoe@aster.example,viewer,,\n"
    )
    plan = planned(ada, text)
    assert verdicts(plan) == [
        ("changed", ""), ("new", ""), ("same", ""), ("refused", "role"), ("refused", "email"),
        ("refused", "stand_in"), ("refused", "email"),
    ]  # fmt: skip
    first = plan.lines.get(n=2)
    assert (first.before, first.after) == ({"job": ""}, {"job": "Steering"})
    assert Person.objects.filter(company=ada.company).count() == 2


def test_applying_writes_every_good_row_with_its_history(ada: Character, vic: Character) -> None:
    text = HEAD + (
        f"Victor,{vic.person.email},operator,Steering,zoe@aster.example\nZoë,ZOE@aster.example,operator,Lead,\n"
    )
    applied(ada, planned(ada, text))
    victor, zoe = Person.objects.get(pk=vic.person.pk), Person.objects.get(email="zoe@aster.example")
    assert (victor.name, victor.role, victor.stand_in) == ("Victor", "operator", zoe)
    assert (zoe.company, zoe.user, zoe.readers) == (ada.company, None, [ada.company.pk])
    assert victor.history.count() == 2
    told = Deed.objects.filter(noun="person").order_by("n").values_list("verb", "label")
    assert list(told) == [("add", "Zoë"), ("change", "Victor")]
    assert broken_at(ada.company.pk) is None
    assert not User.objects.filter(email="zoe@aster.example").exists()


def test_refused_rows_are_left_out_only_when_that_is_chosen(ada: Character) -> None:
    plan = planned(ada, HEAD + "Zoë,zoe@aster.example,,,\nBad,bad,,,\n")
    with pytest.raises(BadInput, match="1 rows are refused"):
        applied(ada, plan)
    assert Person.objects.filter(company=ada.company).count() == 1
    applied(ada, plan, leave_out=True)
    assert Person.objects.filter(company=ada.company).count() == 2


def test_a_plan_that_the_list_has_outrun_writes_nothing_and_can_be_made_again(ada: Character, vic: Character) -> None:
    plan = planned(ada, HEAD + f"Zoë,zoe@aster.example,,,\nVic,{vic.person.email},,Steering,\n")
    Person.objects.filter(pk=vic.person.pk).update(job="Steering")
    with pytest.raises(Stale, match="the first is row 3"):
        applied(ada, plan)
    assert not Person.objects.filter(email="zoe@aster.example").exists()
    with as_subject(ada.subject):
        again = replan_import(by=ada.subject, listing=PEOPLE, plan=plan)
    assert verdicts(again) == [("new", ""), ("same", "")]
    applied(ada, again)
    assert Person.objects.filter(email="zoe@aster.example").exists()


def test_a_ring_of_stand_ins_is_refused_at_each_of_its_rows(ada: Character) -> None:
    text = HEAD + "".join(f"Person {a},{a}@x.example,,,{b}@x.example\n" for a, b in ("ab", "bc", "ca", "da"))
    plan = planned(ada, text)
    assert verdicts(plan) == [("refused", "stand_in")] * 3 + [("new", "")]
    assert "a@x.example → b@x.example → c@x.example → a@x.example" in plan.lines.get(n=2).sentence


def test_the_only_administrator_stays_one(ada: Character) -> None:
    plan = planned(ada, HEAD + f"Ada,{ada.person.email},viewer,,\n")
    assert verdicts(plan) == [("refused", "role")]


def test_a_column_that_the_file_does_not_have_stays_as_it_is(ada: Character, vic: Character) -> None:
    Person.objects.filter(pk=vic.person.pk).update(job="Lead", stand_in=ada.person)
    applied(ada, planned(ada, f"Name;E-mail address;Shoe size\nVictor;{vic.person.email};44\n"))
    victor = Person.objects.get(pk=vic.person.pk)
    assert (victor.name, victor.job, victor.stand_in) == ("Victor", "Lead", ada.person)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Name,Role\nZoë,viewer\n", "column-missing"),
        ("Name,Email,E-mail address,email\nZoë,a@b.example,c@d.example,\n", "column-twice"),
    ],
)
def test_headings_that_are_missing_or_double_are_named(text: str, code: str, ada: Character) -> None:
    with pytest.raises(BadInput) as caught:
        planned(ada, text)
    assert caught.value.code == code


def test_unknown_headings_are_left_out_and_told(ada: Character) -> None:
    plan = planned(ada, "Name,email,Shoe size\nZoë,zoe@aster.example,44\n")
    assert plan.notes == ["Left out, because this list has no such column: “Shoe size”."]


def test_who_may_not_administer_plans_no_import_of_people(cleo: Character, vic: Character, ben: Character) -> None:
    for who in (cleo, vic):
        with pytest.raises(Denied):
            planned(who, HEAD + "Zoë,zoe@aster.example,,,\n")
    assert not ImportPlan.objects.exists()


def test_a_plan_is_applied_once_and_not_after_it_was_thrown_away(ada: Character) -> None:
    plan = applied(ada, planned(ada, HEAD + "Zoë,zoe@aster.example,,,\n"))
    with pytest.raises(BadInput, match="applied already"):
        applied(ada, plan)
    other = planned(ada, HEAD + "Yu,yu@aster.example,,,\n")
    with as_subject(ada.subject):
        discard_import(by=ada.subject, plan=other)
    with pytest.raises(BadInput, match="discarded already"):
        applied(ada, other)


def test_systems_are_imported_through_their_service(ada: Character) -> None:
    factories.system(ada.company, "Desk")
    text = "Name,Product,Address,Environment,Owner\n" + (
        f"Desk,,https://desk.example,test,{ada.person.email}\n"
        "Board,zendesk,https://board.example,production,\n"
        "Plain,zendesk,http://plain.example,,\n"
        "Odd,fax,https://odd.example,,\n"
    )
    plan = planned(ada, text, SYSTEMS)
    assert verdicts(plan) == [("changed", ""), ("new", ""), ("refused", "base_url"), ("refused", "kind")]
    applied(ada, plan, SYSTEMS, leave_out=True)
    assert System.objects.get(name="Desk").owner == ada.person
    assert System.objects.get(name="Board").environment == "production"


def test_terms_are_imported_into_a_draft_and_one_yes_to_the_old_words_no_longer_counts(
    ada: Character, ben: Character
) -> None:
    draft = factories.dictionary(factories.integration(ada.company, ben.company), agreed=False)
    factories.term(draft, "title")
    text = "Name,Label,Type,Allowed values,Longest text,Whose value wins,Every step in order\n" + (
        "title,Headline,text,,150,Aster,no\nstatus,Status,choice,new; open; done,,,yes\n"
        "Bad Name,Bad,text,,,,\nsize,Size,text,,long,,\nwho,Who,person,,,Nobody Ltd,\ncomment,Comment,text,,,,\n"
    )
    plan = planned(ada, text, TERMS, draft.uid)
    assert verdicts(plan) == [
        ("changed", ""), ("new", ""), ("refused", "name"), ("refused", "max_length"),
        ("refused", "source_of_truth"), ("refused", "name"),
    ]  # fmt: skip
    applied(ada, plan, TERMS, leave_out=True)
    title, status = Term.objects.order_by("position", "pk")
    assert (title.label, title.max_length, title.source_of_truth) == ("Headline", 150, ada.company)
    assert (status.allowed, status.path, status.companies) == (["new", "open", "done"], True, draft.companies)
    draft.refresh_from_db()
    assert draft.version == 2


def test_terms_go_into_no_agreed_dictionary_and_into_none_of_strangers(
    ada: Character, ben: Character, dan: Character
) -> None:
    agreed = factories.dictionary(factories.integration(ada.company, ben.company))
    text = "Name,Label\ntitle,Title\n"
    with pytest.raises(BadInput, match="does not change"):
        planned(ada, text, TERMS, agreed.uid)
    with pytest.raises(BadInput, match="into a draft"):
        planned(dan, text, TERMS, agreed.uid)


def test_a_view_is_changed_by_its_owner_and_a_shared_one_deleted_by_an_administrator_too(
    ada: Character, cleo: Character, vic: Character
) -> None:
    with as_subject(cleo.subject):
        view = save_view(by=cleo.subject, listing=PEOPLE, name="Mine", query="q=a", shared=True)
    with as_subject(ada.subject), pytest.raises(Denied):
        change_view(by=ada.subject, view=view, name="Yours", shared=True)
    with as_subject(vic.subject):
        open_with(by=vic.subject, listing=PEOPLE, view=view)
    with as_subject(vic.subject), pytest.raises(Denied):
        delete_view(by=vic.subject, view=view)
    with as_subject(ada.subject):
        delete_view(by=ada.subject, view=view)
    assert not SavedView.objects.exists()


def test_a_view_saved_again_under_its_name_takes_the_new_state(ada: Character) -> None:
    for query in ("q=a", "q=b"):
        with as_subject(ada.subject):
            save_view(by=ada.subject, listing=PEOPLE, name="Mine", query=query)
    assert [view.query for view in SavedView.objects.all()] == ["q=b"]


def test_five_thousand_rows_with_forty_bad_ones_take_a_fixed_number_of_queries(
    ada: Character, django_assert_max_num_queries: object
) -> None:
    rows = "".join(f"Person {n},p{n}@big.example,viewer,Agent,\n" for n in range(4960))
    bad = "".join(f"Bad {n},bad {n},viewer,,\n" for n in range(40))
    with django_assert_max_num_queries(60):  # type: ignore[operator]
        plan = planned(ada, HEAD + rows + bad)
        applied(ada, plan, leave_out=True)
    assert (plan.new, plan.refused) == (4960, 40)
    assert Person.objects.filter(company=ada.company).count() == 4961
    assert Role(Person.objects.get(email="p7@big.example").role) is Role.VIEWER
