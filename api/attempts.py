"""How often an address may try: passwords, keys and invitations are guessed by whoever tries often."""

from __future__ import annotations

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from models.errors import TooOften


class Attempts:
    """Counts tries by address, in memory: a restart forgives, which a lock of the account does not."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._limits = {
            "sign-in": RateLimitItemPerMinute(20),
            "key": RateLimitItemPerMinute(60),
            "invitation": RateLimitItemPerMinute(20),
            "complaint": RateLimitItemPerMinute(5),
            "registration": RateLimitItemPerMinute(10),
        }

    def check(self, request: Request, what: str, *, note: bool = True) -> None:
        """Count a try, or only look. Raises TooOften above the limit of the minute."""
        limit, address = self._limits[what], request.client.host if request.client else ""
        well = self._limiter.hit(limit, what, address) if note else self._limiter.test(limit, what, address)
        if not well:
            raise TooOften(f"一分钟内尝试超过 {limit.amount} 次，请稍后再试")
