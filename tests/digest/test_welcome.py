"""The first message: what is followed, how it stands, and nothing that was not asked for."""

from __future__ import annotations

from dataclasses import replace

from syncer import digest
from syncer.digest import samples
from syncer.digest.message_model import Digest, RunBy, Section
from syncer.digest.render import message

TRAFFORD = samples.few("trafford")


def section(made: Digest, heading: str) -> Section:
    (found,) = [s for s in (*made.opening, *made.closing) if s.heading.startswith(heading)]
    return found


def headings(made: Digest) -> list[str]:
    return [s.heading for s in (*made.opening, *made.closing)]


def test_it_says_what_is_followed_what_comes_and_when_and_how_to_change_it() -> None:
    weekly = samples.follows(
        councils=("trafford",), frequency="weekly", weekday="monday", kinds=("rating",)
    )
    made = digest.welcome(weekly, TRAFFORD)
    assert made.subject == "Welcome: how Trafford stands"
    assert section(made, "What you follow").lines[0].text.startswith("Trafford: rating")
    comes = section(made, "What will come, and when")
    assert [line.text[:23] for line in comes.lines] == ["A new inspection report"]
    assert comes.note.startswith("You are told on Mondays at 07:00, and only where")
    changing = [line.text for line in section(made, "To change, pause or stop").lines]
    assert "write to syncer@example.org" in changing[0]
    assert "unsubscribe" in changing[1] and "pause" in changing[1]


def test_one_council_is_shown_with_its_report_its_page_its_interventions_and_its_money() -> None:
    made = digest.welcome(samples.follows(councils=("trafford",)), TRAFFORD)
    (row,) = made.rows
    assert row.when == "last inspected in June 2026"
    assert row.page in message(made).html and row.report in message(made).html
    (notice,) = section(made, "Interventions in force").lines
    assert notice.text == "Trafford: improvement notice, children’s services, issued 3 August 2026"
    sums = [line.text for line in section(made, "Money announced since 3 August 2025").lines]
    assert sums == [
        "Trafford: Family Hubs, £640,000, for 2026 to 2027 (announced 3 August 2026)",
        "Trafford: Family Hubs, £700,000, for 2025 to 2026 (announced 1 September 2025)",
    ]


def test_whoever_follows_money_only_is_shown_money_and_no_grades() -> None:
    reader = samples.follows(councils=("leeds", "brent"), kinds=("money",))
    made = digest.welcome(reader, samples.few("leeds", "brent"))
    assert made.subject == "Welcome: money for two councils"
    assert made.rows == () and made.counts == ()
    assert [h.split(" since")[0] for h in headings(made)] == [
        "What you follow",
        "What will come, and when",
        "Money announced",
        "To change, pause or stop",
    ]
    assert "inadequate" not in message(made).text


def test_whoever_follows_ratings_only_is_shown_no_pound() -> None:
    made = digest.welcome(samples.follows(councils=("trafford",), kinds=("rating",)), TRAFFORD)
    assert made.rows and "£" not in message(made).text.split("What was read")[0]


def test_money_everywhere_and_ratings_of_one_council_are_kept_apart() -> None:
    asked = samples.follows(councils=("trafford",), kinds=("rating",))
    money = replace(asked.subscriptions[0], id=2, councils=(), kinds=("money",))
    both = replace(asked, subscriptions=(*asked.subscriptions, money))
    made = digest.welcome(both, replace(TRAFFORD, followed=()))
    assert [row.council for row in made.rows] == ["Trafford"]
    money_lines = section(made, "Money announced").lines
    assert money_lines[0].text == "Family Hubs: two councils, £1,890,000, for 2026 to 2027"


def test_an_intervention_that_was_lifted_is_not_in_force() -> None:
    (notice,) = TRAFFORD.interventions
    lifted = replace(notice, fields=replace(notice.intervention, state="lifted"))
    made = digest.welcome(samples.follows(), replace(TRAFFORD, interventions=(lifted,)))
    found = section(made, "Interventions in force")
    assert found.lines == () and found.note.startswith("None that we know of. Older ones")


def test_many_councils_stand_in_a_grid_the_gravest_first_under_counts_of_each_grade() -> None:
    made = digest.welcome(samples.follows(), samples.everywhere())
    assert len(made.rows) == 153
    overall = [row.chips[0].key for row in made.rows]
    assert overall == sorted(
        overall, key=["inadequate", "requires_improvement", "good", "outstanding"].index
    )
    counted = [int(chip.word.split()[0]) for chip in made.counts[0].chips]
    assert sum(counted) == 153
    assert made.counts[0].says.startswith(f"Overall: {overall.count('inadequate')} inadequate, ")


def test_the_grid_of_the_text_part_is_aligned_and_fits_72_columns() -> None:
    text = message(digest.welcome(samples.follows(), samples.everywhere())).text.splitlines()
    (head,) = [line for line in text if line.split()[:2] == ["All", "Lead"]]
    longest = next(line for line in text if line.startswith("Bournemouth, Christchurch"))
    assert max(map(len, (head, longest))) <= 72
    assert head.index("All") == longest.index("Poole ") + len("Poole ")


def test_it_says_who_runs_the_service_where_the_settings_do() -> None:
    nobody = replace(TRAFFORD, run_by=RunBy())
    assert digest.welcome(samples.follows(), nobody).about == (
        "You get this because you asked, or agreed, to be told what changes.",
    )
    _, who = digest.welcome(samples.follows(), TRAFFORD).about
    assert who.startswith("This service is run by the Policy Unit of Example Council. We keep")
    assert who.endswith("Privacy notice: https://www.example.org/privacy")
