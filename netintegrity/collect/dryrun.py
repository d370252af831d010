"""What a run would send, without connecting to anything."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from netintegrity.model.device import Device
from netintegrity.platforms._spec import Platform, Probe

LOGIN_S: Final = 3.0
FIXED_S: Final = 1.0
"""A `show` on a device that is not busy."""


def dry_run(
    devices: Sequence[Device], platforms: Mapping[str, Platform], *, workers: int = 32
) -> Iterator[str]:
    """Yield lines that name every command each device would be sent, and an estimate of the time.

    A template is shown with ``<path>`` for its argument, which an earlier answer supplies, or with
    ``<nonce>``, which is drawn when it is sent. The
    estimate counts 3 s for a login, 1 s for each fixed command, and for each template a quarter of
    the time it may take at most, asked once; the fleet takes the sum over the workers, or as long
    as its slowest device.

    Args:
        devices: in the order to show.
        platforms: by id; one that is missing is shown as such.
        workers: sessions at once.
    """
    times: list[float] = []
    for device in devices:
        platform = platforms.get(device.platform_id)
        yield f"{device.name} ({device.address} port {device.port}, {device.platform_id})"
        if platform is None:
            yield "  nothing: no such platform"
            continue
        for line in sorted(platform.session_lines):
            yield f"  session  {line}"
        if platform.enable_line is not None:
            yield f"  session  {platform.enable_line}   (only below full privilege)"
        for probe in platform.probes:
            yield f"  {'ask' if probe.demanded else 'ask (optional)'}  {_shown(probe)}"
        times.append(_seconds(platform))
        yield f"  about {_duration(times[-1])}"
    total = max(max(times, default=0.0), sum(times) / max(workers, 1))
    yield f"{len(devices)} devices, {workers} at once: about {_duration(total)}; nothing was sent"


def _shown(probe: Probe) -> str:
    return probe.command.replace("{}", "<nonce>" if probe.takes_nonce else "<path>")


def _seconds(platform: Platform) -> float:
    asked = (
        p.read_timeout_s / 4 if p.is_template and not p.takes_nonce else FIXED_S
        for p in platform.probes
    )
    return LOGIN_S + sum(asked)


def _duration(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{round(whole / 60)} min"
