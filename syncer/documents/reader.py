"""Every document is read in a child process, which may hang, crash or grow without harm to ours.

    reader.call(function, data, …):    start the child if there is none → send → wait → result,
                                       or a named error
    reader.begin(function, data, …):   the same, but what waits is its .result()

The function is any function of a module; it runs in the child (child.py) within one budget of CPU
time and memory, whatever kind of document it reads. One child serves one `DocumentReader`: it is
started at the first document and kept, since a start costs more than most documents do. One that
has read a large document ends after it, so that the next begins with its memory empty.

Three ends are told apart: the document's fault (over the budget, crashes the reader), our own
shortage of memory, file handles or processes, and being told to stop.
"""

from __future__ import annotations

import io
import pickle
import signal
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from types import TracebackType
from typing import Any, Generic, ParamSpec, Self, TypeVar

from syncer.documents.pipe import LARGE_BYTES, Pipe, pair
from syncer.documents.start import Child, start
from syncer.errors import (
    DocumentError,
    DocumentTooSlow,
    OutOfResources,
    Stopped,
    is_shortage,
)

SECONDS = 30.0
MEGABYTES = 512
SHARED_BYTES = 1024 * 1024
"""A document that is larger has the child to itself."""
START_SECONDS = 60.0
PATIENCE = 10
"""A child that takes so many times its CPU time by the clock is stuck, not slow: the machine may be
busy."""
LOOK_EVERY_SECONDS = 0.5

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class _Packer(pickle.Pickler):
    """Packs a call with a number in place of each object that the child has already, from 0, and of
    each large body, from -1 downwards: `bodies` are sent after the call."""

    def __init__(self, out: io.BytesIO, shared: Sequence[object]) -> None:
        super().__init__(out, pickle.HIGHEST_PROTOCOL)
        self._numbers = {id(thing): number for number, thing in enumerate(shared)}
        self.bodies: list[bytes] = []

    def persistent_id(self, thing: object) -> int | None:
        """Return the number of a shared object or a large body; None for any other."""
        if type(thing) is bytes and len(thing) >= LARGE_BYTES:
            self.bodies.append(thing)
            return -len(self.bodies)
        return self._numbers.get(id(thing))


class Begun(Generic[Result]):
    """A call that was handed to the child, or will be when its result is asked for."""

    def __init__(self, reader: DocumentReader, call: object) -> None:
        self._reader = reader
        self._call = call
        self.answer = b""

    @cached_property
    def request(self) -> Sequence[bytes]:
        """The call as the child is sent it."""
        return self._reader.packed(self._call)

    @property
    def is_large(self) -> bool:
        """Whether the document has the child to itself: nothing is sent before it is answered, and
        the child ends then."""
        size = sum(len(part) for part in self.request)
        return size > SHARED_BYTES

    def result(self) -> Result:
        """Wait for the result and return it. Raises what `DocumentReader.call` does."""
        result: Result = self._reader.result_of(self)
        return result


class DocumentReader:
    """Reads documents one after the other, for one thread; close it, or use it in a `with`.

    `seconds` bounds the CPU time of one document and `megabytes` its memory. `shared` are objects
    that many calls are given (the register): they are sent once to a child, not with every call.
    `stopping` says whether to give up at once.
    """

    def __init__(
        self,
        seconds: float = SECONDS,
        megabytes: int = MEGABYTES,
        *,
        shared: Sequence[object] = (),
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.seconds = seconds
        self.megabytes = megabytes
        self._shared = tuple(shared)
        self._stopping = stopping
        self._child: Child | None = None
        self._pipe: Pipe | None = None
        self._is_short = False
        self._waiting: deque[Begun[Any]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def call(
        self,
        function: Callable[Arguments, Result],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Result:
        """Return what the function makes of its arguments, computed in the child.

        Raises what the function raises; DocumentTooSlow for a document over the budget;
        DocumentError for one that crashes the reader; OutOfResources where this machine lacks what
        it takes; Stopped.
        """
        return Begun[Result](self, (function, arguments, named)).result()

    def begin(
        self,
        function: Callable[Arguments, Result],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Begun[Result]:
        """Hand a call to the child, which makes it while we do something else, without waiting for
        the result. That is no more than a head start: what the child has no room for is sent by
        later calls, a large document is not read before its result is asked for, and only then
        does it show what goes wrong. Raises Stopped."""
        begun = Begun[Result](self, (function, arguments, named))
        with suppress(Exception):
            self._offer(begun)
        return begun

    def packed(self, call: object) -> list[bytes]:
        """Return a call as bytes, with a number in place of each shared object and each large body,
        and those bodies."""
        out = io.BytesIO()
        packer = _Packer(out, self._shared)
        packer.dump(call)
        return [out.getvalue(), *packer.bodies]

    def result_of(self, begun: Begun[Any]) -> Any:
        """Return the result of a call, as `call` does."""
        try:
            return self._result(begun)
        except (OSError, MemoryError) as error:
            self.close()
            if is_shortage(error):
                raise OutOfResources(f"a document could not be read here: {error}") from error
            raise
        except RecursionError as error:
            raise DocumentTooSlow("The document is nested too deeply to be read.") from error

    def close(self) -> None:
        """End the child. The reader may be used again: it then starts another, and what this one
        was handed and has not answered is read by that, when its result is asked for."""
        if self._pipe is not None:
            self._pipe.close()
        if self._child is not None:
            self._child.kill()
            self._child.wait()
        self._child = self._pipe = None
        self._waiting.clear()

    @property
    def child_id(self) -> int:
        """The process id of the child, which is started if there is none."""
        self._started()
        assert self._child is not None
        return self._child.pid

    # -- Calls and answers -------------------------------------------------------------------------

    def _offer(self, begun: Begun[Any]) -> None:
        """Send a call, unless it is large."""
        if begun.is_large:
            return
        try:
            self._send(begun)
        except BaseException:
            self.close()
            raise

    def _send(self, begun: Begun[Any]) -> None:
        """Send a call as far as it goes at once: a child that is reading takes the rest after, and
        one that is stuck never does. One that has died may have left answers: its end is noted
        after them, and this call is sent to the next."""
        beginning = pickle.dumps((self.seconds, len(begun.request)))
        pipe = self._started()
        try:
            pipe.send(beginning, *begun.request, wait=False)
        except ConnectionError:
            if not self._waiting:
                begun.answer = self._death()
        else:
            self._waiting.append(begun)

    def _result(self, begun: Begun[Any]) -> Any:
        done, result = self._answer(begun)
        if done:
            return result
        raise self._own_shortage(result) from result.__cause__

    def _answer(self, begun: Begun[Any]) -> Any:
        """Return the child's answer: (True, result) or (False, error); or (False, what its end in
        the middle of the document means)."""
        try:
            self._hear(begun)
        except BaseException:
            self.close()
            raise
        return pickle.loads(begun.answer)

    def _hear(self, begun: Begun[Any]) -> None:
        """Wait until a call is answered. One that no child has is sent when nothing else waits."""
        while not begun.answer:
            if self._waiting:
                self._hear_first()
            else:
                self._send(begun)

    def _hear_first(self) -> None:
        """Wait for the answer to the call that has waited longest. Where the child ends instead, it
        is that document's doing: the answers to those before have been taken. Those after it are
        sent again when their results are asked for."""
        assert self._pipe is not None
        first = self._waiting[0]
        try:
            self._wait(self._pipe, self.seconds * PATIENCE)
            first.answer = self._pipe.receive()
            self._waiting.popleft()
        except (EOFError, ConnectionError):
            first.answer = self._death()
        except DocumentTooSlow as error:
            first.answer = _refused(error)
            self.close()
        if first.is_large:
            self.close()

    def _wait(self, pipe: Pipe, seconds: float) -> None:
        """Wait for an answer. Raises DocumentTooSlow after so many seconds by the clock, and
        Stopped."""
        deadline = time.monotonic() + seconds
        while not pipe.has_message(LOOK_EVERY_SECONDS):
            if self._stopping():
                raise Stopped
            if time.monotonic() > deadline:
                raise DocumentTooSlow(f"No answer within {seconds:g} seconds.")

    def _death(self) -> bytes:
        """Return what the end of the child in the middle of a document means, as an answer."""
        assert self._child is not None
        status = self._child.wait()
        self.close()
        meaning = self._meaning_of(status)
        return _refused(meaning)

    def _meaning_of(self, status: int) -> DocumentError | OutOfResources:
        """Return what the exit status of a child says of the document, or of this machine."""
        if status == -signal.SIGPROF:
            return DocumentTooSlow(f"Not read within {self.seconds:g} seconds.")
        if self._is_short or status == -signal.SIGKILL:
            return OutOfResources("the system ended the process that reads documents")
        if status == -signal.SIGABRT:  # how code in Rust and C++ ends when it is refused memory
            return DocumentTooSlow(f"Needs more than {self.megabytes} MB to read, or crashes it.")
        return DocumentError(f"The reader crashed on this file (exit status {status}).")

    def _own_shortage(self, error: BaseException) -> BaseException:
        """Return the child's error; where the child was given less memory than the budget, what it
        lacked was ours to give."""
        if isinstance(error, MemoryError) and self._is_short:
            return OutOfResources(f"less than {self.megabytes} MB of memory may be used here")
        if isinstance(error, MemoryError):
            return DocumentTooSlow(f"Needs more than {self.megabytes} MB to read.")
        return error

    # -- The child ---------------------------------------------------------------------------------

    def _started(self) -> Pipe:
        """Return our end of the pipe to a child. One that owes answers may have died: they are
        heard first."""
        if not self._waiting and not self._lives():
            self.close()
            self._start()

        assert self._pipe is not None
        return self._pipe

    def _lives(self) -> bool:
        return self._child is not None and self._pipe is not None and self._child.poll() is None

    def _start(self) -> None:
        """Start a child. One that ends before it is ready was not ended by a document. Raises
        OutOfResources."""
        ours, theirs = pair()
        self._pipe = ours
        with theirs:
            self._child = start(theirs)
        try:
            self._make_ready(ours)
        except (EOFError, ConnectionError) as error:
            self.close()
            raise OutOfResources("the process that reads documents could not be started") from error
        except BaseException:
            self.close()
            raise

    def _make_ready(self, pipe: Pipe) -> None:
        """Send a child its budget and the shared objects, and hear whether it was given less."""
        packed = [pickle.dumps(thing) for thing in self._shared]
        beginning = pickle.dumps((self.megabytes, packed))
        pipe.send(beginning, wait=False)
        self._wait(pipe, START_SECONDS)
        self._is_short = pickle.loads(pipe.receive())


def _refused(error: Exception) -> bytes:
    """Return an error as the child would answer it."""
    return pickle.dumps((False, error))
