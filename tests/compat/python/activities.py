"""The activities of every shape."""

import asyncio
from dataclasses import dataclass

from temporalio import activity
from temporalio.exceptions import ApplicationError

# Activities that a test completes: their task tokens by workflow id.
tokens: dict[str, "asyncio.Future[bytes]"] = {}


def token_of(workflow_id: str) -> "asyncio.Future[bytes]":
    if workflow_id not in tokens:
        tokens[workflow_id] = asyncio.get_running_loop().create_future()
    return tokens[workflow_id]


@dataclass
class Greeting:
    salutation: str
    name: str


@activity.defn
async def greet(name: str) -> str:
    return f"hello {name}"


@activity.defn
async def compose(greeting: Greeting) -> Greeting:
    return Greeting(greeting.salutation.upper(), greeting.name)


@activity.defn
def greet_in_thread(name: str) -> str:
    return f"hello {name} from a thread"


@activity.defn
async def fail_until(attempt: int) -> int:
    current = activity.info().attempt
    if current < attempt:
        raise ApplicationError(f"attempt {current} fails", type="NotYet")
    return current


@activity.defn
async def fail_for_good() -> None:
    raise ApplicationError("for good", {"detail": 1}, type="Fatal", non_retryable=True)


@activity.defn
async def hang() -> None:
    await asyncio.sleep(20)


@activity.defn
async def heartbeat_then_hang() -> str:
    info = activity.info()
    # On a slow machine a heartbeat may come after its time-out, so an attempt without details heartbeats again.
    if info.heartbeat_details:
        return f"resumed from {info.heartbeat_details[0]}"
    activity.heartbeat("step 7")
    await asyncio.sleep(20)
    return "not reached"


@activity.defn
async def heartbeat_until_cancelled() -> str:
    try:
        while True:
            activity.heartbeat("still here")
            await asyncio.sleep(0.05)
    except asyncio.CancelledError:
        raise


@activity.defn
async def complete_elsewhere() -> str:
    info = activity.info()
    future = token_of(info.workflow_id or "")
    if not future.done():
        future.set_result(info.task_token)
    activity.raise_complete_async()


@activity.defn
async def echo_bytes(data: bytes) -> bytes:
    return data


ALL = [
    greet,
    compose,
    greet_in_thread,
    fail_until,
    fail_for_good,
    hang,
    heartbeat_then_hang,
    heartbeat_until_cancelled,
    complete_elsewhere,
    echo_bytes,
]
