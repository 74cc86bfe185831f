"""What people's words ask for, and how sure that is; in sentences of the kinds that were found in
other projects' inboxes and written again."""

from __future__ import annotations

import pytest

from syncer.inbox.asking import Ask, asked
from syncer.inbox.own_words import without_others
from syncer.links import Action

SURELY = """
Stop!!!
STOP ALL
please stop.
Hey, stop emailing us about this
Don't mail me again
Leave me alone
Take me off. Thanks
Stop. I never asked for any of this.
Nothing here concerns us any more, but please take me off the list
I told you already: stop sending me these
I'm not interested. Remove me from your database.
Please could you remove my email address from this distribution list?
We no longer wish to receive these newsletters.
kindly unsubscribe this address
I would like to unsubscribe.
Cancel my alerts please, thank you
I have retired, please remove me.
No more of these emails please
We don't want your updates
"""
PERHAPS = """
Is there any way to opt out?
The noise is unbearable. Stop
Please stop the Kent alerts.
Unsubscribe me from the Manchester list but keep Leeds.
Please unsubscribe me from next month.
I am thinking I might unsubscribe.
She no longer works in this department.
I tried to unsubscribe and could not.
Could you take Jane off this list?
"""
NOTHING = """
The chair asked us to end. Thanks for this.
We should cancel the board meeting.
Can you remove the logo from the report?
Fund the nursery. Cancel the stadium.
I want to stop by your office on Friday.
We can't stop growing and need help.
I'll pass on this one.
Not for me, thanks.
Please do not remove me.
Never stop doing this!
I don't want to unsubscribe.
Please don't take me off the list.
Interesting, send me the data.
...
"""


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()


@pytest.mark.parametrize("text", _lines(SURELY))
def test_it_is_sure_that_somebody_wants_to_leave(text: str) -> None:
    assert asked(without_others(text)) == Ask(Action.UNSUBSCRIBE, sure=True)


@pytest.mark.parametrize("text", _lines(PERHAPS))
def test_somebody_may_want_to_leave_and_is_asked(text: str) -> None:
    assert asked(without_others(text)) == Ask(Action.UNSUBSCRIBE, sure=False)


@pytest.mark.parametrize("text", _lines(NOTHING))
def test_nothing_is_asked_for(text: str) -> None:
    assert asked(without_others(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "We can confirm receipt of your email.",
        "Please confirm that you are human by opening this page.",
        "Yes we have received your message.",
        "I confirm the meeting on Tuesday.",
    ],
)
def test_an_acknowledgement_agrees_to_nothing(text: str) -> None:
    assert asked(text) is None or not asked(text).sure  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "Yes",
        "yes please",
        "Yes, I do. Thank you",
        "I confirm",
        "I can confirm my subscription",
        "Confirmed.",
        "Please confirm my subscription",
        "OK, happy to receive these",
        "Yes please!\n\nSam",
    ],
)
def test_somebody_agrees(text: str) -> None:
    assert asked(text) == Ask(Action.CONFIRM, sure=True)


def test_the_words_of_our_own_mail_below_an_answer_ask_for_nothing() -> None:
    page = "https://syncer.example"
    own = f"Stop these messages: {page}/unsubscribe/u.abc\nChange or pause them: {page}/manage"
    assert asked(f"Which report is this?\n\nLeeds\n{own}") is None
    assert asked("Stop these messages") == Ask(Action.UNSUBSCRIBE, sure=True)
