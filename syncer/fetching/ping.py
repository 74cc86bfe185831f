"""A call to the operator's own dead man's switch: an address that is a secret, and no page that is
read."""

from __future__ import annotations

import requests

from syncer.errors import HttpRefused, Unreachable

SECONDS = 10.0


def ping(url: str) -> None:
    """Call the address once. Raises Unreachable, or HttpRefused for an answer other than 2xx; what
    they say does not name the address."""
    try:
        with requests.get(url, timeout=SECONDS, allow_redirects=False, stream=True) as answer:
            status = answer.status_code
    except (requests.RequestException, ValueError) as error:
        raise Unreachable(f"no answer ({type(error).__name__})") from None

    if status // 100 != 2:
        raise HttpRefused(f"the answer was {status}", status)
