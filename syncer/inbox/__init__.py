"""What came back by mail, and what does it ask for?

reading     bytes → headers and parts, in bounded time and memory
own_words   what its writer wrote: without quotations, signatures and footers
asking      what those words ask for, and how sure that is
machines    what no person wrote: absence notes, lists, notices
bounces     what says that a message of ours did not arrive, and whether it ever will
complaints  what says that a reader called a message of ours unwanted
mailboxes   where mail is read from: a Maildir, or a folder on an IMAP server
"""
