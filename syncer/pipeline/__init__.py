"""In which order do things happen? Three short functions that meet only through tables; each may be killed at any line and run again.

    sync(source):    fetch → parse → reconcile → store → diff → events        page by page; the last four in one transaction
    notify(now):     events → match → digest → render → outbox                one transaction per subscriber
    send():          outbox → claim → transport → outcome                     one row at a time
"""
