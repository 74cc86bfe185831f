"""What a report says, from its pages: `reports.read_report` is the way in.

paper.py     the nouns: words with positions, pages, and what a report says
layout.py    words → lines and columns
cover.py     kind, days and inspectors, as the first page has them
grades.py    the judgement tables of each framework, row by row
letters.py   what visits and joint inspections find instead of grades
"""
