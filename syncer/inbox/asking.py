"""What a person's words ask for, and how sure that is: English as people write it.

Sure is what can mean one thing only: "please take me off this list". Where the words could mean
something else ("how do I unsubscribe?", "stop the Leeds ones", "from next month"), what they ask
for is not done; the address is mailed a link. "Don't stop" asks for nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from syncer.links import Action

MOST_CHARACTERS = 1_500
"""Who wants to leave says so at the beginning."""


@dataclass(frozen=True)
class Ask:
    """What somebody asks for. `sure`: the words can mean nothing else."""

    action: Action
    sure: bool


def _compiled(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


MAIL = (
    r"(?:e-?mails?|mails?|messages?|mailings?|updates?|alerts?|news ?letters?|digests?"
    r"|notifications?|bulletins?|briefings?|correspondence|communications?|contact|subscriptions?"
    r"|list|lists|stuff|spam)"
)
ME = (
    r"(?:me|us|my \w+(?: \w+)?|our \w+(?: \w+)?|this (?:e-?mail )?(?:address|account|inbox"
    r"|mailbox)|this e-?mail)"
)
THIS = r"(?:this|these|the|your|any|all|such|those|further|more|all of|any more|my|our)"

POLITE = (
    r"(?:please|pls|plz|thanks?|thank you|thx|many|kindly|now|immediately|asap|at once|today"
    r"|hi|hello|sorry|cheers|much appreciated|very much|all|so much|in advance|to)"
)
GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|morning|afternoon|evening"
    r"|to whom it may concern|fao)\b(?:\W+\w+){0,4}\W*$"
)
"""A line that only greets."""
OURS = re.compile(
    r"(?:stop these (?:messages|mails)|change or pause them|do you want to stop these mails)\b[?:]?"
    r"(?: https?://\S*)?$|to stop these messages, |https?://\S+$"
)
"""A line of a mail of ours, which a mail program may show below without any mark."""

MISSPELT = re.compile(
    r"\bun[ -]?(?:subcribe|suscribe|subscibe|subsribe|subscride|subscribe|scribe|subscrib|subsrcibe"
    r"|subsccribe|subsrib|subscirbe|susbcribe)(?=d?\b)"
)
COMMANDS = {
    Action.UNSUBSCRIBE: re.compile(
        r"(?:(?:stop|stop ?all|unsub|un-?subscribed?|unsubscribe me|remove|remove me|take me off"
        r"|opt[ -]?out"
        r"|cancel|leave|end|quit|stop all|stop (?:it|this|these|them|sending)|no more|delete me"
        rf"|(?:stop|cancel|end|no more|no) (?:{THIS} )?{MAIL}"
        rf"|(?:unsubscribe|remove me|take me off)(?: from| of)?(?: {THIS})?(?: {MAIL}){{1,2}})\s*)+"
    ),
    Action.PAUSE: re.compile(rf"(?:pause|suspend|hold)(?: (?:me|it|this|them|{THIS} {MAIL}))?"),
    Action.RESUME: re.compile(
        rf"(?:resume|restart|un-?pause|start|start again)(?: (?:me|it|this|them|again"
        rf"|{THIS} {MAIL}))?"
    ),
    Action.CONFIRM: re.compile(
        r"(?:(?:yes|yep|yeah|confirm|confirmed|confirming|i confirm|i do|i agree|agreed|ok|okay"
        r"|correct|that is correct|that's right|that's me|that is me|it was me|i do confirm"
        r"|i would like to|i'd like to|i can confirm|happy to confirm|yes i (?:confirm|agree)"
        r"|i (?:hereby )?confirm (?:my|this|the) (?:subscription|address|e-?mail(?: address)?)"
        r"|confirm (?:my|this|the) (?:subscription|address|e-?mail(?: address)?)"
        r"|sign me up|subscribe me|subscribe)\s*)+"
    ),
}
"""A line that says nothing else."""

PLAINLY = re.compile(r"(?:please )?(?:stop|unsubscribe(?: me)?|remove me)(?: please| now)?")
"""A first sentence that needs no other."""
SAYS_NO = re.compile(
    r"(?:no|nope|no thank you|no thanks|not me|it was not me|it wasn't me|that wasn't me|wasn't me"
    r"|this wasn't me|i did not ask for this|i didn't ask for this)"
)
"""As an answer to the question whether to subscribe."""

LEAVING_SURELY = _compiled(
    rf"\bun-?subscribe(?:d)? {ME}\b",
    r"\b(?:want|wish|like|ask|asking|request|requesting|need|have) to (?:be )?un-?subscribed?\b",
    rf"\bun-?subscribe (?:from )?{THIS}(?: \w+)? {MAIL}\b",
    r"\bplease (?:can you |could you )?un-?subscribe(?: (?:now|me|immediately|thanks?"
    r"|thank you))*$",
    r"^(?:i(?:'m| am) )?(?:unsubscribing|opting out)$",
    rf"\b(?:remove|delete|drop|strike|take|get|exclude|withdraw) {ME} (?:off|from|out of)\b",
    rf"\b(?:take|get|taking|getting) {ME} off\b",
    rf"\b(?:removing|deleting|unsubscribing|excluding) {ME}\b",
    r"\b(?:remove|delete) (?:me|us)(?: (?:please|now|thanks?|immediately|asap|too|as well))*$",
    r"\b(?:remove|delete) (?:my|our|this) (?:name|(?:e-?mail )?address|e-?mail|details|account)\b",
    r"\bplease (?:remove|stop|cancel)(?: (?:now|immediately|this|asap|thank you|thanks))?$",
    r"\b(?:be|get|am|being) (?:removed|taken off|unsubscribed|deleted) (?:from|off)?\b",
    rf"\b(?:stop|cease|quit|discontinue) (?:sending|e-?mailing|mailing|contacting|messaging"
    rf"|spamming|writing to|notifying|bothering)(?: {ME})?\b",
    rf"\b(?:stop|cease|cancel|discontinue|end|terminate|switch off|turn off|halt)"
    rf"(?: {THIS})+(?: \w+)?(?: {MAIL}){{1,2}}\b",
    r"\bstop receiving\b",
    r"\bstop \w+ing (?:me|us)\b",
    r"\b(?:don't|do not|never) \w+ (?:me|us) (?:again|any ?more)\b",
    r"\bleave me alone\b",
    rf"\b(?:don't|do not|no longer|not|never|don't really) (?:want|wish|need|like|require|care)"
    rf"(?: for| {THIS})+(?: \w+)?(?: {MAIL}){{1,2}}\b",
    rf"\b(?:don't|do not|no longer) (?:want|need|require) {THIS}(?: any ?more| any longer)?$",
    r"\b(?:don't|do not|no longer|not|never) (?:want|wish|need|like|require) to (?:receive|get|be"
    r"|hear)\b",
    r"\b(?:want|need|require) no (?:more|further)\b",
    rf"\b(?:don't|do not|never) (?:send|e-?mail|mail|contact|write to|message|notify|spam)"
    rf"(?: {ME}| {THIS}| to {ME})",
    r"\bno (?:more|further) (?:of )?(?:these |your |such )?" + MAIL + r"\b",
    r"\bopt(?:ing)? (?:me |us )?out\b",
    r"\b(?:i|we) (?:no longer|don't|do not) work (?:here|there|at|for|in|with|within)\b",
    r"\b(?:i'm|i am|we are) no longer (?:employed|working|with|at|in this role|in post)\b",
    rf"\bend (?:my|our) {MAIL}\b",
    r"\bleave (?:this|the|your) (?:mailing )?list\b",
    r"\bwithdraw my consent\b",
    r"\bi withdraw consent\b",
)
LEAVING_PERHAPS = _compiled(
    r"^(?:please )?stop(?: please| now)?$",
    r"\bun-?subscrib\w*\b",
    r"\bopt(?:ed|ing)?[ -]out\b",
    r"\b(?:remove|take off|delete)\b.*\b(?:list|subscription|database|distribution|mailings?)\b",
    r"\b(?:take|get|remove) \w+(?: \w+)? (?:off|from) \w+ (?:\w+ )?" + MAIL,
    rf"\bstop\b.*\b{MAIL}\b",
    r"\bstop (?:sending|e-?mailing|it|this)\b",
    r"\b(?:no longer|not) work(?:s|ing)? (?:here|there|at|for|in|with)\b",
    r"\bno longer (?:employed|with|at|relevant|interested|needed|required|wanted"
    r"|of (?:use|interest)|in (?:this|that|the) role)\b",
    r"\b(?:i have|i've|has|he has|she has|have) (?:now |recently |since )?(?:left|retired"
    r"|moved on)\b",
    r"\bnot (?:interested|relevant)\b",
    r"\b(?:did not|didn't|never|don't remember|do not remember|haven't|have not) (?:sign\w*"
    r"|subscrib\w+"
    r"|ask\w*|request\w*|register\w*|signed|agreed?)\b",
    r"\btoo many (?:e-?mails|mails|messages|of these)\b",
    r"\bcancel\b.*\b(?:subscription|e-?mails?|alerts?|updates?)\b",
    r"\bremove me\b",
    r"\btake me off\b",
)
PAUSING_SURELY = _compiled(
    rf"\b(?:pause|suspend) (?:me\b|it\b|them\b|this\b|sending\b|for\b|until\b|while\b"
    rf"|{THIS}(?: \w+)? {MAIL}\b)",
    rf"\bput (?:me|{THIS}(?: \w+)? {MAIL}) on hold\b",
    r"\bplease (?:pause|suspend)\b",
    rf"\bhold (?:{THIS}) {MAIL} (?:for|until|while)\b",
)
PAUSING_PERHAPS = _compiled(
    r"\bhold (?:off|these|them|my|on to)\b",
    r"\b(?:pause|suspend)\b",
    r"\bon hold\b",
    r"\bstop\b.*\b(?:until|while)\b",
)
RESUMING_SURELY = _compiled(
    rf"\b(?:resume|restart|un-?pause|reinstate) (?:me\b|it\b|them\b|sending\b"
    rf"|{THIS}(?: \w+)? {MAIL}\b|please\b)",
    r"\bplease (?:resume|restart|un-?pause)\b",
    r"\bstart (?:sending|e-?mailing|mailing)\b.*\bagain\b",
    r"\b(?:i'm|i am|we are|we're) back\b.*\b(?:resume|restart|start)\b",
)
RESUMING_PERHAPS = _compiled(r"\b(?:resume|un-?pause|restart)\b", r"\bstart\b.*\bagain\b")
WHAT_IS_CONFIRMED = (
    r"(?:$|(?:please|thanks?|thank you)\b|it\b"
    r"|(?:my|our|this|the) (?:subscription|(?:e-?mail )?address|e-?mail|request|sign-?up)\b"
    r"|(?:that )?(?:i|we) (?:want|wish|would|do|asked|requested|agree))"
)
"""Not the receipt of a mail, as an acknowledgement does."""
CONFIRMING_SURELY = _compiled(
    r"^(?:yes|yep|yeah)(?: please| thanks?| thank you| i do| i confirm| i agree)?\b(?! we)",
    r"\b(?:i|we)(?: can| do| hereby| would like to| want to| wish to|'d like to)* confirm "
    + WHAT_IS_CONFIRMED,
    r"\b(?:i|we)(?: can| do| hereby| would like to| want to| wish to|'d like to)* confirm$",
    r"\bplease (?:confirm|activate) (?:me\b|(?:my|our|this|the) (?:subscription"
    r"|(?:e-?mail )?address))",
    r"\bplease (?:subscribe me|sign me up|go ahead|subscribe)\b",
    r"\bhappy to (?:confirm|subscribe|receive)\b",
    r"\b(?:i|we) agree$",
    r"^confirm(?:ed|ing)?$",
)
ERASING = _compiled(
    r"\b(?:erase|delete|destroy|wipe) (?:\w+ ){0,3}(?:data|information|records?"
    r"|personal details)\b",
    r"\bremove (?:\w+ ){0,3}(?:data|information|personal details)\b",
    r"\bright (?:to (?:erasure|be forgotten)|of erasure)\b",
    r"\bforget (?:about )?me\b",
    r"\berase (?:me|us|everything)\b",
    r"\barticle 17\b",
)
CHANGING = _compiled(
    r"\b(?:change|update|amend|edit|manage|adjust|alter|switch) (?:my|our"
    r"|the) (?:\w+ )?(?:subscriptions?"
    r"|preferences?|settings?|e-?mail(?: address)?|address|councils?|choices|frequency|alerts?"
    r"|details)\b",
    r"\b(?:weekly|daily|monthly) (?:instead|rather)\b",
    r"\b(?:instead of|rather than) (?:daily|weekly|every day|immediately)\b",
    r"\b(?:add|include|follow) (?:\w+ ){1,4}(?:to|in) (?:my|our) (?:\w+ )?(?:list|subscription"
    r"|alerts?|e-?mails?)\b",
    r"\bmy (?:new )?(?:e-?mail )?address (?:has changed|is now|will be)\b",
)

NEGATED = re.compile(
    r"\b(?:don't|dont|do not|never|not to|not|didn't|did not|wouldn't|would not|shouldn't"
    r"|should not"
    r"|without|rather than|instead of|no need to|hate to|sorry to)"
    r"(?:\s+(?!please\b|and\b|but\b|so\b|just\b|then\b|can\b|could\b)[\w']+){0,4}\s+"
    r"(?:stop\w*|un-?subscrib\w+|remov\w+|take me|taken off|taking me|delet\w+|cancel\w*|opt\w*"
    r"|end\b"
    r"|ceas\w+|paus\w+|suspend\w*|leav\w+|resum\w+|confirm\w*)"
)
"""The opposite is asked for."""
FURNITURE = re.compile(
    r"^(?:if you|to (?:unsubscribe|opt|stop|be removed|manage)|click|you can|you may|should you"
    r"|unsubscribe here"
    r"|this (?:e-?mail|message)|unsubscribe \|)"
)
"""Tells others how to leave something else."""
DOUBTFUL = _compiled(
    r"^(?:how|why|what|when|where|should|shall|is there|is it|did|does|was|who|which|do i|am i"
    r"|wouldn't it)\b",
    r"\bif (?!you (?:could|would|can)\b|possible\b)",
    r"\b(?:unless|whether|until|till|after|from next|next (?:week|month|year)|as of"
    r"|from the \d|tomorrow"
    r"|before (?:i|we|the|my)|might|maybe|perhaps|considering|am thinking|i'm thinking|tempted"
    r"|think about"
    r"|wonder\w*)\b",
    r"\b(?:except|apart from|other than|only|instead|keep|colleague|he|she|him|her|his|they"
    r"|them all)\b",
    r"\bbut (?!please\b|can you\b|could you\b|i (?:want|would like|wish|no longer|don't)\b)",
    r"\b(?:tried|trying|can't|cannot|unable|couldn't)\b",
    r"\b(?:from|in|on) (?:\d|january|february|march|april|may \d|june|july|august|september|october"
    r"|november|december)",
)
"""The words could be about another time, another person, or a part of it."""
KEEPING = re.compile(
    r"\b(?:only|just|still|rather|also) (?:want|need|like|get|send|receive|have|interested|keep)\b"
    r"|\bkeep (?:the|me|my|sending|getting|receiving|those)\b|\bbut (?:still|keep|not|i (?:do"
    r"|would|'d))\b"
    r"|\b(?:not|except|apart from) (?:for )?(?:the )?\w+ ones?\b|\bplease (?:add|send|use|keep"
    r"|put)\b"
)
"""Somewhere in the text it is said that something is to go on."""
FROM_ELSE = re.compile(
    r"\b(?:un-?subscribe|remove|take) (?:me|us) (?:from|off)(?: of)? (?!(?:this|these|the|your"
    r"|any|all|every|it|"
    r"that|those|further|future|mailing|e-?mails?|mailings?|here|such|receiving|such|our|my|list"
    r"|lists|everything"
    r"|newsletters?|alerts?|updates?|now|please|asap|immediately|database|distribution|and"
    r"|thanks?|then|today)\b)\w"
)
"""From one of several."""
PARTLY = re.compile(
    r"\b(?:the|these|your|those) (?!(?:weekly|daily|regular|constant|monthly|ofsted|syncer"
    r"|mailing|e-?mail|"
    r"mail|news|council|digest|automatic|automated|subscription|distribution"
    r"|circulation|contact|notification|bulk|whole|entire|above|endless|update"
    r"|alert|email)\b)"
    rf"(\w+) (?:{MAIL}|ones?)\b"
)
"""Of the mails, those about something."""


def asked(text: str) -> Ask | None:
    """Return what a person's own words ask for; None where they ask for nothing that is known. Two
    different wishes, or one that can be read in two ways, are not sure."""
    lines = _lines(text)
    if not lines:
        return None

    at_once = _command(lines[0])
    rest = lines[1:]
    if at_once is None:
        first, *others = _sentences(lines) or [""]
        at_once = Action.UNSUBSCRIBE if PLAINLY.fullmatch(first) else None
        rest = others
    if at_once is not None and _is_alone(at_once, rest):
        return Ask(at_once, sure=True)
    return _from_sentences(lines, at_once)


def says_no(text: str) -> bool:
    """Return whether the first words are a no to the question of the mail that they answer."""
    lines = _lines(text)
    if not lines:
        return False
    first = re.split(r"[.,;:!?-]", lines[0])[0]
    return (
        SAYS_NO.fullmatch(_bare(first)) is not None
        or SAYS_NO.fullmatch(_bare(lines[0])) is not None
    )


def _lines(text: str) -> list[str]:
    """Return the lines that say something, in lower case; one that only greets says nothing."""
    lines: list[str] = []
    for line in text[:MOST_CHARACTERS].lower().splitlines():
        spaced = MISSPELT.sub("unsubscribe", " ".join(line.split()))
        is_ours = bool(lines) and OURS.match(spaced) is not None
        if spaced and not is_ours and not GREETING.match(spaced):
            lines.append(spaced)
    return lines


def _bare(line: str) -> str:
    """Return a line without marks and words of politeness at its ends."""
    bare = re.sub(r"[^\w' -]+", " ", line)
    bare = " ".join(bare.split()).strip("-' ")
    bare = re.sub(rf"^(?:{POLITE}\s+)+", "", bare)
    return re.sub(rf"(?:\s+{POLITE})+$", "", bare)


def _command(line: str) -> Action | None:
    """Return the action that a line names and says nothing else; None where it is none."""
    bare = _bare(line)
    for action, pattern in COMMANDS.items():
        if pattern.fullmatch(bare):
            return action
    return None


def _is_alone(action: Action, rest: list[str]) -> bool:
    """Return whether nothing in the rest asks for something else, takes it back, or is to go on."""
    for sentence in _sentences(rest):
        other = _in_sentence(sentence)
        if other is not None and other.action is not action:
            return False
        if NEGATED.search(sentence) or KEEPING.search(sentence):
            return False
    return True


def _from_sentences(lines: list[str], first: Action | None) -> Ask | None:
    found = []
    for sentence in _sentences(lines):
        ask = _in_sentence(sentence)
        if ask is not None:
            found.append(ask)
    if first is not None:
        found.append(Ask(first, sure=False))

    wish = _together(found)
    whole = " ".join(lines)
    if wish is not None and KEEPING.search(whole):
        return replace(wish, sure=False)
    return wish


def _sentences(lines: list[str]) -> list[str]:
    """Return the sentences of a text; what runs over the end of a line is one."""
    text = " ".join(lines)
    sentences = re.split(r"[.!?;:]+(?:\s|$)|\s-+\s|\n", text)
    return [sentence.strip(" ,\"'()") for sentence in sentences if sentence.strip()]


def _together(found: list[Ask]) -> Ask | None:
    """Return the one wish of several sentences; where they differ the gravest, and not for sure."""
    if not found:
        return None

    actions = {ask.action for ask in found}
    if len(actions) == 1:
        is_sure = any(ask.sure for ask in found)
        return Ask(found[0].action, is_sure)
    for action in (Action.ERASE, Action.UNSUBSCRIBE, Action.PAUSE, Action.MANAGE, Action.RESUME):
        if action in actions:
            return Ask(action, sure=False)
    return None


def _in_sentence(sentence: str) -> Ask | None:
    if FURNITURE.match(sentence):
        return None

    for action, surely, perhaps in _WISHES:
        if perhaps.search(sentence) or surely.search(sentence):
            if _is_opposite(sentence, surely):
                return None
            sure = surely.search(sentence) is not None and not _is_doubtful(sentence)
            return Ask(action, sure)
    return None


NOTHING = re.compile(r"(?!)")
_WISHES = (
    (Action.ERASE, NOTHING, ERASING),
    (Action.RESUME, RESUMING_SURELY, RESUMING_PERHAPS),
    (Action.PAUSE, PAUSING_SURELY, PAUSING_PERHAPS),
    (Action.UNSUBSCRIBE, LEAVING_SURELY, LEAVING_PERHAPS),
    (Action.MANAGE, NOTHING, CHANGING),
    (Action.CONFIRM, CONFIRMING_SURELY, NOTHING),
)
"""What is asked for, by what shows it surely, and by what shows it perhaps."""


def _is_opposite(sentence: str, surely: re.Pattern[str]) -> bool:
    """Return whether the wish is denied, and no other part of the sentence has it."""
    if NEGATED.search(sentence) is None:
        return False
    rest = NEGATED.sub(" , ", sentence)
    return surely.search(rest) is None


def _is_doubtful(sentence: str) -> bool:
    """Return whether the words could be about another time, another person, or a part of it."""
    if FROM_ELSE.search(sentence) or PARTLY.search(sentence):
        return True
    return DOUBTFUL.search(sentence) is not None
