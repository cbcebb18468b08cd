"""The Python SDK's time-skipping environment against the test server whose program is argv[1]; prints one JSON object."""

import asyncio
import json
import sys
import time
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

DAY = timedelta(days=1)


@activity.defn
async def fail_until(attempt: int) -> None:
    if activity.info().attempt < attempt:
        raise RuntimeError("not yet")


@workflow.defn
class Sleeper:
    @workflow.run
    async def run(self, days: int) -> float:
        start = workflow.now()
        await asyncio.sleep(days * DAY.total_seconds())
        return (workflow.now() - start) / DAY


@workflow.defn
class Retrier:
    @workflow.run
    async def run(self) -> float:
        start = workflow.now()
        policy = RetryPolicy(initial_interval=DAY, backoff_coefficient=1.0)
        await workflow.execute_activity(fail_until, 4, start_to_close_timeout=DAY, retry_policy=policy)
        return (workflow.now() - start) / DAY


async def main() -> None:
    seen: dict[str, object] = {}
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=sys.argv[1]) as env:
        seen["supports"] = env.supports_time_skipping
        runner = UnsandboxedWorkflowRunner()
        async with Worker(
            env.client, task_queue="q", workflows=[Sleeper, Retrier], activities=[fail_until], workflow_runner=runner
        ):
            before = await env.get_current_time()
            seen["slept"] = await env.client.execute_workflow(Sleeper.run, 30, id="sleeper", task_queue="q")
            seen["passed"] = (await env.get_current_time() - before) / DAY
            seen["retried"] = await env.client.execute_workflow(Retrier.run, id="retrier", task_queue="q")
            handle = await env.client.start_workflow(
                Sleeper.run, 365, id="late", task_queue="q", execution_timeout=10 * DAY
            )
            try:
                await handle.result()
            except WorkflowFailureError as error:
                seen["late"] = type(error.cause).__name__
            with env.auto_time_skipping_disabled():
                started = time.monotonic()
                await env.sleep(5 * DAY)
                seen["sleptQuickly"] = time.monotonic() - started < 60
    print(json.dumps(seen))


asyncio.run(main())
