"""Runs the shapes of the official Python SDK against a server: one line per shape, then a summary as JSON on the last line."""

import argparse
import asyncio
import json
import sys

from temporalio.client import Client

import shapes  # noqa: F401  The import registers them.
from harness import World, event_types, run_shapes


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", required=True, help="host:port of the server")
    parser.add_argument("--only", help="a regular expression over the names of shapes")
    parser.add_argument("--ours", action="store_true", help="expect lists to show at once what was acknowledged")
    options = parser.parse_args()
    client = await Client.connect(options.address)
    world = World(client, is_ours=options.ours)
    summary = await run_shapes(world, options.only)
    summary["eventTypes"] = await event_types(world)
    print(json.dumps(summary), flush=True)
    return 1 if summary["failed"] else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
