"""Workflow shapes through the official Python SDK: results, and what the history then holds."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.client import (
    WithStartWorkflowOperation,
    WorkflowContinuedAsNewError,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateStage,
)
from temporalio.common import (
    Priority,
    QueryRejectCondition,
    RetryPolicy,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import (
    ApplicationError,
    CancelledError,
    TerminatedError,
    TimeoutError,
    WorkflowAlreadyStartedError,
)
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

import activities
import workflows as w
from harness import World, answered, in_order, prepare_search_attributes, shape

QUICK = RetryPolicy(initial_interval=timedelta(milliseconds=20), backoff_coefficient=1.0)


async def cause_of(awaitable, kind=WorkflowFailureError):
    try:
        result = await awaitable
    except kind as error:
        return error.cause
    raise AssertionError(f"completed with {result!r}")


@shape("a workflow returns what it was given")
async def _(world: World) -> None:
    handle = await world.start(w.Echo.run, {"text": "ünïcödé", "list": [1, None]}, name="echo")
    assert await handle.result() == {"text": "ünïcödé", "list": [1, None]}
    assert await world.events(handle) == [
        "WorkflowExecutionStarted",
        "WorkflowTaskScheduled",
        "WorkflowTaskStarted",
        "WorkflowTaskCompleted",
        "WorkflowExecutionCompleted",
    ]
    assert (await handle.describe()).status == WorkflowExecutionStatus.COMPLETED


@shape("a workflow fails with type and details")
async def _(world: World) -> None:
    handle = await world.start(w.FailPlainly.run, "OutOfStock", name="fail")
    cause = await cause_of(handle.result())
    assert isinstance(cause, ApplicationError)
    assert (cause.type, list(cause.details)) == ("OutOfStock", [{"reason": "on purpose"}])
    in_order(await world.events(handle), "WorkflowExecutionStarted", "WorkflowExecutionFailed")


@shape("ids are reused and shared as the policies say")
async def _(world: World) -> None:
    workflow_id = world.id("policies")
    await (await world.start(w.Echo.run, 1, name="", id=workflow_id)).result()
    try:
        await world.start(w.Echo.run, 1, name="", id=workflow_id, id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE)
        raise AssertionError("started twice")
    except WorkflowAlreadyStartedError as error:
        assert error.workflow_id == workflow_id
    first = await world.start(w.WaitForever.run, name="", id=workflow_id)
    joined = await world.start(
        w.WaitForever.run, name="", id=workflow_id, id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING
    )
    assert joined.first_execution_run_id == first.first_execution_run_id
    successor = await world.start(
        w.Echo.run, 2, name="", id=workflow_id, id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING
    )
    assert await successor.result() == 2
    assert isinstance(await cause_of(first.result(follow_runs=False)), TerminatedError)


@shape("options reach the workflow and its description")
async def _(world: World) -> None:
    await prepare_search_attributes(world.client)
    label = world.id("label")
    handle = await world.start(
        w.Options.run,
        name="options",
        memo={"owner": "compat"},
        execution_timeout=timedelta(seconds=90),
        run_timeout=timedelta(seconds=80),
        task_timeout=timedelta(seconds=9),
        priority=Priority(priority_key=2),
        static_summary="a summary",
        static_details="the details",
        search_attributes=TypedSearchAttributes([SearchAttributePair(w.KEYWORD, label)]),
    )
    assert await handle.result() == {
        "memo": {"owner": "compat"},
        "execution_timeout": 90.0,
        "run_timeout": 80.0,
        "task_timeout": 9.0,
        "priority": 2,
        "keyword": label,
    }
    description = await handle.describe()
    assert (await description.static_summary(), await description.static_details()) == ("a summary", "the details")
    assert await description.memo() == {"owner": "compat"}


@shape("a delayed start waits")
async def _(world: World) -> None:
    handle = await world.start(w.Echo.run, "late", name="delay", start_delay=timedelta(seconds=4))
    assert await world.events(handle) == ["WorkflowExecutionStarted"]
    assert await handle.result() == "late"


@shape("an eager start hands the first task to the starter")
async def _(world: World) -> None:
    task_queue = world.id("eager")
    async with world.worker(task_queue):
        handle = await world.start(w.Echo.run, "eager", name="eager", task_queue=task_queue, request_eager_start=True)
        assert await handle.result() == "eager"


@shape("a workflow runs into its time-outs")
async def _(world: World) -> None:
    for timeout in ("execution_timeout", "run_timeout"):
        handle = await world.start(w.WaitForever.run, name=timeout, **{timeout: timedelta(seconds=1)})
        assert isinstance(await cause_of(handle.result()), TimeoutError)
        in_order(await world.events(handle), "WorkflowExecutionTimedOut")


@shape("activities run in the loop and in threads")
async def _(world: World) -> None:
    handle = await world.start(w.Greet.run, "world", name="greet")
    assert await handle.result() == "hello world, hello world from a thread"
    in_order(await world.events(handle), "ActivityTaskScheduled", "ActivityTaskStarted", "ActivityTaskCompleted")


@shape("typed values pass through an activity")
async def _(world: World) -> None:
    handle = await world.start(w.GreetTyped.run, activities.Greeting("hello", "typed"), name="typed")
    assert await handle.result() == activities.Greeting("HELLO", "typed")


@shape("three hundred activities run side by side")
async def _(world: World) -> None:
    handle = await world.start(w.GreetMany.run, 300, name="many")
    assert await handle.result() == 300
    assert (await world.events(handle)).count("ActivityTaskCompleted") == 300


ACTIVITY_ROWS = [
    ("is retried until it succeeds", "fail_until", [3], {"start_to_close": 5}, 3, "ActivityTaskCompleted"),
    (
        "fails for good",
        "fail_for_good",
        [],
        {"start_to_close": 5},
        "NON_RETRYABLE_FAILURE: ApplicationError Fatal",
        "ActivityTaskFailed",
    ),
    (
        "uses up its attempts",
        "fail_until",
        [9],
        {"start_to_close": 5, "attempts": 2},
        "MAXIMUM_ATTEMPTS_REACHED: ApplicationError NotYet",
        "ActivityTaskFailed",
    ),
    (
        "runs into its start-to-close time-out",
        "hang",
        [],
        {"start_to_close": 0.5, "attempts": 1},
        "MAXIMUM_ATTEMPTS_REACHED: TimeoutError START_TO_CLOSE",
        "ActivityTaskTimedOut",
    ),
    (
        "runs into its schedule-to-start time-out",
        "greet",
        ["x"],
        {"start_to_close": 5, "schedule_to_start": 0.5, "task_queue": "compat-nobody-polls"},
        "TIMEOUT: TimeoutError SCHEDULE_TO_START",
        "ActivityTaskTimedOut",
    ),
    (
        "runs into its schedule-to-close time-out",
        "hang",
        [],
        {"schedule_to_close": 0.7},
        "TIMEOUT: TimeoutError SCHEDULE_TO_CLOSE",
        "ActivityTaskTimedOut",
    ),
    (
        "runs into its heartbeat time-out",
        "hang",
        [],
        {"start_to_close": 10, "heartbeat": 0.5, "attempts": 1},
        "MAXIMUM_ATTEMPTS_REACHED: TimeoutError HEARTBEAT",
        "ActivityTaskTimedOut",
    ),
    (
        "resumes from the heartbeat before its time-out",
        "heartbeat_then_hang",
        [],
        {"start_to_close": 10, "heartbeat": 0.7},
        "resumed from step 7",
        "ActivityTaskCompleted",
    ),
]


def add_activity_shape(title, name, args, options, expected, last) -> None:
    @shape(f"an activity {title}")
    async def _(world: World) -> None:
        handle = await world.start(w.RunActivity.run, name, args, options, name=name)
        result = await handle.result()
        assert result == expected, result
        in_order(await world.events(handle), "ActivityTaskScheduled", last, "WorkflowExecutionCompleted")


for row in ACTIVITY_ROWS:
    add_activity_shape(*row)


@shape("activities are cancelled in three ways")
async def _(world: World) -> None:
    rows = [
        ("TRY_CANCEL", "ActivityError: CancelledError", 1),
        ("WAIT_CANCELLATION_COMPLETED", "ActivityError: CancelledError", 1),
        ("ABANDON", "ActivityError: CancelledError", 0),
    ]
    for kind, expected, cancel_requests in rows:
        handle = await world.start(w.CancelActivity.run, kind, name=f"cancel-{kind}")
        await world.until_event(handle, "ActivityTaskScheduled")
        await handle.signal(w.CancelActivity.tell)
        result = await handle.result()
        assert result == expected, (kind, result)
        assert (await world.events(handle)).count("ActivityTaskCancelRequested") == cancel_requests


@shape("an activity is completed by others, by token and by id")
async def _(world: World) -> None:
    options = {"start_to_close": 30, "heartbeat": 20, "activity_id": "elsewhere", "attempts": 1}
    for by in ("token", "id"):
        for ending in ("complete", "fail"):
            handle = await world.start(w.RunActivity.run, "complete_elsewhere", [], options, name=f"{ending}-by-{by}")
            token = await activities.token_of(handle.id)
            elsewhere = (
                world.client.get_async_activity_handle(task_token=token)
                if by == "token"
                else world.client.get_async_activity_handle(workflow_id=handle.id, run_id=None, activity_id="elsewhere")
            )
            await elsewhere.heartbeat("half")
            if ending == "complete":
                await elsewhere.complete("from elsewhere")
                assert await handle.result() == "from elsewhere"
            else:
                await elsewhere.fail(ApplicationError("failed elsewhere", type="Elsewhere"))
                assert await handle.result() == "MAXIMUM_ATTEMPTS_REACHED: ApplicationError Elsewhere"


@shape("large bytes pass through an activity")
async def _(world: World) -> None:
    handle = await world.start(w.RunActivity.run, "greet", ["x" * 1_000_000], {"start_to_close": 10}, name="large")
    assert len(await handle.result()) == 1_000_006


@shape("local activities leave markers")
async def _(world: World) -> None:
    handle = await world.start(w.Locally.run, name="local")
    assert await handle.result() == ["hello local", 3, "Fatal: for good"]
    events = await world.events(handle)
    assert events.count("MarkerRecorded") == 3 and "ActivityTaskScheduled" not in events


@shape("timers fire, are cancelled, and time is the same in every replay")
async def _(world: World) -> None:
    task_queue = world.id("uncached")
    async with world.worker(task_queue, max_cached_workflows=0, max_concurrent_workflow_task_polls=1):
        handle = await world.start(w.Naps.run, name="naps", task_queue=task_queue)
        assert (await handle.result())[3] is True
    events = await world.events(handle)
    assert (events.count("TimerStarted"), events.count("TimerFired"), events.count("TimerCanceled")) == (4, 3, 1)


@shape("signals arrive in order, named and not")
async def _(world: World) -> None:
    handle = await world.start(w.Sum.run, 0, name="signals")
    for number in range(1, 21):
        await handle.signal(w.Sum.add, number)
    await handle.signal("unnamed", 1)
    await handle.signal(w.Sum.finish)
    assert await handle.result() == [*range(21), 7]


@shape("a signal starts the workflow when there is none")
async def _(world: World) -> None:
    workflow_id = world.id("signal-with-start")
    for _ in range(2):
        handle = await world.start(
            w.Sum.run,
            0,
            name="",
            id=workflow_id,
            start_signal="add",
            start_signal_args=[4],
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
    await handle.signal(w.Sum.finish)
    assert await handle.result() == [0, 4, 4]


@shape("queries see every acknowledged signal, and fail as told")
async def _(world: World) -> None:
    handle = await world.start(w.Sum.run, 0, name="queries")
    for number in range(1, 6):
        await handle.signal(w.Sum.add, number)
        assert await handle.query(w.Sum.total) == number * (number + 1) // 2
    for failing in (w.Sum.broken, "no_such_query"):
        try:
            await handle.query(failing)
            raise AssertionError("the query did not fail")
        except WorkflowQueryFailedError:
            pass
    await handle.signal(w.Sum.finish)
    await handle.result()
    assert await handle.query(w.Sum.total) == 15
    try:
        await handle.query(w.Sum.total, reject_condition=QueryRejectCondition.NOT_OPEN)
        raise AssertionError("the query was not rejected")
    except WorkflowQueryRejectedError:
        pass


@shape("updates complete, are rejected, fail and run once")
async def _(world: World) -> None:
    handle = await world.start(w.Sum.run, 0, name="updates")
    assert await handle.execute_update(w.Sum.add_and_get, 3) == 3
    rejected = await cause_of(handle.execute_update(w.Sum.add_and_get, -1), WorkflowUpdateFailedError)
    assert isinstance(rejected, ApplicationError) and rejected.type == "Negative"
    failed = await cause_of(handle.execute_update(w.Sum.fail), WorkflowUpdateFailedError)
    assert isinstance(failed, ApplicationError) and failed.type == "BrokenUpdate"
    assert await handle.execute_update(w.Sum.greet, "update") == "hello update"
    twice = await asyncio.gather(*(handle.execute_update(w.Sum.add_and_get, 4, id="four") for _ in range(2)))
    assert twice == [7, 7]
    slow = await handle.start_update(w.Sum.slow, 0.3, wait_for_stage=WorkflowUpdateStage.ACCEPTED)
    assert await slow.result() == "slow"
    await handle.signal(w.Sum.finish)
    assert await handle.result() == [0, 3, 4]
    in_order(await world.events(handle), "WorkflowExecutionUpdateAccepted", "WorkflowExecutionUpdateCompleted")


@shape("thirty updates at once are each applied once")
async def _(world: World) -> None:
    handle = await world.start(w.Sum.run, 0, name="many-updates")
    totals = await asyncio.gather(*(handle.execute_update(w.Sum.add_and_get, 1) for _ in range(30)))
    assert sorted(totals) == list(range(1, 31))
    await handle.terminate()


@shape("an update starts the workflow when there is none")
async def _(world: World) -> None:
    workflow_id = world.id("update-with-start")
    for expected in (6, 7):
        operation = WithStartWorkflowOperation(
            w.Sum.run,
            5,
            id=workflow_id,
            task_queue=world.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        total = await world.client.execute_update_with_start_workflow(
            w.Sum.add_and_get, 1, start_workflow_operation=operation
        )
        assert total == expected
        handle = await operation.workflow_handle()
    await handle.signal(w.Sum.finish)
    assert await handle.result() == [5, 1, 1]


@shape("children complete, fail, time out and are retried")
async def _(world: World) -> None:
    rows = [
        ("Echo", ["child"], {}, "child", "ChildWorkflowExecutionCompleted"),
        ("FailPlainly", ["Broken"], {}, "ApplicationError", "ChildWorkflowExecutionFailed"),
        ("WaitForever", [], {"run_timeout": 1}, "TimeoutError", "ChildWorkflowExecutionTimedOut"),
        ("FailUntil", [3], {"retries": True}, 3, "ChildWorkflowExecutionCompleted"),
        ("CountDown", [1], {}, None, "ChildWorkflowExecutionCompleted"),
    ]
    for child, args, options, expected, last in rows:
        handle = await world.start(w.Parent.run, child, args, {**options, "id": world.id("child")}, name=f"parent-{child}")
        result = await handle.result()
        assert expected is None or result == expected, (child, result)
        in_order(
            await world.events(handle),
            "StartChildWorkflowExecutionInitiated",
            "ChildWorkflowExecutionStarted",
            last,
            "WorkflowExecutionCompleted",
        )


@shape("children are left to their policies")
async def _(world: World) -> None:
    rows = [("TERMINATE", "TERMINATED"), ("REQUEST_CANCEL", "CANCELED"), ("ABANDON", "RUNNING")]
    for policy, status in rows:
        child = world.client.get_workflow_handle(world.id(f"left-{policy}"))
        await (await world.start(w.Leave.run, child.id, policy, name=f"leave-{policy}")).result()
        if policy != "ABANDON":
            await cause_of(child.result())
        assert (await child.describe()).status == WorkflowExecutionStatus[status], policy
        if policy == "ABANDON":
            await child.terminate()


@shape("a parent signals and cancels its children")
async def _(world: World) -> None:
    signaller = await world.start(w.SignalChild.run, world.id("signalled"), name="signals-child")
    assert await signaller.result() == [1, 2]
    canceller = await world.start(w.CancelChild.run, world.id("cancelled"), name="cancels-child")
    assert await canceller.result() == "CancelledError"
    in_order(
        await world.events(canceller), "RequestCancelExternalWorkflowExecutionInitiated", "ChildWorkflowExecutionCanceled"
    )


@shape("a workflow signals and cancels another, or learns that there is none")
async def _(world: World) -> None:
    other = await world.start(w.Sum.run, 1, name="other")
    handle = await world.start(w.Elsewhere.run, other.id, name="elsewhere")
    assert await handle.result() == ["done", "done"]
    assert isinstance(await cause_of(other.result()), CancelledError)
    in_order(await world.events(other), "WorkflowExecutionSignaled", "WorkflowExecutionCancelRequested")
    lonely = await world.start(w.Elsewhere.run, world.id("nobody"), name="lonely")
    assert all(outcome.startswith("failed") for outcome in await lonely.result())
    in_order(
        await world.events(lonely), "SignalExternalWorkflowExecutionFailed", "RequestCancelExternalWorkflowExecutionFailed"
    )


@shape("a chain of runs ends with the result of its last")
async def _(world: World) -> None:
    handle = await world.start(w.CountDown.run, 3, name="chain")
    assert await handle.result() == handle.first_execution_run_id
    first = world.client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)
    assert (await world.events(first))[-1] == "WorkflowExecutionContinuedAsNew"


@shape("a workflow is retried in new runs")
async def _(world: World) -> None:
    handle = await world.start(w.FailUntil.run, 3, name="retry", retry_policy=QUICK)
    assert await handle.result() == 3


@shape("a cron workflow runs again")
async def _(world: World) -> None:
    handle = await world.start(w.Echo.run, "again", name="cron", cron_schedule="@every 1s")
    first = world.client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)
    try:
        await first.result(follow_runs=False)
        raise AssertionError("the first run has no successor")
    except WorkflowContinuedAsNewError:
        pass
    current = world.client.get_workflow_handle(handle.id)
    assert (await current.describe()).run_id != handle.first_execution_run_id
    await current.terminate()


@shape("a workflow is cancelled, terminated, and then takes nothing more")
async def _(world: World) -> None:
    cancelled = await world.start(w.CleanUp.run, name="cancelled")
    await world.until_event(cancelled, "TimerStarted")
    await cancelled.cancel()
    assert isinstance(await cause_of(cancelled.result()), CancelledError)
    in_order(await world.events(cancelled), "WorkflowExecutionCancelRequested", "WorkflowExecutionCanceled")
    terminated = await world.start(w.WaitForever.run, name="terminated")
    await terminated.terminate("a detail", reason="enough")
    assert isinstance(await cause_of(terminated.result()), TerminatedError)
    try:
        await terminated.signal("late")
        raise AssertionError("a closed workflow took a signal")
    except RPCError as error:
        assert error.status == RPCStatusCode.NOT_FOUND


@shape("search attributes and memo change, and lists follow")
async def _(world: World) -> None:
    await prepare_search_attributes(world.client)
    before, after = world.id("before"), world.id("after")
    handle = await world.start(
        w.Relabel.run,
        name="relabel",
        memo={"removed": "soon"},
        search_attributes=TypedSearchAttributes([SearchAttributePair(w.KEYWORD, before), SearchAttributePair(w.INT, 3)]),
    )

    async def is_found(label: str, count: int) -> None:
        found = [execution.id async for execution in world.client.list_workflows(f"CompatKeyword = '{label}'")]
        assert found == [handle.id] * count
        assert (await world.client.count_workflows(f"CompatKeyword = '{label}'")).count == count

    await answered(world, lambda: is_found(before, 1))
    await handle.signal(w.Relabel.relabel, after)
    await handle.signal(w.Relabel.finish)
    assert await handle.result() == {"label": after}
    await answered(world, lambda: is_found(after, 1))
    await answered(world, lambda: is_found(before, 0))
    in_order(await world.events(handle), "UpsertWorkflowSearchAttributes", "WorkflowPropertiesModified")


@shape("patched code meets old histories")
async def _(world: World) -> None:
    task_queue = world.id("patched")
    old = await world.start("Changing", name="old", task_queue=task_queue)
    async with world.worker(task_queue, workflows=[w.ChangingFirst]):
        await world.until_event(old, "TimerFired")
    young = await world.start("Changing", name="young", task_queue=task_queue)
    async with world.worker(task_queue, workflows=[w.ChangingSecond]):
        for handle, expected in ((old, "slept"), (young, "hello patched")):
            await handle.signal("finish")
            assert await handle.result() == expected
    in_order(await world.events(young), "MarkerRecorded", "ActivityTaskScheduled")


@shape("careless code fails workflow tasks until it is right again")
async def _(world: World) -> None:
    task_queue = world.id("careless")
    handle = await world.start("Changing", name="careless", task_queue=task_queue, task_timeout=timedelta(seconds=3))
    async with world.worker(task_queue, workflows=[w.ChangingFirst]):
        await world.until_event(handle, "TimerFired")
    async with world.worker(task_queue, workflows=[w.ChangingCarelessly]):
        await handle.signal("finish")
        await world.until_event(handle, "WorkflowTaskFailed")
    async with world.worker(task_queue, workflows=[w.ChangingFirst]):
        assert await handle.result() == "slept"


@shape("workers come and go without losing a task")
async def _(world: World) -> None:
    task_queue = world.id("restarts")
    handle = await world.start(w.Sum.run, 0, name="restarts", task_queue=task_queue)
    for number in range(1, 4):
        async with world.worker(task_queue, max_cached_workflows=1):
            assert await handle.execute_update(w.Sum.add_and_get, number) == number * (number + 1) // 2
        await handle.signal(w.Sum.add, 0)
    async with world.worker(task_queue):
        await handle.signal(w.Sum.finish)
        assert await handle.result() == [0, 1, 0, 2, 0, 3, 0]
    assert "WorkflowTaskTimedOut" not in await world.events(handle)


@shape("fetched histories replay in the SDK")
async def _(world: World) -> None:
    handles = [
        await world.start(w.Greet.run, "replayed", name="replay-greet"),
        await world.start(w.Naps.run, name="replay-naps"),
        await world.start(w.Parent.run, "Echo", [1], {"id": world.id("replay-child")}, name="replay-parent"),
        await world.start(w.Locally.run, name="replay-local"),
    ]
    replayer = Replayer(workflows=w.ALL)
    for handle in handles:
        await handle.result()
        replayed = await replayer.replay_workflow(await handle.fetch_history())
        assert replayed.replay_failure is None


@shape("a test environment made from the running server works")
async def _(world: World) -> None:
    async with WorkflowEnvironment.from_client(world.client) as environment:
        handle = await environment.client.start_workflow(
            w.Echo.run, "environment", id=world.id("environment"), task_queue=world.task_queue
        )
        assert await handle.result() == "environment"


@shape("a long history pages through")
async def _(world: World) -> None:
    handle = await world.start(w.Sum.run, 0, name="long")
    for _ in range(10):
        await asyncio.gather(*(handle.signal(w.Sum.add, 1) for _ in range(40)))
    assert await handle.query(w.Sum.total) == 400
    events = await world.events(handle)
    assert events.count("WorkflowExecutionSignaled") == 400
    await handle.terminate()
