"""A text → the statements of funding in it: who is given what, by whom, under which programme, for
when; each told, possible, or nothing (DESIGN §5.8).

    reading.py       the way in: all of the following, on one text
    opening.py       a text opened for judging: all of the following, up to context.py
    document.py      text → headings, sentences, list items with their introduction, tables
    mentions.py      councils, amounts, periods, programmes and ministries replaced by marks
    lexicon.csv      word, class: what the words around them can mean
    context.py       a page as parts: which items a sentence introduces, what heads it
    subject.py       whose paper it is; page_day.py: of which day
    candidates.py    every sum × every council it can be for
    signals/         what speaks for and against; weights.json says how much (score.py)
    decisions.py     one role for each sum and each council named without one
    scope.py         whose money counts
    attributes.py    programme, giver, period, status, capital; ring_fence.py
    prose.py         all of these → statements
    interventions.py notices, directions, commissioners, suspended payments; partnerships
    other_kinds.py   these as statements, and who got nothing
    payments.py      the monthly files of payments
    tables/          rows of councils and sums; schedules.py: a paper's instalments
    settling.py      prose and rows together, each thing once; merging.py: which two are one
"""
