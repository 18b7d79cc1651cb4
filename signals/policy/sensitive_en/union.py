"""English words that speak of trade union membership; the package says what each table means."""

from __future__ import annotations

from typing import Final

STATES: Final = """
        union rep / union dues / union steward / shop steward / union man / union guy /
        union brother / union brothers / union hall / union plan / union pension / union
        solicitor / union official / union organizer / union organiser / {my} union /
        teachers' union / nurses' union / organizing a union / organising a union / started
        a union / forming a union / form a union / joined the union / joined a union / join
        the union / joining the union / going on strike / go on strike / strike fund /
        bargaining committee / organizing committee / workers' council / works council /
        crossed the picket / we're striking / i'm striking / signed union cards / sign a
        union card / union card / union cards / strike pay / {my} strike / {my} grievance /
        {my} shop steward / the union got me / the union got us / local union / strike
        ballot / industrial action / nurses' strike / teachers' strike / teachers strike /
        nurses strike / workers' strike / rail strike / strike starts / our strike / strike
        vote / strike begins / walked off the job / voted to strike / we voted to strike /
        organize for the / organiser for the / organizer for the / joined my union /
        plumbers' union / electricians' union / carpenters' union / writers' guild / screen
        actors guild / sag aftra / actors' union / police union / firefighters union /
        firefighters' union / drivers' union / student workers union / graduate workers
        union / in my union / for my union / union vote / union drive / union meeting /
        union election / union busting / anti union / pro union
    """

CONCERNS: Final = """
        on strike / we strike / the strike / our strike / striking workers / strike vote /
        filed a grievance / union grievance / walkout at / teamsters / teamster / uaw / ibew
        / seiu / afscme / unison / ufcw / iatse / afl cio / cwa / gmb / union / strikers /
        union members / union member / union reps / teachers union / nurses union / trade
        union / labor union / labour union / picket line / picket lines / picketing / went
        on strike / collective bargaining / unionize / unionise / unionized / unionizing /
        unionising / union contract / union local / union president / in the union / in a
        union / join a union / teamster* / steelworkers / autoworkers / longshoremen /
        dockworkers / union* / striking next / striking for / are striking / we're striking
        / locked out / lockout / labor board / nlrb / ballot for strike / strike ballot /
        strike pay / industrial action / work to rule / usdaw / aslef / nasuwt
    """

LABELS: Final = "teamster / unionised / unionized / union"
