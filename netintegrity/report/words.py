"""What the words of a report mean, in a sentence each, for a reader who meets them first there."""

from collections.abc import Mapping
from typing import Final

from netintegrity.model.assurance import AssuranceLevel, Caveat
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.history import HistoryMark
from netintegrity.model.memory import Acceptance
from netintegrity.plain_text import clean

CONCLUSIONS: Final[Mapping[Conclusion, str]] = {
    Conclusion.CONTRADICTORY: "the box's own statements cannot all be true",
    Conclusion.ATTESTATION_FAILED: "its hardware quote was rejected, replayed or of another box, "
    "or a measurement in it is not genuine",
    Conclusion.PATCHED: "the image has another digest than the signed file it claims to be",
    Conclusion.MASQUERADED: "a genuine image of another release or platform, or a known release "
    "with a digest nobody signed",
    Conclusion.HOST_KEY_CHANGED: "another host key than the pinned one answered; never logged in",
    Conclusion.BOOT_CHAIN: "it may boot from elsewhere, or by a boot loader or register nobody "
    "approved",
    Conclusion.DOWNGRADED: "genuine, and older than the minimum or than it ran before",
    Conclusion.WITHDRAWN: "genuine, and its vendor took it back",
    Conclusion.SOFTWARE_UNAPPROVED: "a package, a patch or a signing type nobody approved",
    Conclusion.HOST_KEY_UNKNOWN: "no host key is pinned for it; never logged in",
    Conclusion.NOT_AUTHENTICATED: "it refused our login",
    Conclusion.LEGACY_SSH_ONLY: "it speaks no SSH algorithm that is still accepted",
    Conclusion.UNREACHABLE: "it did not answer",
    Conclusion.INCOMPLETE: "something that is demanded could not be read or judged",
    Conclusion.UNKNOWN_IMAGE: "no verified list has this image, and nothing says one should",
    Conclusion.STALE_REFERENCE: "only a list that is expired or too old has this image",
    Conclusion.INSUFFICIENT_ASSURANCE: "verified, on weaker evidence than the policy demands",
    Conclusion.UNSUPPORTED: "the platform cannot tell",
    Conclusion.VERIFIED: "every image that runs or boots next is exactly a signed one",
}

LEVELS: Final[Mapping[AssuranceLevel, str]] = {
    AssuranceLevel.NONE: "nothing but a claim stands behind it",
    AssuranceLevel.REPORTED: "the box itself said so over an authenticated session",
    AssuranceLevel.CORROBORATED: "two parts of the box that share no code agree",
    AssuranceLevel.RECOMPUTED: "the image was copied off the box and hashed here",
    AssuranceLevel.ATTESTED: "a key in its hardware signed it, with our fresh nonce",
}

CAVEATS: Final[Mapping[Caveat, str]] = {
    Caveat.WEAK_DIGEST: "stands on MD5 or SHA-1 alone",
    Caveat.RENAMED: "the genuine image under a name of the operator's own",
    Caveat.OWNER_SIGNED: "the list is the operator's own word, not the vendor's",
    Caveat.AGE_UNKNOWN: "nothing signed says how old the list is",
    Caveat.FIRST_SEEN: "no earlier run knows this box, so an older downgrade cannot be seen",
    Caveat.RUNNING_NOT_BOUND: "only a path ties the file that was hashed to what runs",
    Caveat.SUBJECTS_SELF_COUNTED: "the box alone says how many parts it has; the inventory can "
    "state their serials and product ids",
    Caveat.WEAK_SSH: "asked over SSH with algorithms that are broken or worn out",
    Caveat.HOST_KEY_FIRST_USE: "the host key was approved unseen and never confirmed",
    Caveat.CARRIED_FORWARD: "a digest of an earlier run; path, size and time have not changed",
    Caveat.NOT_MEASURED: "the boot chain says nothing of this part",
    Caveat.IDENTITY_EXPIRED: "the device's certificate was past its date",
    Caveat.ANCHOR_EXPIRED: "the trust anchor was past its date",
    Caveat.IDENTITY_UNBOUND: "no serial was expected, so any genuine device could have answered",
    Caveat.REPLAYABLE: "no nonce of ours is in the quote; it may be a recording",
    Caveat.PLACEHOLDER: "an empty or canned value: the arithmetic holds and says nothing",
    Caveat.JUDGED_AS_OF: "judged for another moment than the run's own",
}


def history(mark: HistoryMark) -> str:
    """Return where the history stood, in a line; its head whole, for that is what is kept."""
    last = mark.last_complete_at
    told = "no complete run" if last is None else f"the last complete run {last:%Y-%m-%d %H:%M} UTC"
    return f"{mark.rows} rows, {told}, head {mark.head}"


def acceptance(accepted: Acceptance) -> str:
    """Return what a person lowered, in a sentence."""
    where = "" if accepted.subject is None else f" {accepted.subject}"
    return clean(
        f"{accepted.name}{where}: {accepted.by} accepted the return of its {accepted.what} from "
        f"{accepted.lowered_from} to {accepted.lowered_to} at {accepted.at:%Y-%m-%d %H:%M} UTC: "
        f"{accepted.reason}"
    )
