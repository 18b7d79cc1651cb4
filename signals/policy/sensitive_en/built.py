"""English phrases put together from parts: who belongs to what, who was where, what was taken.

Lists of whole phrases forget the one next to those they hold; parts are crossed with each other.
What each table means stands in the package.
"""

from __future__ import annotations

from typing import Final

from signals.policy.crossing import cross

_PARTIES: Final = """
    labour / the labour party / the tories / the conservatives / the conservative party /
    reform / reform uk / ukip / the greens / the green party / the lib dems / the liberal
    democrats / the snp / plaid / plaid cymru / sinn fein / the dup / the sdlp / fianna fail /
    fine gael / the democrats / the democratic party / the republicans / the republican party /
    the gop / the libertarians / the libertarian party / the dsa / the liberals / the ndp / the
    bloc quebecois / the nationals / one nation / the afd / the cdu / the spd / the fdp / die
    linke / the socialists / the socialist party / the communists / the communist party / the
    bjp / congress / the anc / the eff / momentum / the workers party / the labor party
"""
_ACTS: Final = """
    joined / rejoined / joining / member of / members of / voted / vote / voting / voted for /
    vote for / voting for / back / backing / support / supporting / canvass for / canvassed for
    / canvassing for / campaign for / campaigned for / campaigning for / volunteer for /
    volunteered for / volunteering for / leaflet for / leafleting for / leafleted for /
    knocked doors for / knocking doors for / door knocking for / donate to / donated to / stood
    for / standing for / candidate for / councillor for / work for / worked for
"""
_UNIONS: Final = """
    unite / unison / gmb / rmt / aslef / usdaw / nasuwt / neu / pcs / ucu / cwu / bectu / rcn /
    bma / teamsters / uaw / ibew / seiu / afscme / ufcw / iatse / aft / nea / verdi / ig metall
    / cgt / cfdt / siptu / forsa
"""
_YEARS: Final = "one / two / three / four / five / six / seven / eight / nine / ten / twelve"

STATES_HEALTH: Final = (
    cross(
        "psychiatric / psych / mental / mental health / detox / addiction",
        "ward / unit / inpatient / patient / facility",
    )
    + " / sectioned under / was sectioned / got sectioned / been sectioned / "
    + cross("admitted to / committed to / spent time in", "psychiatric / a psychiatric / the psych")
)
STATES_MONEY: Final = " / ".join(
    (
        cross(
            "bailiffs / the bailiffs / repo men / the repo man / debt collectors / the debt"
            " collectors / enforcement agents / enforcement officers / the sheriff",
            "came / come / are coming / turned up / showed up / knocked / took / visited / were"
            " here / keep coming / rang / called / phoned",
        ),
        cross("went / fell / gone / slipped / fallen / go / going", "into default / into arrears"),
        cross(
            "took / taking / seized / seizing / intercepted / garnished / kept / froze / levied /"
            " docked / are taking / is taking",
            "{my}",
            "tax refund / refund because / wages / pay cheque / paycheck / bank account / salary",
        ),
        cross("{my}", "accounts are frozen / account is frozen / account was frozen"),
    )
)
STATES_POLITICS: Final = cross(_ACTS, _PARTIES)
CONCERNS_CRIME: Final = " / ".join(
    (
        cross(f"{_YEARS} / few / couple of", "years / months", "inside"),
        cross("a", "year / few years / few months", "inside"),
        "did a stretch / doing a stretch / did my stretch / got parole / up on charges",
    )
)
CONCERNS_SEXUALITY: Final = (
    cross(
        "hormone / gender / gender affirming / top / bottom",
        "therapy to / treatment to / replacement to / clinic / reassignment / surgery to",
    )
    + " / hormone blockers / hormone therapy / my transition / to transition from male"
)
STATES_UNION: Final = " / ".join(
    (
        cross(_UNIONS, "dues / member / members / rep / reps / steward / branch / ballot / card"),
        cross("member of / members of / joined / rep for / dues to / organiser for", _UNIONS),
    )
)
EXCEPTIONS: Final = " / ".join(
    (
        cross("years / months / year", "inside", "the / a / an / our / this / that / my / of"),
        cross("labour", "costs / market / markets / law / ward"),
        cross("reform", "of / the / act / bill"),
        cross("congress", "to / passes"),
        cross("unite", "to / the / around"),
        cross("momentum", "investing / fund / funds / stocks / strategy / factor / trading"),
        "years inside information",
    )
)
