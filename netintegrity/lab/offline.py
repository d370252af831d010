"""Asks a simulated device everything a platform asks, without any network."""

from datetime import datetime
from typing import Final

from netintegrity.lab.answering import Ending, reply
from netintegrity.lab.device import LabDevice
from netintegrity.model.evidence import Exchange
from netintegrity.platforms._spec import Platform

_MOST_ROUNDS: Final = 50


def exchanges_of(device: LabDevice, platform: Platform, at: datetime) -> tuple[Exchange, ...]:
    """Return the exchanges an audit of ``device`` would bring; none if nobody could log in.

    They are those of a session over SSH, but for their times.

    Args:
        device: of a scenario.
        platform: what it is taken for.
        at: UTC; each exchange bears this moment.

    Raises:
        RuntimeError: the platform's plan does not come to an end.
    """
    behaviour = device.behaviour
    no_session = behaviour.silent or behaviour.closed or behaviour.login == "refused"
    if no_session or behaviour.host_key != "pinned":
        return ()
    exchanges: tuple[Exchange, ...] = ()
    for _ in range(_MOST_ROUNDS):
        requests = platform.plan(exchanges)
        if not requests:
            return exchanges
        for planned in requests:
            request = planned
            if planned.wants_nonce:
                # Any number will do that is not used twice: nobody listens who could guess it.
                request = platform.probe(planned.probe_id).request(str(7001 + len(exchanges)))
            said = reply(device, request.command)
            exchanges += (
                Exchange(
                    probe_id=request.probe_id,
                    command=request.command,
                    output=said.text,
                    started_at=at,
                    elapsed_s=0.0,
                    complete=said.ending is Ending.PROMPT,
                    nonce=request.nonce,
                ),
            )
            if said.ending is Ending.CUT:
                return exchanges
    raise RuntimeError(f"{platform.id}: after {_MOST_ROUNDS} rounds it still asks")
