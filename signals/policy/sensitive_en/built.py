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

_EXPECTING: Final = cross(
    "wife and i are / wife and i were / husband and i are / partner and i are / girlfriend and i"
    " are / wife is / girlfriend is / partner is / fiancee is / daughter is / sister is / wife's /"
    " she is / she's / i am / i'm / we are / we're",
    "expecting",
)
_MONTHS: Final = (
    "january / february / march / april / may / june / july / august / september / october /"
    " november / december / spring / summer / autumn / fall / winter / the spring / the summer /"
    " the autumn / the fall / the winter / the new year / a few weeks / a few months"
)
_CANNOT: Final = (
    "can't / cannot / can not / couldn't / unable to / can no longer / not able to / struggle to /"
    " struggling to / no way to"
)
_OWED: Final = (
    "{my} loan / {my} loans / the loan / {my} debt / {my} debts / the debt / {my} mortgage / the"
    " mortgage / {my} rent / the rent / {my} bills / the bills / {my} credit card / {my} credit"
    " cards / {my} installments / {my} instalments / {my} student loans / {my} car loan / what i"
    " owe / what we owe / the bank back / it back"
)

STATES_HEALTH: Final = (
    cross(
        _EXPECTING,
        "a baby / our first / our second / our third / my first / her first / our baby / twins /"
        " triplets / a boy / a girl / a little one / a child / another baby / another child",
    )
    + " / "
    + cross(_EXPECTING, "in", _MONTHS)
    + " / "
    + cross(
        "a baby / baby / twins / our first / our second / little one / our first child",
        "on the way / due in / is due in / are due in",
    )
    + " / "
    + cross(
        "psychiatric / psych / mental / mental health / detox / addiction",
        "ward / unit / inpatient / patient / facility",
    )
    + " / sectioned under / was sectioned / got sectioned / been sectioned / "
    + cross("admitted to / committed to / spent time in", "psychiatric / a psychiatric / the psych")
)
STATES_MONEY: Final = " / ".join(
    (
        cross(_CANNOT, "repay / pay back / pay off / keep up with / keep paying", _OWED),
        cross(
            "can no longer / can't / couldn't", "afford", "{my} mortgage / {my} loan / {my} rent"
        ),
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
        cross(
            "expecting in",
            _MONTHS,
            "a / an / the / another / rates / inflation / results / prices / yields / our / to",
        ),
        cross("expecting", "a child / a baby / a boy / a girl", "tax / benefit / trust / boomer"),
        cross("repay / pay off", _OWED, "early / ahead of / sooner / without penalty"),
        cross("years / months / year", "inside", "the / a / an / our / this / that / my / of"),
        cross("labour", "costs / market / markets / law / ward"),
        cross("reform", "of / the / act / bill"),
        cross("congress", "to / passes"),
        cross("unite", "to / the / around"),
        cross("momentum", "investing / fund / funds / stocks / strategy / factor / trading"),
        "years inside information",
    )
)
