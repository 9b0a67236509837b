# A server on asyncio: the heartbeat is a task of the same event loop, and tells when the last job ended. What blocks the loop stops the answer.
# Run: python3 heartbeat_asyncio.py 'tcp://*:5555' 'tcp://*:5556'
import asyncio
import sys
import time

import zmq
import zmq.asyncio
from heartbeat import answer


async def main(work_endpoint, health_endpoint):
    context = zmq.asyncio.Context()
    work, health = context.socket(zmq.REP), context.socket(zmq.ROUTER)
    work.bind(work_endpoint)
    health.bind(health_endpoint)
    last = time.time()

    async def heartbeats():
        while True:
            if reply := answer(await health.recv_multipart(), services=(b"", b"echo"), idle_seconds=time.time() - last):
                await health.send_multipart(reply)

    task = asyncio.create_task(heartbeats())
    while not task.done():
        job = await work.recv()
        await work.send(job.upper())
        last = time.time()


asyncio.run(main(*sys.argv[1:]))
