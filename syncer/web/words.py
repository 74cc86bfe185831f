"""What readers are told about what they asked for: pages of a few sentences."""

from __future__ import annotations

from syncer.site.addresses import MANAGE, SUBSCRIBE
from syncer.web.pages import said

AGAIN = (SUBSCRIBE, "Ask for emails")
ANOTHER = (MANAGE, "Ask for another link")

LOOK_INTO_YOUR_MAIL = said(
    "Check your inbox",
    "We have sent an email to the address that you gave. Open the link in it to confirm that you "
    "want these emails. Nothing else is sent before that.",
    "The link is good for 7 days. If no email comes within a few minutes, check your spam "
    "folder, and how you typed the address. We ask an address once an hour at most.",
)
LINK_SENT = said(
    "Check your inbox",
    "If that address gets emails from us, a link is on its way to it. It is good for an hour. With "
    "it you can change, pause or stop your emails, see all that is held about you, and have it "
    "erased.",
    "If no email comes within a few minutes, check your spam folder, and how you typed the "
    "address. We send an address one link an hour at most.",
)
NO_LINK = said(
    "No link can be sent",
    "Whoever runs this service has not said yet at which address these pages are found, so no "
    "email can lead to them.",
    "To get no more emails, answer any of ours with the word unsubscribe.",
)
CONFIRMED = said(
    "You will get these emails",
    "The first one says how things stand. After that we write when something has changed, and, "
    "unless you chose otherwise, once a month when nothing has.",
    "Every email has a link by which you can stop.",
)
CONFIRMED_BEFORE = said(
    "This was confirmed already",
    "The link has been used. Nothing was changed now.",
    links=(ANOTHER,),
)
LEFT = said(
    "You get no more mails",
    "The address that this link was sent to gets no more emails from us.",
    "If that was a mistake, you can ask for emails again.",
    links=(AGAIN,),
)
ERASED = said(
    "You have been erased",
    "What was held about you is gone, and you get no more emails. Copies of our store, made in "
    "case it is lost, hold it until they age out.",
    "One thing stays: a scrambled form of your address, which cannot be read back. By it we know "
    "not to write to you again, unless you ask for emails yourself.",
)
BAD_LINK = said(
    "This link does not work",
    "It is not complete, was not made here, or belongs to something that has ended. If you copied "
    "it, make sure that all of it was copied.",
    links=(ANOTHER, AGAIN),
)
OLD_LINK = said(
    "This link is too old",
    "A link to manage your emails is good for an hour, and one to confirm them for 7 days.",
    links=(ANOTHER, AGAIN),
)
TOO_MANY = said(
    "Too many requests",
    "More was asked for from here than we answer in a short time. Please try again later.",
)
BUSY = said(
    "Please try again in a minute",
    "We could not do that now, and nothing was changed. If you filled in a form, go back: it "
    "still holds what you typed.",
)
FAILED = said(
    "Something went wrong here",
    "It has been noted. Please try again later.",
)
DONE = {
    "change": "Your choices are saved.",
    "pause": "Your emails are paused. Nothing is kept for later: the first one after you resume "
    "says how things stand then.",
    "resume": "You get emails again. The next one says how things stand.",
    "leave": "You get no more emails.",
}
"""By the button."""

AGREED = "Yes, send me these emails"
"""What the button says by which somebody agrees."""
