"""In which order do things happen?

Three short functions that meet only through tables; each may be killed at any line and run again.

    sync(source):    fetch → parse → reconcile → store → diff → events
    notify(now):     events → match → digest → render → outbox
    send():          outbox → claim → transport → outcome

A sync goes page by page, the last four steps in one transaction; notify has one transaction per
subscriber; send takes one row at a time.
"""
