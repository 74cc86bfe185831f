"""Who asks for a page over HTTP, and what is answered? The bytes of `syncer.site`, as the store is
now, and forms by which readers help themselves.

live      what is known, kept until the store has changed; each page made once
answers   a request → a response: addresses, headers, errors (Flask)
forms     what readers do: subscribe, confirm, leave, and see and change what they have
typed     what was typed into a form → what is wanted, or what is wrong with it
pages     the pages of the forms, and the choices as they are filled in
words     pages of a few sentences
clients   who asks, also from behind proxies
limiting  how much one client or address may ask for
server    the server (waitress): where it listens, and how it ends
"""
