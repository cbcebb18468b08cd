"""What a shape is given, and how shapes are collected and run."""

import asyncio
import re
import time
import traceback
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Awaitable, Callable

from temporalio.api.enums.v1 import EventType, IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

import activities
import workflows

SHAPES_AT_ONCE = 10
SHAPE_TIMEOUT_SECONDS = 90

Shape = Callable[["World"], Awaitable[None]]
shapes: dict[str, Shape] = {}


def shape(name: str) -> Callable[[Shape], Shape]:
    def register(function: Shape) -> Shape:
        shapes[name] = function
        return function

    return register


@dataclass
class World:
    client: Client
    is_ours: bool
    prefix: str = field(default_factory=lambda: f"compat-py-{uuid.uuid4().hex[:8]}")
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8))

    @property
    def task_queue(self) -> str:
        return f"{self.prefix}-main"

    def id(self, name: str) -> str:
        return f"{self.prefix}-{name}-{uuid.uuid4().hex[:8]}"

    def worker(self, task_queue: str, **options: Any) -> Worker:
        settings = {
            "workflows": workflows.ALL,
            "activities": activities.ALL,
            "activity_executor": self.threads,
            **options,
        }
        return Worker(self.client, task_queue=task_queue, **settings)

    async def start(self, run: Any, *args: Any, name: str, **options: Any) -> WorkflowHandle[Any, Any]:
        options.setdefault("task_queue", self.task_queue)
        return await self.client.start_workflow(run, args=list(args), id=options.pop("id", self.id(name)), **options)

    async def events(self, handle: WorkflowHandle[Any, Any]) -> list[str]:
        names = []
        number = 0
        async for event in handle.fetch_history_events():
            number += 1
            assert event.event_id == number, f"event {number} has the id {event.event_id}"
            names.append(event_name(event.event_type))
        return names

    async def until_event(self, handle: WorkflowHandle[Any, Any], wanted: str) -> None:
        async for event in handle.fetch_history_events(wait_new_event=True):
            if event_name(event.event_type) == wanted:
                return
        raise AssertionError(f"the workflow closed without {wanted}")


def event_name(event_type: int) -> str:
    words = EventType.Name(event_type).removeprefix("EVENT_TYPE_").split("_")
    return "".join(word.capitalize() for word in words)


def in_order(events: list[str], *wanted: str) -> None:
    rest = iter(events)
    for name in wanted:
        assert name in rest, f"{name} is missing or out of order in {events}"


async def eventually(check: Callable[[], Awaitable[None]]) -> None:
    """For what Temporal writes some time after it acknowledged it."""
    for attempt in range(300):
        try:
            return await check()
        except Exception:
            if attempt == 299:
                raise
        await asyncio.sleep(0.05)


async def answered(world: World, check: Callable[[], Awaitable[None]]) -> None:
    await (check() if world.is_ours else eventually(check))


async def prepare_search_attributes(client: Client) -> None:
    wanted = {
        "CompatKeyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
        "CompatInt": IndexedValueType.INDEXED_VALUE_TYPE_INT,
    }
    listed = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    missing = {name: kind for name, kind in wanted.items() if name not in listed.custom_attributes}
    if missing:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )


async def run_shapes(world: World, only: str | None) -> dict[str, Any]:
    gate = asyncio.Semaphore(SHAPES_AT_ONCE)
    failed: dict[str, str] = {}
    passed: list[str] = []

    async def run_one(name: str, function: Shape) -> None:
        async with gate:
            begun = time.monotonic()
            try:
                await asyncio.wait_for(function(world), SHAPE_TIMEOUT_SECONDS)
                passed.append(name)
                print(f"ok    {name}  {time.monotonic() - begun:.2f} s", flush=True)
            except BaseException as error:
                failed[name] = "".join(traceback.format_exception(error))
                print(f"FAIL  {name}  {time.monotonic() - begun:.2f} s: {error!r}", flush=True)

    chosen = {name: function for name, function in shapes.items() if only is None or re.search(only, name)}
    async with world.worker(world.task_queue):
        await asyncio.gather(*(run_one(name, function) for name, function in chosen.items()))
    return {"passed": passed, "failed": failed}


async def event_types(world: World) -> dict[str, int]:
    counts: dict[str, int] = {}
    async for execution in world.client.list_workflows(f"WorkflowId STARTS_WITH '{world.prefix}'"):
        handle = world.client.get_workflow_handle(execution.id, run_id=execution.run_id)
        async for event in handle.fetch_history_events():
            name = event_name(event.event_type)
            counts[name] = counts.get(name, 0) + 1
    return counts
