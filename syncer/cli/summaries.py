"""The first sentence of each command's help, so that `syncer --help` need not import them all.

A test holds that they are the commands' own.
"""

from __future__ import annotations

SUMMARIES = {
    "sync": "Read the sources now, and write down what changed.",
    "parse": "Read report files, one JSON object a line.",
    "extract": "Read statements of funding, one JSON object a line.",
    "ratings": "Show how every council stands now, in each area.",
    "inspections": "List every inspection and visit, oldest first.",
    "awards": "List money given to councils, and its total.",
    "changes": "List what changed, in the order in which it was noticed.",
    "councils": (
        "List every council that has, had or will have children's services, with its names and"
        " codes."
    ),
    "counts": "Count the councils at each grade, a row a day: the country over time.",
    "improve": (
        "Search what Ofsted says must improve: the items of every inspection that have all WORDS."
    ),
    "interventions": (
        "List the interventions in children's services, the latest first: in force, revised or"
        " lifted, and..."
    ),
    "council": (
        "Show one council: ratings, inspections and visits, money, interventions, and how they"
        " hang together."
    ),
    "conflicts": "List what the sources disagree on, and which of them was believed.",
    "held": (
        "List the lines that are kept back because something looks wrong, or decide about them."
    ),
    "possible": (
        "List the sums that may be awards and could not be read for certain, or decide about them."
    ),
    "verify": (
        "Read the archived bytes that a change rests on again, and show the page, the cell and"
        " the words..."
    ),
    "subscribe": (
        "Tell ADDRESS what changes from now on: a mail address, a chat (slack://…, "
        "workflows://… for..."
    ),
    "subscribers": "Who is told what; or everyone into a file (.toml, .csv), or out of one.",
    "unsubscribe": "Tell ADDRESS nothing more; what waits for it is taken back.",
    "confirm": (
        "Confirm an address: by your own word, by the token it was sent, or by the mail it "
        "answered with..."
    ),
    "pause": "Write no more to ADDRESS until it is resumed; what waits is taken back.",
    "resume": (
        "Write to ADDRESS again, beginning with a welcome: not with what happened meanwhile."
    ),
    "erase": (
        "Forget ADDRESS and every message to it: at once here, and in the backups as they age out."
    ),
    "digest": "Write what everybody is to be told now into the outbox; `syncer send` sends it.",
    "send": "Send what waits in the outbox, one message at a time.",
    "outbox": "Every message, newest first, and what became of it; without a command, lists them.",
    "explain": (
        "Why was, or was not, somebody told of a change? EVENT, a number of `syncer changes`: "
        "for..."
    ),
    "test-mail": (
        "Send a test message to ADDRESS now, and show what the mail server says; or to a chat "
        "or webhook,..."
    ),
    "inbox": (
        "Read the answers, bounces and complaints that came by mail, and do what they ask for."
    ),
    "publish": "Write the site into DIR: pages, feeds and data files.",
    "serve": "Show the site over HTTP, as the store is now, until SIGTERM or Ctrl-C.",
    "run": "Run every job by its timetable, until SIGTERM or Ctrl-C.",
    "jobs": "The timetable and when each job is due next; with a NAME, do that job now.",
    "status": "Show whether the daemon runs, when each source was last read, and what is open.",
    "problems": "List the open problems, or acknowledge some.",
    "doctor": (
        "Try everything once: configuration, store, templates, one page of each kind, the mail"
        " server."
    ),
    "init": "Write a commented config.toml into a folder.",
    "backup": "Copy the store while others work, and check the copy.",
    "restore": "Put a copy in the place of the store; what was there is kept beside it.",
    "export-db": (
        "Write a new SQLite FILE with what everybody may have: ratings, inspections, money, "
        "interventions..."
    ),
    "demo": (
        "Show it at work, offline: two days of four councils, from the first read to the digest."
    ),
}
