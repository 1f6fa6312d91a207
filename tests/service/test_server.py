import asyncio
import socket

from unmask.service.server import listen
from unmask.settings import ServiceSettings, Settings


def test_an_answer_does_not_wait_for_the_one_before_it_to_be_acknowledged() -> None:
    opened = listen(Settings(serve=ServiceSettings(port=0)))
    assert asyncio.run(_sends_at_once(opened))


async def _sends_at_once(opened: socket.socket) -> bool:
    told: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = writer.get_extra_info("socket")
        told.set_result(there.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, sock=opened):
        _, writer = await asyncio.open_connection(*opened.getsockname()[:2])
        at_once = await told
        writer.close()
        await writer.wait_closed()
    return bool(at_once)
