"""Zips for portals: what each takes of a release, refused by named rule where the portal would refuse it."""

from publisher.errors import PublisherError, nearest
from publisher.export import dotstat, fmr, struval
from publisher.export.profile import Profile, Rule, Verdict
from publisher.export.run import Exported, export

PROFILES: tuple[Profile, ...] = (dotstat.PROFILE, fmr.PROFILE, struval.PROFILE)

__all__ = ["PROFILES", "Exported", "Profile", "Rule", "Verdict", "export", "find_profile"]


def find_profile(name: str) -> Profile:
    """Return a profile by its name; PublisherError where there is none of that name."""
    known = {each.name: each for each in PROFILES}
    if name not in known:
        raise PublisherError(f"unknown profile '{name}': there are {', '.join(known)}{nearest(name, known)}")
    return known[name]
