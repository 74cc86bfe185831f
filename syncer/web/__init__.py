"""Who asks for a page over HTTP, and what is answered? The bytes of `syncer.site`, as the store is
now.

live      what is known, kept until the store has changed; each page made once
answers   a request → a response: addresses, headers, errors (Flask)
server    the server (waitress): where it listens, and how it ends
"""
