"""English words that speak of minors; what each table means stands in the package."""

from __future__ import annotations

from typing import Final

STATES: Final = """
        as a minor / i'm a minor / im a minor / am a minor / i'm under 18 / im under 18 / am
        under 18 / i'm underage / im underage / not 18 yet / not yet 18 / until i'm 18 /
        until i turn 18 / till i'm 18 / before i turn 18 / when i turn 18 / once i turn 18 /
        not old enough to / i'm a teen / im a teen / i'm a teenager / im a teenager / as a
        teenager / as a teen / teen here / teenager here / my parents won't let me / my mom
        won't let me / my dad won't let me / my mum won't let me / my parents don't let me /
        my parents don't allow / my mom doesn't let me / my dad doesn't let me / my middle
        school / my allowance / still a minor / i am a minor / too young for / my parents
        have to sign / my mom has to sign / my dad has to sign / parental consent / i need
        my parents / ask my parents / before i'm 18 / under eighteen / my homeroom / my 8th
        grade / my 9th grade / my 10th grade / i'm too young to / im too young to / says i'm
        too young / says im too young
    """
