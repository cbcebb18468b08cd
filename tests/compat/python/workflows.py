"""The workflows of every shape. The SDK runs them in its sandbox, unmodified."""

import asyncio
from datetime import timedelta
from collections.abc import Sequence
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy, SearchAttributeKey
from temporalio.exceptions import ActivityError, ApplicationError, ChildWorkflowError

with workflow.unsafe.imports_passed_through():
    import activities

KEYWORD = SearchAttributeKey.for_keyword("CompatKeyword")
INT = SearchAttributeKey.for_int("CompatInt")
TEN_SECONDS = timedelta(seconds=10)
QUICK_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=20), backoff_coefficient=1.0)


@workflow.defn
class Echo:
    @workflow.run
    async def run(self, value: Any) -> Any:
        return value


@workflow.defn
class FailPlainly:
    @workflow.run
    async def run(self, kind: str) -> None:
        raise ApplicationError("the workflow fails", {"reason": "on purpose"}, type=kind)


@workflow.defn
class WaitForever:
    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)


@workflow.defn
class FailUntil:
    @workflow.run
    async def run(self, attempt: int) -> int:
        current = workflow.info().attempt
        if current < attempt:
            raise ApplicationError(f"attempt {current} fails")
        return current


@workflow.defn
class Greet:
    @workflow.run
    async def run(self, name: str) -> str:
        first = await workflow.execute_activity(activities.greet, name, start_to_close_timeout=TEN_SECONDS)
        second = await workflow.execute_activity(
            activities.greet_in_thread, name, start_to_close_timeout=TEN_SECONDS, summary="in a thread"
        )
        return f"{first}, {second}"


@workflow.defn
class GreetTyped:
    @workflow.run
    async def run(self, greeting: activities.Greeting) -> activities.Greeting:
        return await workflow.execute_activity(activities.compose, greeting, start_to_close_timeout=TEN_SECONDS)


@workflow.defn
class GreetMany:
    @workflow.run
    async def run(self, count: int) -> int:
        greetings = await asyncio.gather(
            *(
                workflow.execute_activity(activities.greet, str(index), start_to_close_timeout=TEN_SECONDS)
                for index in range(count)
            )
        )
        return len(set(greetings))


@workflow.defn
class RunActivity:
    """One activity by name; answers what it returned, or how it failed."""

    @workflow.run
    async def run(self, name: str, args: list[Any], options: dict[str, Any]) -> Any:
        try:
            return await workflow.execute_activity(
                name,
                args=args,
                start_to_close_timeout=seconds(options.get("start_to_close")),
                schedule_to_close_timeout=seconds(options.get("schedule_to_close")),
                schedule_to_start_timeout=seconds(options.get("schedule_to_start")),
                heartbeat_timeout=seconds(options.get("heartbeat")),
                task_queue=options.get("task_queue"),
                activity_id=options.get("activity_id"),
                retry_policy=RetryPolicy(
                    initial_interval=timedelta(milliseconds=20),
                    backoff_coefficient=1.0,
                    maximum_attempts=int(options.get("attempts", 0)),
                ),
            )
        except ActivityError as error:
            cause = error.cause
            kind = getattr(cause, "type", None)
            return f"{error.retry_state.name}: {type(cause).__name__} {getattr(kind, 'name', kind)}"


def seconds(value: Any) -> timedelta | None:
    return None if value is None else timedelta(seconds=value)


@workflow.defn
class CancelActivity:
    def __init__(self) -> None:
        self.is_told = False

    @workflow.run
    async def run(self, kind: str) -> str:
        handle = workflow.start_activity(
            activities.heartbeat_until_cancelled,
            start_to_close_timeout=timedelta(seconds=20),
            heartbeat_timeout=timedelta(seconds=5),
            cancellation_type=workflow.ActivityCancellationType[kind],
        )
        await workflow.wait_condition(lambda: self.is_told)
        handle.cancel()
        try:
            await handle
            return "completed"
        except (ActivityError, asyncio.CancelledError) as error:
            return f"{type(error).__name__}: {type(error.__cause__).__name__}"

    @workflow.signal
    def tell(self) -> None:
        self.is_told = True


@workflow.defn
class Locally:
    @workflow.run
    async def run(self) -> list[Any]:
        greeting = await workflow.execute_local_activity(
            activities.greet, "local", start_to_close_timeout=TEN_SECONDS
        )
        attempts = await workflow.execute_local_activity(
            activities.fail_until, 3, start_to_close_timeout=TEN_SECONDS, retry_policy=QUICK_RETRY
        )
        try:
            await workflow.execute_local_activity(activities.fail_for_good, start_to_close_timeout=TEN_SECONDS)
            outcome = "completed"
        except (ActivityError, ApplicationError) as error:
            outcome = str(error.__cause__ or error)
        return [greeting, attempts, outcome]


@workflow.defn
class Naps:
    @workflow.run
    async def run(self) -> list[Any]:
        await workflow.sleep(0.1, summary="a nap")
        drawn = [str(workflow.uuid4()), workflow.random().random(), workflow.now().timestamp()]
        task = asyncio.create_task(asyncio.sleep(3600))
        await asyncio.sleep(0.01)
        task.cancel()
        try:
            await workflow.wait_condition(lambda: False, timeout=0.1)
            gave_up = False
        except asyncio.TimeoutError:
            gave_up = True
        return [*drawn, gave_up]


@workflow.defn
class Sum:
    """A sum that signals, queries and updates share."""

    @workflow.init
    def __init__(self, start: int) -> None:
        self.numbers = [start]
        self.is_finished = False

    @workflow.run
    async def run(self, start: int) -> list[int]:
        await workflow.wait_condition(lambda: self.is_finished)
        return self.numbers

    @workflow.signal
    def add(self, number: int) -> None:
        self.numbers.append(number)

    @workflow.signal
    def finish(self) -> None:
        self.is_finished = True

    @workflow.signal(dynamic=True)
    def anything(self, name: str, args: Sequence[RawValue]) -> None:
        self.numbers.append(len(name))

    @workflow.query
    def total(self) -> int:
        return sum(self.numbers)

    @workflow.query
    def broken(self) -> int:
        raise ApplicationError("broken on purpose")

    @workflow.update
    async def add_and_get(self, number: int) -> int:
        self.numbers.append(number)
        return sum(self.numbers)

    @add_and_get.validator
    def only_positive(self, number: int) -> None:
        if number < 0:
            raise ApplicationError("only what is positive", type="Negative")

    @workflow.update
    async def greet(self, name: str) -> str:
        return await workflow.execute_activity(activities.greet, name, start_to_close_timeout=TEN_SECONDS)

    @workflow.update
    async def fail(self) -> None:
        await asyncio.sleep(0.01)
        raise ApplicationError("broken after it was accepted", type="BrokenUpdate")

    @workflow.update
    async def slow(self, delay: float) -> str:
        await asyncio.sleep(delay)
        return "slow"


@workflow.defn
class Parent:
    @workflow.run
    async def run(self, child: str, args: list[Any], options: dict[str, Any]) -> Any:
        try:
            return await workflow.execute_child_workflow(
                child,
                args=args,
                id=options["id"],
                run_timeout=seconds(options.get("run_timeout")),
                retry_policy=QUICK_RETRY if options.get("retries") else None,
                memo={"from": "parent"},
                static_summary="a child",
            )
        except ChildWorkflowError as error:
            return f"{type(error.cause).__name__}"


@workflow.defn
class Leave:
    @workflow.run
    async def run(self, child_id: str, policy: str) -> str:
        await workflow.start_child_workflow(
            "WaitForever", id=child_id, parent_close_policy=workflow.ParentClosePolicy[policy]
        )
        return "left"


@workflow.defn
class SignalChild:
    @workflow.run
    async def run(self, child_id: str) -> Any:
        child = await workflow.start_child_workflow("Sum", 1, id=child_id)
        await child.signal("add", 2)
        await child.signal("finish")
        return await child


@workflow.defn
class CancelChild:
    @workflow.run
    async def run(self, child_id: str) -> str:
        child = await workflow.start_child_workflow("WaitForever", id=child_id)
        child.cancel()
        try:
            await child
            return "completed"
        except ChildWorkflowError as error:
            return type(error.cause).__name__


@workflow.defn
class Elsewhere:
    """Signals and cancels a workflow that is not its child."""

    @workflow.run
    async def run(self, workflow_id: str) -> list[str]:
        other = workflow.get_external_workflow_handle(workflow_id)
        outcomes = []
        for action in (lambda: other.signal("add", 5), lambda: other.cancel()):
            try:
                await action()
                outcomes.append("done")
            except ApplicationError as error:
                outcomes.append(f"failed: {error}")
        return outcomes


@workflow.defn
class CountDown:
    @workflow.run
    async def run(self, left: int) -> str:
        if left > 0:
            workflow.continue_as_new(left - 1, memo={"left": left - 1})
        return workflow.info().first_execution_run_id


@workflow.defn
class CleanUp:
    @workflow.run
    async def run(self) -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            await asyncio.shield(workflow.sleep(0.02))
            raise


@workflow.defn
class Relabel:
    def __init__(self) -> None:
        self.is_finished = False

    @workflow.run
    async def run(self) -> Any:
        await workflow.wait_condition(lambda: self.is_finished)
        return workflow.memo()

    @workflow.signal
    def relabel(self, value: str) -> None:
        workflow.upsert_search_attributes([KEYWORD.value_set(value), INT.value_unset()])
        workflow.upsert_memo({"label": value, "removed": None})

    @workflow.signal
    def finish(self) -> None:
        self.is_finished = True


@workflow.defn
class Options:
    @workflow.run
    async def run(self) -> dict[str, Any]:
        info = workflow.info()
        return {
            "memo": workflow.memo(),
            "execution_timeout": info.execution_timeout.total_seconds() if info.execution_timeout else None,
            "run_timeout": info.run_timeout.total_seconds() if info.run_timeout else None,
            "task_timeout": info.task_timeout.total_seconds(),
            "priority": info.priority.priority_key,
            "keyword": info.typed_search_attributes.get(KEYWORD),
        }


@workflow.defn(name="Changing")
class ChangingFirst:
    @workflow.run
    async def run(self) -> str:
        await workflow.sleep(0.01)
        await workflow.wait_condition(lambda: self.is_finished)
        return "slept"

    def __init__(self) -> None:
        self.is_finished = False

    @workflow.signal
    def finish(self) -> None:
        self.is_finished = True


@workflow.defn(name="Changing")
class ChangingSecond(ChangingFirst):
    @workflow.run
    async def run(self) -> str:
        if workflow.patched("greet-instead"):
            answer = await workflow.execute_activity(activities.greet, "patched", start_to_close_timeout=TEN_SECONDS)
        else:
            await workflow.sleep(0.01)
            answer = "slept"
        await workflow.wait_condition(lambda: self.is_finished)
        return answer

    @workflow.signal
    def finish(self) -> None:
        self.is_finished = True


@workflow.defn(name="Changing")
class ChangingCarelessly(ChangingFirst):
    @workflow.run
    async def run(self) -> str:
        answer = await workflow.execute_activity(activities.greet, "careless", start_to_close_timeout=TEN_SECONDS)
        await workflow.wait_condition(lambda: self.is_finished)
        return answer

    @workflow.signal
    def finish(self) -> None:
        self.is_finished = True


ALL = [
    Echo,
    FailPlainly,
    WaitForever,
    FailUntil,
    Greet,
    GreetTyped,
    GreetMany,
    RunActivity,
    CancelActivity,
    Locally,
    Naps,
    Sum,
    Parent,
    Leave,
    SignalChild,
    CancelChild,
    Elsewhere,
    CountDown,
    CleanUp,
    Relabel,
    Options,
]
