"""Starts a server by each of the SDK's two command lines, runs a workflow in it and prints a line for each."""

import asyncio
import json
import os
import sys
from datetime import timedelta

from temporalio import workflow
from temporalio.common import SearchAttributeKey
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker


@workflow.defn
class Nap:
    @workflow.run
    async def run(self, seconds: int) -> str:
        await workflow.sleep(timedelta(seconds=seconds))
        return f"slept for {seconds}"


async def nap(env: WorkflowEnvironment, seconds: int) -> str:
    async with Worker(env.client, task_queue="q", workflows=[Nap]):
        return await env.client.execute_workflow(Nap.run, seconds, id="nap", task_queue="q")


async def main(program: str) -> None:
    colour = SearchAttributeKey.for_keyword("Colour")
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=program, namespace="shop", search_attributes=[colour]
    ) as env:
        print(json.dumps({"local": await nap(env, 0), "namespace": env.client.namespace}))
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=program) as env:
        before = await env.get_current_time()
        result = await nap(env, 86_400)
        skipped = (await env.get_current_time() - before).total_seconds()
        print(json.dumps({"skipping": result, "days": int(skipped // 86_400)}))


# The sandbox of workflows imports this file again.
if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
    sys.stdout.flush()
    # Threads of the SDK may still wake Python while it shuts down, which then aborts: all is said, so there is no shutdown.
    os._exit(0)
